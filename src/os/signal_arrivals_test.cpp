// SPDX-License-Identifier: MIT
// Counting signals, and being told of them by an fd.
#include "os/signal_arrivals.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <system_error>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>

#include "os/epoll.hpp"
#include "testing/kept_action.hpp"

namespace weir::testing {
namespace {

using os::signal_arrivals;

void ignore(int /*number*/) {}

/// Watches the fd for edges, as a hub does.
class edges {
 public:
  explicit edges(const signal_arrivals& of) {
    EXPECT_TRUE(epoll_.add(of.fd(), EPOLLIN | static_cast<std::uint32_t>(EPOLLET), 0));
    static_cast<void>(come());  // that it can be read is the first
  }
  [[nodiscard]] bool come() {
    std::array<epoll_event, 1> room{};
    return !epoll_.wait(room, std::chrono::nanoseconds{}).empty();
  }

 private:
  os::epoll epoll_;
};

TEST(SignalArrivals, CountsItsSignalFromItsBeginningOn) {
  const kept_action first(SIGUSR1);
  const kept_action second(SIGUSR2);
  const signal_arrivals one(SIGUSR1);
  ::raise(SIGUSR1);
  const signal_arrivals later(SIGUSR1);
  const signal_arrivals other(SIGUSR2);
  EXPECT_EQ(one.count(), 1U);
  EXPECT_EQ(later.count(), 0U);
  ::raise(SIGUSR1);
  EXPECT_EQ(one.count(), 2U);
  EXPECT_EQ(later.count(), 1U);
  EXPECT_EQ(other.count(), 0U);
}

TEST(SignalArrivals, EveryArrivalIsAnEdgeForEveryone) {
  const kept_action kept(SIGUSR1);
  const signal_arrivals one(SIGUSR1);
  const signal_arrivals other(SIGUSR1);
  edges first(one);
  edges second(other);
  for (int round = 0; round < 3; ++round) {
    EXPECT_FALSE(first.come());
    ::raise(SIGUSR1);
    EXPECT_TRUE(first.come());
    EXPECT_TRUE(second.come());
  }
}

TEST(SignalArrivals, NoneIsLostThatThreadsRaiseAtTheSameTime) {
  const kept_action kept(SIGUSR1);
  const signal_arrivals counted(SIGUSR1);
  constexpr std::size_t threads = 4;
  constexpr std::size_t each = 500;
  std::vector<std::thread> raising;
  for (std::size_t n = 0; n < threads; ++n) {
    raising.emplace_back([] {
      for (std::size_t k = 0; k < each; ++k) ::raise(SIGUSR1);
    });
  }
  for (std::thread& thread : raising) thread.join();
  EXPECT_EQ(counted.count(), threads * each);
}

TEST(SignalArrivals, TheFormerActionComesBackWithTheLast) {
  kept_action kept(SIGUSR1);
  kept.put(ignore);
  {
    const signal_arrivals one(SIGUSR1);
    {
      const signal_arrivals other(SIGUSR1);
    }
    EXPECT_FALSE(kept.is(ignore));
  }
  EXPECT_TRUE(kept.is(ignore));
}

TEST(SignalArrivals, ItsFdDoesNotReachAnotherProgram) {
  const kept_action kept(SIGUSR1);
  const signal_arrivals one(SIGUSR1);
  EXPECT_NE(::fcntl(one.fd(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(SignalArrivals, WhatIsNoSignalIsRefused) {
  EXPECT_THROW(signal_arrivals(0), std::system_error);
  EXPECT_THROW(signal_arrivals(NSIG), std::system_error);
}

}  // namespace
}  // namespace weir::testing
