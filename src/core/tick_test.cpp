// SPDX-License-Identifier: MIT
// In which order tasks run, and when the others get their turn.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <weir/hub.hpp>
#include <weir/pause.hpp>
#include <weir/run.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/testing.hpp>
#include <weir/wait.hpp>

namespace {

using namespace std::chrono_literals;
using strings = std::vector<std::string>;

/// A task that waits until it is woken, then leaves its name and the tick it runs in.
class sleeper {
 public:
  sleeper(std::string name, strings& order) {
    task_ = weir::spawn([this, name, &order] {
      ASSERT_TRUE(weir::wait("test").park(place_));
      order.push_back(name);
      ran_at = weir::stats().ticks;
      if (then != nullptr) then->wake();
    });
  }
  sleeper(const sleeper&) = delete;
  sleeper& operator=(const sleeper&) = delete;
  ~sleeper() { EXPECT_TRUE(task_.await()); }

  void wake() { EXPECT_TRUE(place_.wake_one()); }

  std::uint64_t ran_at = 0;
  sleeper* then = nullptr;  ///< woken by this one

 private:
  weir::waiting_place place_;
  weir::task<> task_;
};

void expect_order_of_waking() {
  strings order;
  sleeper a("a", order);
  sleeper b("b", order);
  sleeper c("c", order);
  c.wake();
  a.wake();
  b.wake();
  weir::yield();
  EXPECT_EQ(order, (strings{"c", "a", "b"}));
}

TEST(Tick, TasksRunInTheOrderInWhichTheyWereMadeReady) {
  const weir::testing::virtual_hub hub;
  expect_order_of_waking();
}

TEST(Tick, ARealHubKeepsTheSameOrder) {
  const weir::hub hub;
  for (int round = 0; round < 100; ++round) expect_order_of_waking();
}

void expect_one_pass_later() {
  strings order;
  sleeper first("first", order);
  sleeper second("second", order);
  sleeper third("third", order);
  first.then = &second;
  second.then = &third;
  const std::uint64_t now = weir::stats().ticks;
  first.wake();
  weir::yield();
  weir::yield();
  weir::yield();
  EXPECT_EQ(first.ran_at, now + 1);
  EXPECT_EQ(second.ran_at, now + 2);
  EXPECT_EQ(third.ran_at, now + 3);
}

TEST(Tick, WhatIsMadeReadyDuringAPassRunsInTheNext) {
  const weir::testing::virtual_hub hub;
  expect_one_pass_later();
}

TEST(Tick, ARealHubCountsThePassesAlike) {
  const weir::hub hub;
  for (int round = 0; round < 100; ++round) expect_one_pass_later();
}

TEST(Tick, TasksThatYieldTakeTurns) {
  strings order;
  ASSERT_TRUE(weir::run([&order] {
    std::vector<weir::task<>> tasks;
    for (const char* name : {"a", "b", "c"}) {
      tasks.push_back(weir::spawn_later(0s, [name, &order] {
        for (int turn = 1; turn <= 3; ++turn) {
          order.push_back(name + std::to_string(turn));
          weir::yield();
        }
      }));
    }
    for (auto& each : tasks) EXPECT_TRUE(each.await());
  }));
  EXPECT_EQ(order, (strings{"a1", "b1", "c1", "a2", "b2", "c2", "a3", "b3", "c3"}));
}

TEST(Tick, AYieldOfATaskThatIsAloneReturns) {
  const weir::testing::virtual_hub hub;
  const std::uint64_t before = weir::stats().ticks;
  for (int round = 0; round < 1000; ++round) EXPECT_TRUE(weir::yield());
  EXPECT_EQ(weir::stats().ticks, before + 1000);
}

TEST(Tick, SpawnReturnsWhenTheNewTaskHasRunToItsFirstPark) {
  const weir::testing::virtual_hub hub;
  strings order;
  auto task = weir::spawn([&order] {
    order.emplace_back("new");
    weir::yield();
    order.emplace_back("new again");
  });
  order.emplace_back("spawner");
  EXPECT_TRUE(task.await());
  EXPECT_EQ(order, (strings{"new", "spawner", "new again"}));
}

TEST(Tick, ASpawnedTaskRunsBehindThoseThatWereReadyBefore) {
  const weir::testing::virtual_hub hub;
  strings order;
  sleeper ready("ready before", order);
  ready.wake();
  auto task = weir::spawn([&order] { order.emplace_back("new"); });
  EXPECT_EQ(order, (strings{"ready before", "new"}));
}

TEST(Tick, SpawnLaterWithZeroQueuesWithoutYielding) {
  const weir::testing::virtual_hub hub;
  strings order;
  const auto before = weir::stats();
  auto task = weir::spawn_later(0ms, [&order] { order.emplace_back("new"); });
  EXPECT_EQ(order, strings{});
  EXPECT_EQ(weir::stats().ready_count, 1U);
  EXPECT_EQ(weir::stats().timer_count, before.timer_count);
  EXPECT_EQ(weir::stats().ticks, before.ticks);
  weir::yield();
  EXPECT_EQ(order, strings{"new"});
}

/// Calls `call` a thousand times in one task, and returns the longest run of calls during which
/// another task, always ready, did not get its turn.
template <class Call>
int longest_run_of(Call call, bool cancelled = false) {
  int made = 0;
  bool done = false;
  int longest = 0;
  auto caller = weir::spawn([&] {
    weir::yield();
    for (; made < 1000; ++made) call(made);
    done = true;
  });
  if (cancelled) caller.cancel();
  auto other = weir::spawn_later(0s, [&] {
    int seen = 0;
    while (!done) {
      longest = std::max(longest, made - seen);
      seen = made;
      weir::yield();
    }
  });
  EXPECT_TRUE(other.await());
  EXPECT_TRUE(caller.done());
  return longest;
}

TEST(Tick, AwaitingEndedTasksLetsOthersRunAfterAtMost128Calls) {
  const weir::testing::virtual_hub hub;
  std::vector<weir::task<int>> ended;
  for (int number = 0; number < 1000; ++number) {
    ended.push_back(weir::spawn([number] { return number; }));
  }
  const int longest = longest_run_of(
      [&ended](int number) { EXPECT_EQ(ended[static_cast<std::size_t>(number)].await(), number); });
  EXPECT_LE(longest, 128);
  EXPECT_GT(longest, 64);  // a switch for each call would be slow
}

TEST(Tick, RefusedCallsOfACancelledTaskLetOthersRunAfterAtMost128Calls) {
  const weir::testing::virtual_hub hub;
  const int longest = longest_run_of(
      [](int number) {
        const auto refused = number % 2 == 0 ? weir::sleep(1h) : weir::pause(1h);
        EXPECT_EQ(refused.error(), weir::errc::cancelled);
      },
      true);
  EXPECT_LE(longest, 128);
  EXPECT_GT(longest, 64);
}

TEST(Tick, CallsThatFailAtOnceLetOthersRunAfterAtMost128Calls) {
  const weir::testing::virtual_hub hub;
  auto awaited = weir::spawn([] { return weir::pause(); });
  auto first = weir::spawn([&awaited] { return awaited.await(); });
  const int longest =
      longest_run_of([&awaited](int) { EXPECT_EQ(awaited.await().error(), weir::errc::busy); });
  EXPECT_LE(longest, 128);
  EXPECT_GT(longest, 64);
}

TEST(Tick, TheClockMovesWhileTasksAreBusy) {
  // A busy hub looks at clock and timers now and then: the sleeping task gets its turn.
  ASSERT_TRUE(weir::run([] {
    auto sleeping = weir::spawn([] { return weir::sleep(1us); });
    while (!sleeping.done()) weir::yield();
    EXPECT_TRUE(sleeping.await());
  }));
}

}  // namespace
