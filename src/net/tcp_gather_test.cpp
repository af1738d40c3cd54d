// SPDX-License-Identifier: MIT
// Gathering over TCP: how many system calls it makes, and when the peer is gone or slow.
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <string>
#include <thread>
#include <utility>

#include <gtest/gtest.h>
#include <sys/ioctl.h>

#include <weir/hub.hpp>
#include <weir/run.hpp>
#include <weir/sleep.hpp>
#include <weir/stream.hpp>
#include <weir/tcp.hpp>
#include <weir/testing.hpp>

#include "net/stream_suite.hpp"
#include "testing/captured_log.hpp"
#include "testing/child_process.hpp"
#include "testing/holdings.hpp"
#include "testing/loopback.hpp"
#include "testing/open_fds.hpp"
#include "testing/raw_socket.hpp"

namespace {

using namespace std::chrono_literals;
using weir::errc;
using weir::testing::captured_log;
using weir::testing::error_of;
using weir::testing::fd_of;
using weir::testing::gathering_tcp_kind;
using weir::testing::own_loopback;
using weir::testing::raw_socket;
using weir::testing::virtual_hub;

int waiting_bytes(const weir::stream& at) {
  int there = 0;
  ::ioctl(fd_of(at), FIONREAD, &there);
  return there;
}

TEST(TcpGather, NothingIsSentUntilTheTaskStopsRunning) {
  virtual_hub hub;
  auto [left, right] = gathering_tcp_kind::connect();
  EXPECT_TRUE(left.send("one, "));
  EXPECT_TRUE(left.send("two"));
  EXPECT_EQ(waiting_bytes(right), 0);
  EXPECT_TRUE(weir::yield());
  EXPECT_EQ(waiting_bytes(right), 8);
}

TEST(TcpGather, ManySmallSendsAreOneSystemCall) {
  virtual_hub hub({.faults = {{.call = weir::testing::io_call::send, .at = 2, .error = EPIPE}}});
  auto [left, right] = gathering_tcp_kind::connect();
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(left.send("ten bytes."));
  EXPECT_TRUE(left.flush());
  EXPECT_TRUE(left.send("the second call"));
  EXPECT_EQ(error_of(left.flush()), std::errc::broken_pipe);
}

TEST(TcpGather, SixteenKibibytesAreSentThoughTheTaskRunsOn) {
  virtual_hub hub;
  auto [left, right] = gathering_tcp_kind::connect();
  const std::string kibibyte(1024, 'x');
  for (int i = 0; i < 16; ++i) EXPECT_TRUE(left.send(kibibyte));
  EXPECT_EQ(waiting_bytes(right), 0);
  EXPECT_TRUE(left.send("y"));
  EXPECT_EQ(waiting_bytes(right), 16 * 1024);
}

/// Each call a stream has; they return what the last send met.
struct next_call {
  const char* name;
  std::error_code (*make)(weir::stream&);
};

constexpr std::array next_calls = {
    next_call{"send", [](weir::stream& to) { return error_of(to.send("x")); }},
    next_call{"send_some", [](weir::stream& to) { return error_of(to.send_some("x")); }},
    next_call{"flush", [](weir::stream& to) { return error_of(to.flush()); }},
    next_call{"shutdown", [](weir::stream& to) { return error_of(to.shutdown()); }},
    next_call{"close", [](weir::stream& to) { return error_of(to.close()); }},
    next_call{"recv",
              [](weir::stream& to) {
                std::string part(1, '\0');
                return error_of(to.recv(part));
              }},
    next_call{"recv_exactly",
              [](weir::stream& to) {
                std::string part(1, '\0');
                return error_of(to.recv_exactly(part));
              }},
    next_call{"recv_until", [](weir::stream& to) { return error_of(to.recv_until("\n", 80)); }},
};

TEST(TcpGather, WhatALateSendMeetsIsReturnedByTheNextCallWhicheverItIs) {
  for (const next_call& call : next_calls) {
    SCOPED_TRACE(call.name);
    virtual_hub hub(
        {.faults = {{.call = weir::testing::io_call::send, .at = 1, .error = ECONNRESET}}});
    const captured_log log;
    auto [left, right] = gathering_tcp_kind::connect();
    EXPECT_TRUE(left.send("lost"));
    EXPECT_TRUE(weir::yield());
    EXPECT_EQ(call.make(left), std::errc::connection_reset);
    left = {};
    EXPECT_EQ(log.messages().size(), 0U) << "it was told";
  }
}

TEST(TcpGather, NothingIsSentBehindAGap) {
  virtual_hub hub({.faults = {{.call = weir::testing::io_call::send, .at = 1, .error = ENOBUFS}}});
  auto [left, right] = gathering_tcp_kind::connect();
  EXPECT_TRUE(left.send("lost"));
  EXPECT_EQ(error_of(left.flush()), std::errc::no_buffer_space);
  EXPECT_EQ(error_of(left.send("behind")), std::errc::no_buffer_space);
  EXPECT_EQ(error_of(left.send(std::string(50'000, 'x'))), std::errc::no_buffer_space);
  EXPECT_EQ(waiting_bytes(right), 0);
}

TEST(TcpGather, ALateErrorThatNoCallCanReturnIsLogged) {
  virtual_hub hub(
      {.faults = {{.call = weir::testing::io_call::send, .at = 1, .error = ECONNRESET}}});
  const captured_log log;
  {
    auto [left, right] = gathering_tcp_kind::connect();
    EXPECT_TRUE(left.send("lost"));
  }
  EXPECT_EQ(log.count("not all that it had gathered could be sent: Connection reset"), 1U);
}

TEST(TcpGather, AnInterruptedOrShortSendGoesOn) {
  virtual_hub hub({.faults = {{.call = weir::testing::io_call::send, .at = 1, .error = EINTR},
                              {.call = weir::testing::io_call::send, .at = 2, .at_most = 3}}});
  auto [left, right] = gathering_tcp_kind::connect();
  EXPECT_TRUE(left.send("eleven byte"));
  EXPECT_TRUE(left.flush());
  EXPECT_EQ(waiting_bytes(right), 11);
}

TEST(TcpGather, RunReturnsWhenASlowPeerHasTakenWhatADestroyedStreamHadGathered) {
  const auto peer = raw_socket::listening_at(own_loopback());
  const std::string kept(16 * 1024, 'k');
  std::size_t sent = 0;
  std::string received;
  std::thread slow;
  weir::run([&] {
    auto left = weir::tcp::connect(peer.local(), {.gather = true}).value();
    // Until the system takes no more, and as much again as can be kept.
    while (left.send(kept, 0ms)) {
    }
    sent = left.sent_count();
    slow = std::thread([&] { received = peer.accept().receive(sent + 1); });
  });
  slow.join();
  EXPECT_EQ(received.size(), sent);
}

TEST(TcpGather, AForkedChildMayLetGoOfAStreamWhoseBytesAreOnTheirWay) {
  const auto peer = raw_socket::listening_at(own_loopback());
  weir::run([&] {
    auto left = weir::tcp::connect(peer.local(), {.gather = true}).value();
    while (left.send(std::string(16 * 1024, 'k'), 0ms)) {
    }
    const auto child = weir::testing::in_child([&left] {
      left = {};
      return 0;
    });
    EXPECT_TRUE(child.exited_with(0)) << child.status;
    peer.accept().reset();
    (void)left.close();
  });
}

TEST(TcpGather, APeerThatResetsEndsTheWaitingForIt) {
  const captured_log log;
  const auto peer = raw_socket::listening_at(own_loopback());
  const auto before = weir::testing::open_fds();
  const std::string kept(16 * 1024, 'k');
  weir::run([&] {
    auto left = weir::tcp::connect(peer.local(), {.gather = true}).value();
    while (left.send(kept, 0ms)) {
    }
    peer.accept().reset();
  });
  EXPECT_EQ(log.count("not all that it had gathered could be sent"), 1U);
  EXPECT_EQ(weir::testing::opened_since(before).size(), 0U);
}

}  // namespace
