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

#include "core/hub_core.hpp"
#include "testing/loopback.hpp"
#include "testing/open_fds.hpp"
#include "testing/raw_socket.hpp"

namespace weir::testing {

/// Each kind makes two joined streams, `connect`, and can wait until what one end was sent has
/// come to it, `arrive`: as many bytes, or the end of the stream. Nothing else runs meanwhile.
template <bool Gather>
struct tcp_streams {
  [[nodiscard]] static std::pair<stream, stream> connect() {
    auto listener = tcp::listen(own_loopback(), {.gather = Gather}).value();
    auto left = tcp::connect(listener.local(), {.gather = Gather}).value();
    auto right = listener.accept().value();
    return {std::move(left), std::move(right)};
  }
  static void arrive(const stream& at, std::size_t bytes) {
    detail::hub_core::here().hand_over_gathered();  // as when the task stopped running
    const int fd = fd_of(at);
    for (int there = 0; static_cast<std::size_t>(there) < bytes;) {
      wait_for_arrival(fd);
      ::ioctl(fd, FIONREAD, &there);
    }
  }
  static void arrive_end(const stream& at) {
    detail::hub_core::here().hand_over_gathered();
    pollfd asked{.fd = fd_of(at), .events = POLLRDHUP, .revents = 0};
    ASSERT_EQ(::poll(&asked, 1, 10'000), 1);
  }
};

template <bool Gather>
struct memory_streams {
  [[nodiscard]] static std::pair<stream, stream> connect() {
    return stream_pair({.gather = Gather});
  }
  static void arrive(const stream& /*at*/, std::size_t /*bytes*/) {}
  static void arrive_end(const stream& /*at*/) {}
};

using tcp_kind = tcp_streams<false>;
using memory_kind = memory_streams<false>;
using gathering_tcp_kind = tcp_streams<true>;
using gathering_memory_kind = memory_streams<true>;
using stream_kinds =
    ::testing::Types<tcp_kind, memory_kind, gathering_tcp_kind, gathering_memory_kind>;

struct stream_kind_names {
  template <class Kind>
  static std::string GetName(int /*index*/) {
    if constexpr (std::is_same_v<Kind, tcp_kind>) return "Tcp";
    if constexpr (std::is_same_v<Kind, memory_kind>) return "Memory";
    if constexpr (std::is_same_v<Kind, gathering_tcp_kind>) return "GatheringTcp";
    if constexpr (std::is_same_v<Kind, gathering_memory_kind>) return "GatheringMemory";
  }
};

template <class Kind>
class stream_suite : public ::testing::Test {};

}  // namespace weir::testing
