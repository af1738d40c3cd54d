// SPDX-License-Identifier: MIT
// Tasks that start later, and those that are cancelled before they first run.
#include <array>
#include <chrono>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include <weir/pause.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/testing.hpp>

#include "testing/counted.hpp"

namespace {

using namespace std::chrono_literals;
using weir::errc;
using weir::testing::counted;

class SpawnLater : public ::testing::Test {
 private:
  weir::testing::virtual_hub hub_;
};

TEST_F(SpawnLater, StartsWhenItsTimeHasCome) {
  const auto before = weir::now();
  auto task = weir::spawn_later(30ms, [before] { return weir::now() - before; });
  EXPECT_FALSE(task.done());
  EXPECT_EQ(weir::now(), before);
  EXPECT_EQ(task.await().value(), 30ms);
}

TEST_F(SpawnLater, TakesATimePoint) {
  const auto point = weir::now() + 1h;
  EXPECT_EQ(weir::spawn_later(point, [] { return weir::now(); }).await().value(), point);
}

TEST_F(SpawnLater, AMomentThatHasPassedMeansAtOnce) {
  const auto before = weir::now();
  for (const weir::until passed : {weir::until(-1s), weir::until(before - 1h)}) {
    EXPECT_EQ(weir::spawn_later(passed, [] { return weir::now(); }).await().value(), before);
  }
}

TEST_F(SpawnLater, NeverIsRefused) {
  bool destroyed = false;
  int guarded = 0;
  auto guard =
      std::shared_ptr<int>(&guarded, [&destroyed](const int* /*gone*/) { destroyed = true; });
  auto task = weir::spawn_later(weir::until(), [guard = std::move(guard)] { FAIL(); });
  EXPECT_TRUE(destroyed);
  EXPECT_TRUE(task.done());
  EXPECT_EQ(task.await().error(), std::errc::invalid_argument);
}

TEST_F(SpawnLater, CountsAsATaskAndATimerButNotAsStarted) {
  const auto before = weir::stats();
  auto task = weir::spawn_later(1s, [] {});
  EXPECT_EQ(weir::stats().task_count, before.task_count + 1);
  EXPECT_EQ(weir::stats().timer_count, before.timer_count + 1);
  EXPECT_EQ(weir::stats().active_coros, before.active_coros);
  EXPECT_TRUE(task.await());
  EXPECT_EQ(weir::stats().task_count, before.task_count);
  EXPECT_EQ(weir::stats().timer_count, before.timer_count);
}

TEST_F(SpawnLater, HasItsNameAndIdBeforeItStarts) {
  auto task = weir::spawn_later({.name = "later"}, 1s, [] { return weir::current().id(); });
  EXPECT_EQ(task.name(), "later");
  EXPECT_NE(task.id(), 0U);
  EXPECT_EQ(task.await().value(), task.id());
}

TEST_F(SpawnLater, CancelledBeforeItsTimeItNeverRuns) {
  int alive = 0;
  const auto before = weir::stats();
  auto task = weir::spawn_later(1s, [held = counted(alive)] { FAIL() << "it ran"; });
  EXPECT_EQ(alive, 1);
  task.cancel();
  EXPECT_EQ(weir::stats().timer_count, before.timer_count);
  EXPECT_EQ(task.await().error(), errc::cancelled);
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(weir::stats().task_count, before.task_count);
}

TEST_F(SpawnLater, CancelledWhileItIsQueuedItNeverRuns) {
  int alive = 0;
  auto task = weir::spawn_later(0s, [held = counted(alive)] { FAIL() << "it ran"; });
  task.cancel();
  EXPECT_EQ(task.await().error(), errc::cancelled);
  EXPECT_EQ(alive, 0);
}

TEST_F(SpawnLater, ItsHandleMayBeDestroyedBeforeItStarts) {
  bool ran = false;
  weir::spawn_later(1s, [&ran] { ran = true; });
  weir::testing::advance(1s);
  EXPECT_TRUE(ran);
}

TEST_F(SpawnLater, ItsHandleMayBeMovedBeforeItStarts) {
  std::vector<weir::task<int>> tasks;
  for (int number = 0; number < 100; ++number) {
    tasks.push_back(weir::spawn_later(1ms * (number % 7), [number] { return number; }));
  }
  for (int number = 0; number < 100; ++number) {
    EXPECT_EQ(tasks[static_cast<std::size_t>(number)].await(), number);
  }
}

TEST_F(SpawnLater, KeepsTheStackSizeItWasGiven) {
  auto task = weir::spawn_later({.stack_size = 2 * 1024 * 1024}, 1s, [] {
    std::array<volatile char, 1024 * 1024> large{};
    large[0] = 1;
    return static_cast<int>(large[0]);
  });
  EXPECT_EQ(task.await(), 1);
}

}  // namespace
