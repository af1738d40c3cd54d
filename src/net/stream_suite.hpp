// SPDX-License-Identifier: MIT
// The kinds of stream; tests that are typed by `stream_kinds` run over all of them.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <sys/ioctl.h>

#include <weir/stream.hpp>
#include <weir/tcp.hpp>
#include <weir/testing.hpp>

#include "testing/loopback.hpp"
#include "testing/open_fds.hpp"
#include "testing/raw_socket.hpp"

namespace weir::testing {

/// Each kind makes two joined streams, `connect`, and can wait until what one end was sent has
/// come to it, `arrive`: as many bytes, or the end of the stream. Nothing else runs meanwhile.
struct tcp_kind {
  [[nodiscard]] static std::pair<stream, stream> connect() {
    auto listener = tcp::listen(own_loopback()).value();
    auto left = tcp::connect(listener.local()).value();
    auto right = listener.accept().value();
    return {std::move(left), std::move(right)};
  }
  static void arrive(const stream& at, std::size_t bytes) {
    const int fd = fd_of(at);
    for (int there = 0; static_cast<std::size_t>(there) < bytes;) {
      wait_for_arrival(fd);
      ::ioctl(fd, FIONREAD, &there);
    }
  }
  static void arrive_end(const stream& at) {
    pollfd asked{.fd = fd_of(at), .events = POLLRDHUP, .revents = 0};
    ASSERT_EQ(::poll(&asked, 1, 10'000), 1);
  }
};

struct memory_kind {
  [[nodiscard]] static std::pair<stream, stream> connect() { return stream_pair(); }
  static void arrive(const stream& /*at*/, std::size_t /*bytes*/) {}
  static void arrive_end(const stream& /*at*/) {}
};

using stream_kinds = ::testing::Types<tcp_kind, memory_kind>;

struct stream_kind_names {
  template <class Kind>
  static std::string GetName(int /*index*/) {
    return std::is_same_v<Kind, tcp_kind> ? "Tcp" : "Memory";
  }
};

template <class Kind>
class stream_suite : public ::testing::Test {};

}  // namespace weir::testing
