// SPDX-License-Identifier: MIT
// Time that costs none: leaping, settling, advancing; and chosen orders.
#include <chrono>
#include <cstdint>
#include <set>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include <weir/hub.hpp>
#include <weir/pause.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/testing.hpp>

namespace {

using namespace std::chrono_literals;
using weir::testing::advance;
using weir::testing::settle;
using weir::testing::virtual_hub;

TEST(VirtualHub, AWaitOfAYearTakesNoTime) {
  const auto start = std::chrono::steady_clock::now();
  {
    const virtual_hub hub;
    const auto before = weir::now();
    EXPECT_TRUE(weir::sleep(std::chrono::hours(24 * 365)));
    EXPECT_EQ(weir::now() - before, std::chrono::hours(24 * 365));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, 1min);
}

TEST(VirtualHub, TheClockStandsStillWhileTasksRun) {
  const virtual_hub hub;
  const auto before = weir::now();
  for (int round = 0; round < 1000; ++round) weir::yield();
  EXPECT_EQ(weir::now(), before);
}

TEST(VirtualHub, TimeLeapsOnlyWhenNothingElseCanRun) {
  const virtual_hub hub;
  const auto before = weir::now();
  auto busy = weir::spawn([before] {
    for (int round = 0; round < 100; ++round) {
      weir::yield();
      EXPECT_EQ(weir::now(), before);
    }
  });
  EXPECT_TRUE(weir::sleep(1ns));
  EXPECT_TRUE(busy.done());
}

TEST(VirtualHub, SettleRunsAllThatCanWithoutTimePassing) {
  const virtual_hub hub;
  const auto before = weir::now();
  int steps = 0;
  auto chain = weir::spawn([&steps] {
    for (; steps < 50; ++steps) weir::yield();
    EXPECT_TRUE(weir::sleep(0s));
    auto child = weir::spawn([&steps] { ++steps; });
    EXPECT_TRUE(weir::sleep(1ms));
    ++steps;
  });
  settle();
  EXPECT_EQ(steps, 51);
  settle();
  EXPECT_EQ(steps, 51);
  EXPECT_EQ(weir::now(), before);
  EXPECT_TRUE(chain.await());
  EXPECT_EQ(steps, 52);
  EXPECT_EQ(weir::now(), before + 1ms);
}

TEST(VirtualHub, SettleIsNoCancelPoint) {
  const virtual_hub hub;
  int steps = 0;
  auto other = weir::spawn_later(0s, [&steps] {
    for (; steps < 10; ++steps) weir::yield();
  });
  auto settling = weir::spawn([&steps] {
    weir::yield();
    settle();
    return steps;
  });
  settling.cancel();
  EXPECT_EQ(settling.await(), 10);
}

TEST(VirtualHub, TwoTasksMaySettleAtOnce) {
  const virtual_hub hub;
  int settled = 0;
  auto other = weir::spawn([&settled] {
    settle();
    ++settled;
  });
  settle();
  ++settled;
  EXPECT_TRUE(other.await());
  EXPECT_EQ(settled, 2);
}

TEST(VirtualHub, AdvanceMovesTheClockByExactlySoMuch) {
  const virtual_hub hub;
  const auto before = weir::now();
  advance(10s);
  EXPECT_EQ(weir::now(), before + 10s);
  advance(0s);
  EXPECT_EQ(weir::now(), before + 10s);
  advance(1ns);
  EXPECT_EQ(weir::now(), before + 10s + 1ns);
}

TEST(VirtualHub, AdvanceStopsAtEveryDeadlineOnTheWay) {
  const virtual_hub hub;
  const auto start = weir::now();
  std::vector<std::chrono::nanoseconds> ticks;
  auto ticker = weir::spawn([start, &ticks] {
    while (weir::sleep(3s)) ticks.emplace_back(weir::now() - start);
  });
  advance(10s);
  EXPECT_EQ(ticks, (std::vector<std::chrono::nanoseconds>{3s, 6s, 9s}));
  advance(2s);
  EXPECT_EQ(ticks.back(), 12s);
  EXPECT_EQ(weir::now(), start + 12s);
}

TEST(VirtualHub, AdvanceRunsWhatIsDueAtItsEnd) {
  const virtual_hub hub;
  auto task = weir::spawn([] { return weir::sleep(5s); });
  advance(5s - 1ns);
  EXPECT_FALSE(task.done());
  advance(1ns);
  EXPECT_TRUE(task.done());
}

TEST(VirtualHub, AdvanceRunsWhatIsReadyBeforeTimeMoves) {
  const virtual_hub hub;
  const auto before = weir::now();
  auto task = weir::spawn_later(0s, [] { return weir::now(); });
  advance(1s);
  EXPECT_EQ(task.await(), before);
}

TEST(VirtualHub, AdvanceOfARealHubIsRefused) {
  const weir::hub hub;
  EXPECT_THROW(advance(1s), std::logic_error);
  EXPECT_TRUE(weir::yield());
}

TEST(VirtualHub, SettleWorksInARealHubToo) {
  const weir::hub hub;
  int steps = 0;
  auto other = weir::spawn([&steps] {
    for (; steps < 50; ++steps) weir::yield();
  });
  settle();
  EXPECT_EQ(steps, 50);
}

std::vector<int> order_with(std::optional<std::uint64_t> seed) {
  const virtual_hub hub({.shuffle_seed = seed});
  std::vector<int> order;
  std::vector<weir::task<>> tasks;
  for (int number = 0; number < 8; ++number) {
    tasks.push_back(weir::spawn_later(0s, [number, &order] {
      order.push_back(number);
      weir::yield();
      order.push_back(number);
    }));
  }
  for (auto& each : tasks) EXPECT_TRUE(each.await());
  return order;
}

TEST(VirtualHub, OneSeedAlwaysGivesTheSameOrder) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) EXPECT_EQ(order_with(seed), order_with(seed));
}

TEST(VirtualHub, DifferentSeedsGiveDifferentOrders) {
  std::set<std::vector<int>> orders;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) orders.insert(order_with(seed));
  EXPECT_GE(orders.size(), 15U);
}

TEST(VirtualHub, WithoutASeedTheOrderIsThatOfTheQueue) {
  EXPECT_EQ(order_with(std::nullopt),
            (std::vector{0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(VirtualHub, AShuffleStaysWithinAPass) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    const std::vector<int> order = order_with(seed);
    const std::multiset<int> first_pass(order.begin(), order.begin() + 8);
    EXPECT_EQ(first_pass, (std::multiset{0, 1, 2, 3, 4, 5, 6, 7}));
  }
}

TEST(VirtualHub, AdvanceNeverMovesTheClockBack) {
  const virtual_hub hub;
  const auto before = weir::now();
  advance(-5s);
  EXPECT_EQ(weir::now(), before);
}

TEST(VirtualHub, AdvanceByTheLongestDurationStopsBeforeTheClocksEnd) {
  const virtual_hub hub;
  const auto before = weir::now();
  auto task = weir::spawn([] { return weir::sleep(1h); });
  advance(std::chrono::nanoseconds::max());
  EXPECT_TRUE(task.done());
  const auto after = weir::now();
  EXPECT_GT(after, before);
  EXPECT_TRUE(weir::sleep(1h));
  EXPECT_EQ(weir::now(), after + 1h);
  advance(std::chrono::nanoseconds::max());
  EXPECT_EQ(weir::now(), after + 1h);
}

}  // namespace
