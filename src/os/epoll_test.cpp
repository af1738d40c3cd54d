// SPDX-License-Identifier: MIT
// Tests of the calls of epoll.
#include "os/epoll.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <system_error>
#include <thread>

#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "os/fd.hpp"

namespace {

using namespace std::chrono_literals;
namespace os = weir::os;

constexpr std::uint32_t edges = EPOLLIN | static_cast<std::uint32_t>(EPOLLET);

os::fd event_counter() { return os::fd(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)); }

void count_up(const os::fd& counter) { ASSERT_EQ(::eventfd_write(counter.get(), 1), 0); }

class Epoll : public testing::Test {
 protected:
  os::epoll epoll_;
  os::fd counter_ = event_counter();
  std::array<epoll_event, 4> events_{};
};

TEST_F(Epoll, TellsAnEventWithItsDataOnceForEachEdge) {
  ASSERT_TRUE(epoll_.add(counter_.get(), edges, 0x1234'5678'9ABC'DEF0));
  EXPECT_TRUE(epoll_.wait(events_, 0ns).empty());
  count_up(counter_);
  const auto told = epoll_.wait(events_, 0ns);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].data.u64, 0x1234'5678'9ABC'DEF0);
  EXPECT_NE(told[0].events & EPOLLIN, 0U);
  EXPECT_TRUE(epoll_.wait(events_, 0ns).empty());
  count_up(counter_);
  EXPECT_EQ(epoll_.wait(events_, 0ns).size(), 1U);
}

TEST_F(Epoll, WaitsForAnEventHoweverLongItTakes) {
  ASSERT_TRUE(epoll_.add(counter_.get(), edges, 1));
  std::thread other([this] { count_up(counter_); });
  EXPECT_EQ(epoll_.wait(events_, std::nullopt).size(), 1U);
  other.join();
  std::thread another([this] { count_up(counter_); });
  EXPECT_EQ(epoll_.wait(events_, 30s).size(), 1U);
  another.join();
}

TEST_F(Epoll, GivesUpWhenTheTimeIsUpAndNoSooner) {
  for (const auto wait : {100us, 2'500us}) {
    const auto start = std::chrono::steady_clock::now();
    EXPECT_TRUE(epoll_.wait(events_, wait).empty());
    EXPECT_GE(std::chrono::steady_clock::now() - start, wait);
  }
  EXPECT_TRUE(epoll_.wait(events_, -5ns).empty());
}

TEST_F(Epoll, TellsNothingOfWhatWasRemovedThoughItsEventWaits) {
  ASSERT_TRUE(epoll_.add(counter_.get(), edges, 1));
  count_up(counter_);
  epoll_.remove(counter_.get());
  EXPECT_TRUE(epoll_.wait(events_, 0ns).empty());
  ASSERT_TRUE(epoll_.add(counter_.get(), edges, 2));
  const auto told = epoll_.wait(events_, 0ns);  // what is there at the registration is an edge
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].data.u64, 2U);
}

TEST_F(Epoll, KeepsErrnoWhenItRemoves) {
  errno = ENOSPC;
  epoll_.remove(counter_.get());  // not there
  EXPECT_EQ(errno, ENOSPC);
}

TEST_F(Epoll, SaysWhyItRefuses) {
  EXPECT_EQ(epoll_.add(-1, edges, 1).error(), std::errc::bad_file_descriptor);
  ASSERT_TRUE(epoll_.add(counter_.get(), edges, 1));
  EXPECT_EQ(epoll_.add(counter_.get(), edges, 1).error(), std::errc::file_exists);
}

TEST_F(Epoll, TellsAsManyEventsAsThereIsRoomForAndTheRestNextTime) {
  std::array<os::fd, 7> counters;
  for (std::size_t i = 0; i < counters.size(); ++i) {
    counters.at(i) = event_counter();
    ASSERT_TRUE(epoll_.add(counters.at(i).get(), edges, i));
    count_up(counters.at(i));
  }
  std::array<bool, 7> told{};
  for (const std::size_t expected : {4U, 3U}) {
    const auto events = epoll_.wait(events_, 0ns);
    EXPECT_EQ(events.size(), expected);
    for (const auto& each : events) told.at(each.data.u64) = true;
  }
  EXPECT_TRUE(std::all_of(told.begin(), told.end(), [](bool each) { return each; }));
}

TEST_F(Epoll, CountsASignalAsNoEvent) {
  struct sigaction former{};
  struct sigaction ignoring{};
  ignoring.sa_handler = [](int) {};
  ASSERT_EQ(::sigaction(SIGUSR2, &ignoring, &former), 0);
  std::atomic<bool> told = false;
  std::thread other([to = ::pthread_self(), &told] {
    while (!told) {
      ::pthread_kill(to, SIGUSR2);
      std::this_thread::yield();
    }
  });
  EXPECT_TRUE(epoll_.wait(events_, std::nullopt).empty());
  told = true;
  other.join();
  ::sigaction(SIGUSR2, &former, nullptr);
}

}  // namespace
