// SPDX-License-Identifier: MIT
// Conversions of durations and time points, the strange ones too.
#include <weir/until.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <ratio>

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using std::chrono::duration;
using weir::until;

void expect_never(const until& limit) {
  EXPECT_TRUE(limit.never());
  EXPECT_FALSE(limit.relative());
}

void expect_after(const until& limit, std::int64_t nanoseconds) {
  EXPECT_FALSE(limit.never());
  EXPECT_TRUE(limit.relative());
  EXPECT_EQ(limit.nanoseconds(), nanoseconds);
}

void expect_at(const until& limit, std::int64_t nanoseconds) {
  EXPECT_FALSE(limit.never());
  EXPECT_FALSE(limit.relative());
  EXPECT_EQ(limit.nanoseconds(), nanoseconds);
}

TEST(Until, ByDefaultItIsNever) { expect_never({}); }

TEST(Until, DurationsOfAllUnitsCountInNanoseconds) {
  expect_after(5ns, 5);
  expect_after(3us, 3'000);
  expect_after(2ms, 2'000'000);
  expect_after(1h, 3'600'000'000'000);
  expect_after(duration<double>(0.25), 250'000'000);
  expect_after(duration<unsigned, std::milli>(7), 7'000'000);
}

TEST(Until, AFractionOfANanosecondIsRoundedUpNeverDown) {
  expect_after(duration<std::int64_t, std::pico>(1), 1);
  expect_after(duration<std::int64_t, std::pico>(1001), 2);
  expect_after(duration<double, std::nano>(0.1), 1);
  expect_after(duration<double, std::nano>(2.5), 3);
}

TEST(Until, ZeroAndNegativeDurationsHavePassedAlready) {
  expect_after(0s, 0);
  expect_after(-1ns, 0);
  expect_after(std::chrono::hours::min(), 0);
  expect_after(std::chrono::nanoseconds::min(), 0);
  expect_after(duration<double>(-std::numeric_limits<double>::infinity()), 0);
  expect_after(duration<double, std::nano>(-0.5), 0);
}

TEST(Until, DurationsTooLargeForTheClockMeanNever) {
  expect_never(std::chrono::hours::max());
  expect_never(std::chrono::seconds::max());
  expect_never(std::chrono::nanoseconds::max());
  expect_never(duration<double>(1e300));
  expect_never(duration<double>(std::numeric_limits<double>::infinity()));
  expect_never(duration<std::uint64_t, std::nano>(std::numeric_limits<std::uint64_t>::max()));
}

TEST(Until, ADurationThatIsNoNumberMeansNever) {
  expect_never(duration<double>(std::numeric_limits<double>::quiet_NaN()));
}

TEST(Until, TheLongestDurationsThatFitAreKeptExactly) {
  expect_after(8'999'999'999s, 8'999'999'999'000'000'000);
}

TEST(Until, TimePointsAreKept) {
  expect_at(weir::time_point(12ns), 12);
  expect_at(weir::time_point(-12ns), -12);
  expect_at(weir::time_point{}, 0);
}

TEST(Until, TimePointsOfOtherUnitsAreConvertedAndNeverEarly) {
  using clock = std::chrono::steady_clock;
  expect_at(std::chrono::time_point<clock, std::chrono::seconds>(2s), 2'000'000'000);
  using fine = duration<std::int64_t, std::pico>;
  expect_at(std::chrono::time_point<clock, fine>(fine(1001)), 2);
  expect_at(std::chrono::time_point<clock, duration<double>>(duration<double>(0.5)), 500'000'000);
}

TEST(Until, TimePointsBeyondTheClockMeanNever) {
  using clock = std::chrono::steady_clock;
  expect_never(weir::time_point::max());
  expect_never(std::chrono::time_point<clock, std::chrono::hours>::max());
  using real = duration<double>;
  expect_never(std::chrono::time_point<clock, real>(real(1e300)));
  expect_never(
      std::chrono::time_point<clock, real>(real(std::numeric_limits<double>::quiet_NaN())));
}

TEST(Until, TimePointsBeforeTheClockHavePassedAlready) {
  using clock = std::chrono::steady_clock;
  const auto expect_long_past = [](const until& limit) {
    EXPECT_FALSE(limit.never());
    EXPECT_FALSE(limit.relative());
    EXPECT_LE(limit.nanoseconds(), 0);
  };
  expect_long_past(weir::time_point::min());
  expect_long_past(std::chrono::time_point<clock, std::chrono::hours>::min());
  using real = duration<double>;
  expect_long_past(std::chrono::time_point<clock, real>(real(-1e300)));
}

TEST(Until, CanBeComputedWhenCompiling) {
  static_assert(until(1ms).nanoseconds() == 1'000'000);
  static_assert(until(std::chrono::hours::max()).never());
  static_assert(until().never());
}

}  // namespace
