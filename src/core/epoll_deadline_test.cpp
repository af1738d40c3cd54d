// SPDX-License-Identifier: MIT
// Tests that calls with a duration read no clock, and that all their waits share one deadline.
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stream.hpp>
#include <weir/task.hpp>
#include <weir/testing.hpp>
#include <weir/wait.hpp>

#include "base/clock.hpp"
#include "core/hub_core.hpp"
#include "core/poller_suite.hpp"
#include "testing/holdings.hpp"

namespace {

using namespace std::chrono_literals;
using namespace weir::testing;  // NOLINT(google-build-using-namespace): the suite's names
using weir::errc;

/// A clock that counts how often it is read, and moves on each time.
class counting_clock final : public weir::detail::clock {
 public:
  explicit counting_clock(std::size_t& readings) noexcept : readings_(readings) {}
  [[nodiscard]] weir::time_point now() noexcept override {
    ++readings_;
    return start_ + readings_ * 1us;
  }
  [[nodiscard]] bool leap(std::chrono::nanoseconds /*ahead*/) noexcept override { return false; }

 private:
  std::size_t& readings_;
  const weir::time_point start_ = std::chrono::steady_clock::now();
};

/// How often the clock is read while a task waits twice in one call, and once in the next, and then
/// not at all; each with the given deadline.
std::size_t readings_with(weir::until until) {
  virtual_hub hub;
  std::size_t readings = 0;
  weir::detail::hub_core::here().clock = std::make_unique<counting_clock>(readings);
  auto [left, right] = stream_pair();
  const auto [near, far] = unix_pair();
  const registered end(near);
  auto receiving = weir::spawn([&] {
    std::string bytes(3, '\0');
    EXPECT_TRUE(right.recv_exactly(bytes, until));
    EXPECT_EQ(bytes, "abc");
    EXPECT_EQ(end.recv(2, until), "de");
    EXPECT_EQ(end.recv(2, until), "f");
  });
  weir::yield();
  EXPECT_TRUE(left.send("a"));
  weir::yield();
  EXPECT_TRUE(left.send("bc"));
  weir::yield();
  send_all(far, "def");
  EXPECT_TRUE(receiving.await());
  return readings;
}

TEST(EpollDeadline, CallsWithADurationReadTheClockNoMoreOftenThanOthers) {
  EXPECT_EQ(readings_with(10s), readings_with({}));
}

TEST(EpollDeadline, ACallWokenInEveryTickGivesUpInTheFirstInWhichItIsNotOnceItsTimeIsUp) {
  virtual_hub hub;
  std::size_t readings = 0;
  weir::detail::hub_core::here().clock = std::make_unique<counting_clock>(readings);
  auto [left, right] = stream_pair();
  auto receiving = weir::spawn([&right] {
    std::string bytes(1000, '\0');
    return error_of(right.recv_exactly(bytes, 100us));
  });
  for (int i = 0; i < 200; ++i) {  // each byte comes before the hub looks at its clock
    EXPECT_TRUE(left.send("x"));
    weir::yield();
  }
  EXPECT_FALSE(receiving.done());
  weir::yield();  // receives the last of them
  weir::yield();
  EXPECT_TRUE(receiving.done());
  EXPECT_EQ(receiving.await(), errc::timed_out);
}

TEST(EpollDeadline, ADurationIsATimePointOnceTheHubHasLooked) {
  virtual_hub hub;
  const auto start = weir::now();
  weir::waiting_place place;
  const auto settled_after = [&place](weir::until given, bool hub_looks) {
    auto waiting = weir::spawn([&place, given] {
      weir::wait here("test");
      EXPECT_TRUE(here.park(place, given));
      return here.settled(given);
    });
    if (hub_looks) settle();
    place.wake_all();
    return waiting.await().value();
  };
  const auto settled = settled_after(10s, true);
  EXPECT_FALSE(settled.relative());
  EXPECT_EQ(weir::time_point(std::chrono::nanoseconds(settled.nanoseconds())), start + 10s);
  EXPECT_TRUE(settled_after(10s, false).relative());
  EXPECT_TRUE(settled_after({}, true).never());
  EXPECT_TRUE(settled_after(std::chrono::nanoseconds(8'999'999'999'000'000'000), true).never());
  EXPECT_EQ(settled_after(start + 1h, true).nanoseconds(), weir::until(start + 1h).nanoseconds());
}

}  // namespace
