// SPDX-License-Identifier: MIT
// Deadlines: never early, in order, and without end when they are too far away.
#include <weir/sleep.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <weir/detail/sanitizer.hpp>
#include <weir/hub.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/testing.hpp>
#include <weir/wait.hpp>

#include "testing/random_schedule.hpp"

namespace {

using namespace std::chrono_literals;
using weir::errc;

std::size_t most_tasks() {
  return weir::detail::address_sanitized || weir::detail::thread_sanitized ? 4'000 : 100'000;
}

TEST(Sleep, LastsAsLongAsItWasToldTo) {
  const weir::testing::virtual_hub hub;
  for (const std::chrono::nanoseconds length : {1ns, 999ns, 10'000'000ns, 3'600'000'000'000ns}) {
    const auto before = weir::now();
    EXPECT_TRUE(weir::sleep(length));
    EXPECT_EQ(weir::now() - before, length);
  }
}

TEST(Sleep, LastsUntilTheTimePoint) {
  const weir::testing::virtual_hub hub;
  const auto point = weir::now() + 5min;
  EXPECT_TRUE(weir::sleep(point));
  EXPECT_EQ(weir::now(), point);
}

TEST(Sleep, IsNeverEarlyOnTheRealClock) {
  const weir::hub hub({.timer_grain = 1ns});
  for (const std::chrono::nanoseconds length : {0ns, 1ns, 100ns, 20'000ns, 300'000ns}) {
    const auto before = std::chrono::steady_clock::now();
    EXPECT_TRUE(weir::sleep(length));
    EXPECT_GE(std::chrono::steady_clock::now() - before, length);
    const auto point = std::chrono::steady_clock::now() + length;
    EXPECT_TRUE(weir::sleep(point));
    EXPECT_GE(std::chrono::steady_clock::now(), point);
  }
}

TEST(Sleep, IsNeverEarlyWhileOthersAreBusy) {
  const weir::hub hub;
  bool stop = false;
  auto busy = weir::spawn([&stop] {
    while (!stop) weir::yield();
  });
  const auto before = std::chrono::steady_clock::now();
  EXPECT_TRUE(weir::sleep(200us));
  EXPECT_GE(std::chrono::steady_clock::now() - before, 200us);
  stop = true;
  EXPECT_TRUE(busy.await());
}

TEST(Sleep, OneThatHasPassedAlreadyTakesExactlyOneTick) {
  const weir::testing::virtual_hub hub;
  auto other = weir::spawn([] {
    while (weir::yield()) {
    }
  });
  const auto now = weir::now();
  for (const weir::until passed :
       {weir::until(0s), weir::until(-1h), weir::until(now), weir::until(now - 1h),
        weir::until(weir::time_point::min()), weir::until(weir::time_point{})}) {
    const auto ticks = weir::stats().ticks;
    EXPECT_TRUE(weir::sleep(passed));
    EXPECT_EQ(weir::stats().ticks, ticks + 1);
  }
  EXPECT_EQ(weir::now(), now);
}

TEST(Sleep, OneThatHasPassedAlreadyTakesExactlyOneTickOnTheRealClockToo) {
  const weir::hub hub;
  auto other = weir::spawn([] {
    while (weir::yield()) {
    }
  });
  for (int round = 0; round < 100; ++round) {
    const auto ticks = weir::stats().ticks;
    EXPECT_TRUE(weir::sleep(0s));
    EXPECT_EQ(weir::stats().ticks, ticks + 1);
  }
}

TEST(Sleep, OneThatHasPassedAlreadyLetsAllOthersRunOnce) {
  const weir::testing::virtual_hub hub;
  int ran = 0;
  std::vector<weir::task<>> others;
  for (int number = 0; number < 10; ++number) {
    others.push_back(weir::spawn_later(0s, [&ran] { ++ran; }));
  }
  EXPECT_TRUE(weir::sleep(-1s));
  EXPECT_EQ(ran, 10);
}

TEST(Sleep, EqualDeadlinesComeInTheOrderInWhichTheyWereSet) {
  const weir::testing::virtual_hub hub;
  std::vector<int> order;
  std::vector<weir::task<>> tasks;
  const auto point = weir::now() + 1s;
  for (int number = 0; number < 100; ++number) {
    tasks.push_back(weir::spawn([number, point, &order] {
      // The same moment, told in two ways.
      EXPECT_TRUE(number % 2 == 0 ? weir::sleep(point) : weir::sleep(1s));
      order.push_back(number);
    }));
  }
  for (auto& each : tasks) EXPECT_TRUE(each.await());
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(Sleep, OneTooLongForTheClockNeverEnds) {
  const weir::testing::virtual_hub hub;
  const auto timers = weir::stats().timer_count;
  std::vector<weir::task<>> tasks;
  for (const weir::until never :
       {weir::until(std::chrono::hours::max()), weir::until(std::chrono::nanoseconds::max()),
        weir::until(std::chrono::duration<double>(std::numeric_limits<double>::infinity())),
        weir::until(weir::time_point::max()), weir::until()}) {
    tasks.push_back(weir::spawn([never] { return weir::sleep(never); }));
  }
  EXPECT_EQ(weir::stats().timer_count, timers);
  weir::testing::advance(std::chrono::hours(24 * 365 * 100));
  for (auto& each : tasks) {
    EXPECT_FALSE(each.done());
    each.cancel();
    EXPECT_EQ(each.await().error(), errc::cancelled);
  }
}

TEST(Sleep, TheLongestThatTheClockHoldsEnds) {
  const weir::testing::virtual_hub hub;
  const auto before = weir::now();
  EXPECT_TRUE(weir::sleep(8'999'999'000s));
  EXPECT_EQ(weir::now() - before, 8'999'999'000s);
}

TEST(Sleep, IsEndedByACancellation) {
  const weir::testing::virtual_hub hub;
  const auto before = weir::now();
  auto task = weir::spawn([] { return weir::sleep(1h); });
  EXPECT_EQ(weir::stats().timer_count, 1U);
  task.cancel();
  EXPECT_EQ(weir::stats().timer_count, 0U);
  EXPECT_EQ(task.await().error(), errc::cancelled);
  EXPECT_EQ(weir::now(), before);
}

TEST(Sleep, TimersThatAreSetAndMetBeforeTheyFireLeaveNothingBehind) {
  const weir::testing::virtual_hub hub;
  weir::waiting_place place;
  auto waiting = weir::spawn([&place] {
    for (int round = 0; round < 1000; ++round) {
      ASSERT_TRUE(weir::wait("test").park(place, 1h));
    }
  });
  for (int round = 0; round < 1000; ++round) {
    EXPECT_EQ(weir::stats().timer_count, 1U);
    EXPECT_TRUE(place.wake_one());
    EXPECT_EQ(weir::stats().timer_count, 0U);
    weir::yield();
  }
  EXPECT_TRUE(waiting.await());
}

TEST(Sleep, ManyTimersFireInTheOrderOfTheirDeadlines) {
  const weir::testing::virtual_hub hub;
  weir::testing::random_schedule random(7);
  const std::size_t count = most_tasks();
  const auto start = weir::now();
  weir::time_point last = start;
  std::size_t fired = 0;
  for (std::size_t number = 0; number < count; ++number) {
    const auto deadline = start + std::chrono::microseconds(1 + random.below(1'000'000));
    weir::spawn_later({.detached = true}, deadline, [deadline, &last, &fired] {
      ++fired;
      EXPECT_EQ(weir::now(), deadline);
      EXPECT_LE(last, deadline);
      last = deadline;
    });
  }
  EXPECT_EQ(weir::stats().timer_count, count);
  weir::testing::advance(1s);
  EXPECT_EQ(fired, count);
  EXPECT_EQ(weir::stats().timer_count, 0U);
  EXPECT_EQ(weir::stats().task_count, 1U);
}

TEST(Sleep, ManySleepingTasksWakeInTheOrderOfTheirDeadlines) {
  const weir::testing::virtual_hub hub;
  weir::testing::random_schedule random(8);
  const std::size_t count = most_tasks() / 10;
  const auto start = weir::now();
  std::chrono::nanoseconds last{};
  std::size_t woken = 0;
  std::vector<weir::task<>> tasks;
  for (std::size_t number = 0; number < count; ++number) {
    const std::chrono::nanoseconds length(1 + random.below(1'000));  // most have equals
    tasks.push_back(weir::spawn([length, start, &last, &woken] {
      EXPECT_TRUE(weir::sleep(length));
      ++woken;
      EXPECT_EQ(weir::now() - start, length);
      EXPECT_LE(last, length);
      last = length;
    }));
  }
  for (auto& each : tasks) EXPECT_TRUE(each.await());
  EXPECT_EQ(woken, count);
}

/// A random number of tasks sleep and are cancelled at random; each sleep ends as it must, when it
/// must.
void run_random_sleeps(std::uint64_t seed) {
  const weir::testing::virtual_hub hub;
  weir::testing::random_schedule random(seed);
  std::vector<weir::task<>> tasks;
  const std::size_t count = weir::testing::scaled(1'000);
  for (std::size_t number = 0; number < count; ++number) {
    const std::chrono::milliseconds length(random.below(100));
    const std::chrono::milliseconds cancelled_after(random.below(100));
    tasks.push_back(weir::spawn([length, cancelled_after] {
      auto sleeping = weir::spawn([length] { return weir::sleep(length); });
      auto canceller = weir::spawn([cancelled_after, &sleeping] {
        EXPECT_TRUE(weir::sleep(cancelled_after));
        sleeping.cancel();
      });
      const auto start = weir::now();
      const auto slept = sleeping.await();
      EXPECT_EQ(weir::now() - start, std::min(length, cancelled_after));
      // Of two equal deadlines the sleep's own was set first.
      EXPECT_EQ(slept.has_value(), length <= cancelled_after);
      EXPECT_TRUE(canceller.await());
    }));
  }
  for (auto& each : tasks) EXPECT_TRUE(each.await());
  EXPECT_EQ(weir::stats().timer_count, 0U);
}

TEST(Sleep, RandomSleepsAndCancellationsEndAsTheyMust) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    run_random_sleeps(seed);
  }
}

}  // namespace
