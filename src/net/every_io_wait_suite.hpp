// SPDX-License-Identifier: MIT
// The part of the list of every kind of wait that is about streams and other fds, see
// core/every_wait_suite.hpp.
#pragma once

#include <cerrno>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <weir/weir.hpp>

#include "core/every_wait_suite.hpp"
#include "net/fd_state_suite.hpp"
#include "testing/captured_log.hpp"
#include "testing/holdings.hpp"
#include "testing/loopback.hpp"
#include "testing/raw_socket.hpp"

namespace weir::testing {

/// A connection over the loopback device.
struct tcp_streams {
  tcp_streams() {
    auto connecting = spawn([this] { return tcp::connect(listener.local()); });
    far = listener.accept().value();
    near = connecting.await().value();
  }
  tcp::listener listener = tcp::listen(own_loopback()).value();
  stream near;
  stream far;
};

/// A listener without room for another connection: whoever connects to it gets no answer.
struct full_listener {
  raw_socket listening = raw_socket::listening_at(own_loopback(), 0);
  raw_socket waiting = raw_socket::connected_to(listening.local());
};

/// Two streams in memory, of which one has gathered more than goes through.
struct gathered_streams {
  gathered_streams() : ends(stream_pair({.capacity = 10, .gather = true})) {
    EXPECT_TRUE(ends.first.send(kept));
    static_cast<void>(yield());
  }
  void check_rest() {
    std::string got(kept.size(), '\0');
    EXPECT_TRUE(ends.second.recv_exactly(got));
    EXPECT_EQ(got, kept);
  }
  std::string kept = "more than ten bytes";
  std::pair<stream, stream> ends;
};

inline std::vector<kind_of_wait> io_waits() {
  using enum on_cancellation;
  return {
      {"recv", ends,
       [] {
         return calling(
             std::make_shared<tcp_streams>(),
             [room = std::make_shared<std::string>(10, '\0')](tcp_streams& of, until limit) {
               return of.near.recv(*room, limit);
             },
             [](tcp_streams& of) {
               EXPECT_TRUE(of.far.send("abc"));
               std::string got(3, '\0');
               EXPECT_TRUE(of.near.recv_exactly(got));
               EXPECT_EQ(got, "abc");
             });
       }},
      {"send", ends,
       [] {
         return calling(
             std::make_shared<tcp_streams>(),
             [bytes = std::make_shared<std::string>(std::size_t{64} << 20U, 'x')](
                 tcp_streams& of, until limit) { return of.near.send(*bytes, limit); },
             [](tcp_streams& of) {
               std::string got(of.near.sent_count(), '\0');
               EXPECT_TRUE(of.far.recv_exactly(got));
               EXPECT_TRUE(of.near.send("abc"));
               got.resize(3);
               EXPECT_TRUE(of.far.recv_exactly(got));
               EXPECT_EQ(got, "abc");
             });
       }},
      {"send (gathered)", ends,
       [] {
         return calling(
             std::make_shared<gathered_streams>(),
             [](gathered_streams& of, until limit) { return of.ends.first.flush(limit); },
             [](gathered_streams& of) { of.check_rest(); });
       }},
      {"close (gathered)", ends,
       [] {
         return calling(
             std::make_shared<gathered_streams>(),
             [](gathered_streams& of, until limit) { return of.ends.first.close(limit); },
             [](gathered_streams& of) { of.check_rest(); });
       }},
      {"accept", ends,
       [] {
         return calling(
             std::make_shared<tcp::listener>(tcp::listen(own_loopback()).value()),
             [](tcp::listener& of, until limit) { return of.accept(limit); },
             [](tcp::listener& of) {
               const auto client = raw_socket::connected_to(of.local());
               EXPECT_TRUE(of.accept());
             });
       }},
      {"accept (out of file descriptors)",
       ends,
       [] {
         struct short_of {
           captured_log log;
           tcp::listener listener = tcp::listen(own_loopback()).value();
           raw_socket client = raw_socket::connected_to(listener.local());
         };
         return calling(
             std::make_shared<short_of>(),
             [](short_of& of, until limit) { return of.listener.accept(limit); },
             [](short_of& of) { EXPECT_TRUE(of.listener.accept()); });
       },
       {{.call = io_call::accept, .error = EMFILE}}},
      {"connect", ends,
       [] {
         return calling(
             std::make_shared<full_listener>(),
             [](full_listener& of, until limit) {
               return tcp::connect(of.listening.local(),
                                   {.timeout = limit, .cancel = {}, .bind = {}});
             },
             [](full_listener&) {});
       }},
      {"readable", ends,
       [] {
         struct pair_of {
           socket_pair sockets = unix_pair();
           watched near{std::move(sockets.near)};
         };
         return calling(
             std::make_shared<pair_of>(),
             [](pair_of& of, until limit) { return of.near.reading.recv(limit); },
             [](pair_of& of) {
               send_all(of.sockets.far, "abc");
               EXPECT_EQ(of.near.readable(), readiness::ready);
             });
       }},
      {"writable", ends,
       [] {
         struct pair_of {
           socket_pair sockets = unix_pair();
           watched near{std::move(sockets.near)};
         };
         auto made = std::make_shared<pair_of>();
         EXPECT_EQ(made->near.writable(), readiness::ready);  // as it is when it is registered
         return calling(
             made, [](pair_of& of, until limit) { return of.near.writing.recv(limit); },
             [](pair_of& of) { EXPECT_EQ(error_of(of.near.writable()), errc::timed_out); });
       }},
  };
}

}  // namespace weir::testing
