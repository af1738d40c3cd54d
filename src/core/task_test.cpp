// SPDX-License-Identifier: MIT
// Handles of tasks: awaiting, moving, destroying, and what tasks result in.
#include <weir/task.hpp>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <weir/pause.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/testing.hpp>

#include "testing/throws_when_moved.hpp"

namespace {

using namespace std::chrono_literals;
using weir::errc;
using weir::testing::throws_when_moved;

class Task : public ::testing::Test {
 private:
  weir::testing::virtual_hub hub_;
};

TEST_F(Task, AwaitReturnsWhatTheFunctionReturned) {
  EXPECT_EQ(weir::spawn([] { return 42; }).await(), 42);
  EXPECT_TRUE(weir::spawn([] {}).await());
  EXPECT_EQ(weir::spawn([] { return std::string("text"); }).await(), "text");
}

TEST_F(Task, AwaitWaitsForATaskThatRuns) {
  auto task = weir::spawn([] {
    EXPECT_TRUE(weir::sleep(1s));
    return 7;
  });
  EXPECT_FALSE(task.done());
  EXPECT_EQ(task.await(), 7);
  EXPECT_TRUE(task.done());
}

TEST_F(Task, AResultThatTheFunctionReturnedIsFlattened) {
  auto good = weir::spawn([]() -> weir::result<int> { return 1; });
  static_assert(std::is_same_v<decltype(good), weir::task<int>>);
  EXPECT_EQ(good.await(), 1);
  auto bad = weir::spawn([]() -> weir::result<int> { return weir::failure(errc::would_block); });
  EXPECT_EQ(bad.await().error(), errc::would_block);
}

TEST_F(Task, AnArgumentIsHandedToTheFunction) {
  EXPECT_EQ(weir::spawn([](int a) { return a + 1; }, 41).await(), 42);
  auto owned = std::make_unique<int>(5);
  EXPECT_EQ(weir::spawn([](std::unique_ptr<int> a) { return *a; }, std::move(owned)).await(), 5);
  EXPECT_EQ(weir::spawn({.name = "named"}, [](int a) { return a; }, 3).await(), 3);
}

TEST_F(Task, WhatAReferenceNamesIsCopiedIntoTheTask) {
  std::string text = "before";
  auto task = weir::spawn_later(0s, [copy = text] { return copy; });
  text = "after";
  EXPECT_EQ(task.await(), "before");
}

TEST_F(Task, ItKnowsItsIdAndName) {
  auto first = weir::spawn({.name = "first"}, [] { return weir::pause(); });
  auto second = weir::spawn([] { return weir::current().id(); });
  EXPECT_EQ(first.name(), "first");
  EXPECT_EQ(second.name(), "");
  EXPECT_GT(first.id(), 1U);
  EXPECT_EQ(second.id(), first.id() + 1);
  EXPECT_EQ(second.await(), second.id());
  first.cancel();
  EXPECT_FALSE(first.await());
  EXPECT_EQ(first.name(), "first");  // also when it has ended
}

std::uint64_t parent_of_current() { return weir::detail::this_hub->current->parent; }

TEST_F(Task, ItKnowsWhichTaskSpawnedIt) {
  auto child = weir::spawn([] {
    auto grandchild = weir::spawn(parent_of_current);
    auto later = weir::spawn_later(1s, parent_of_current);
    EXPECT_EQ(grandchild.await(), weir::current().id());
    EXPECT_EQ(later.await(), weir::current().id());
    return parent_of_current();
  });
  EXPECT_GT(weir::current().id(), 0U);
  EXPECT_EQ(child.await(), weir::current().id());
  EXPECT_EQ(parent_of_current(), 0U);  // nobody spawned the thread's own task
}

TEST_F(Task, ItKnowsWhichTaskSpawnedItWhenThatHasEnded) {
  std::uint64_t spawner = 0;
  weir::task<std::uint64_t> orphan;
  auto parent = weir::spawn([&] {
    spawner = weir::current().id();
    orphan = weir::spawn([] {
      EXPECT_TRUE(weir::sleep(1s));
      return parent_of_current();
    });
  });
  EXPECT_TRUE(parent.await());
  EXPECT_EQ(orphan.await(), spawner);
}

TEST_F(Task, AHandleThatNamesNoTaskCannotBeAwaited) {
  weir::task<int> none;
  EXPECT_FALSE(none.done());
  EXPECT_EQ(none.id(), 0U);
  EXPECT_EQ(none.name(), "");
  EXPECT_THROW(static_cast<void>(none.await()), std::logic_error);
  none.cancel();  // nothing to do
}

TEST_F(Task, ASecondSuccessfulAwaitIsABug) {
  auto ended = weir::spawn([] { return 1; });
  EXPECT_TRUE(ended.await());
  EXPECT_THROW(static_cast<void>(ended.await()), std::logic_error);
  auto running = weir::spawn([] { return weir::yield(); });
  EXPECT_TRUE(running.await());
  EXPECT_THROW(static_cast<void>(running.await()), std::logic_error);
  auto threw = weir::spawn([] { throw 1; });
  EXPECT_THROW(static_cast<void>(threw.await()), int);
  EXPECT_THROW(static_cast<void>(threw.await()), std::logic_error);
}

TEST_F(Task, ASecondTaskThatAwaitsItIsTurnedAway) {
  auto task = weir::spawn([] { return weir::pause<int>(); });
  const auto before = weir::stats();
  auto first = weir::spawn([&task] { return task.await(); });
  EXPECT_EQ(task.await().error(), errc::busy);
  EXPECT_EQ(weir::stats().task_count, before.task_count + 1);
  task.cancel();
  EXPECT_EQ(first.await().error(), errc::cancelled);
}

TEST_F(Task, ATaskThatAwaitsItselfIsToldSo) {
  weir::task<std::error_code> task;
  task = weir::spawn_later(0s, [&task] { return task.await().error(); });
  EXPECT_EQ(task.await().value(), errc::deadlock);
}

TEST_F(Task, AnAwaitThatTimedOutMayBeRepeated) {
  auto task = weir::spawn([] {
    EXPECT_TRUE(weir::sleep(10s));
    return 5;
  });
  EXPECT_EQ(task.await(0s).error(), errc::timed_out);
  EXPECT_EQ(task.await(3s).error(), errc::timed_out);
  EXPECT_FALSE(task.done());
  EXPECT_EQ(task.await(1h), 5);
}

TEST_F(Task, AnAwaitThatWasCancelledMayBeRepeatedByAnother) {
  auto task = weir::spawn([] {
    EXPECT_TRUE(weir::sleep(10s));
    return 5;
  });
  auto waiting = weir::spawn([&task] { return task.await(); });
  waiting.cancel();
  EXPECT_EQ(waiting.await().error(), errc::cancelled);
  EXPECT_EQ(task.await(), 5);
}

TEST_F(Task, AnEndedTaskIsAwaitedEvenWhenTheTimeHasPassed) {
  auto task = weir::spawn([] { return 5; });
  EXPECT_EQ(task.await(-1s), 5);
}

TEST_F(Task, AHandleMayBeMovedWhileTheTaskRuns) {
  auto first = weir::spawn([] {
    weir::yield();
    return 1;
  });
  const auto id = first.id();
  weir::task<int> second(std::move(first));
  EXPECT_EQ(first.id(), 0U);  // NOLINT(bugprone-use-after-move): it names none any more
  EXPECT_THROW(static_cast<void>(first.await()), std::logic_error);
  weir::task<int> third;
  third = std::move(second);
  EXPECT_EQ(third.id(), id);
  EXPECT_EQ(third.await(), 1);
}

TEST_F(Task, AHandleMayBeMovedWhenTheTaskHasEnded) {
  auto first = weir::spawn({.name = "mover"}, [] { return std::make_unique<int>(1); });
  weir::task<std::unique_ptr<int>> second(std::move(first));
  EXPECT_TRUE(second.done());
  EXPECT_EQ(second.name(), "mover");
  EXPECT_EQ(**second.await(), 1);
}

TEST_F(Task, AHandleMayBeMovedWhileItIsAwaited) {
  auto task = weir::spawn([] {
    EXPECT_TRUE(weir::sleep(1s));
    return 1;
  });
  auto waiting = weir::spawn([&task] { return task.await(); });
  weir::task<int> moved(std::move(task));
  EXPECT_EQ(waiting.await(), 1);
  EXPECT_TRUE(moved.done());
  EXPECT_THROW(static_cast<void>(moved.await()), std::logic_error);
}

TEST_F(Task, AHandleMayBeDestroyedWhileItIsAwaited) {
  auto task = std::make_optional(weir::spawn([] {
    EXPECT_TRUE(weir::sleep(1s));
    return 1;
  }));
  auto waiting = weir::spawn([&task] { return task->await(); });
  task.reset();
  EXPECT_EQ(waiting.await(), 1);
}

TEST_F(Task, AHandleMayBeAssignedAnotherTaskWhileItIsAwaited) {
  auto task = weir::spawn([] {
    EXPECT_TRUE(weir::sleep(1s));
    return 1;
  });
  auto waiting = weir::spawn([&task] { return task.await(); });
  task = weir::spawn([] { return 2; });
  EXPECT_EQ(task.await(), 2);
  EXPECT_EQ(waiting.await(), 1);
}

TEST_F(Task, DestroyingItsHandleLetsATaskRunOn) {
  bool ended = false;
  weir::spawn([&ended] {
    weir::yield();
    ended = true;
  });
  EXPECT_FALSE(ended);
  weir::testing::settle();
  EXPECT_TRUE(ended);
}

TEST_F(Task, AnEndedTaskKeepsNoStack) {
  const auto count = [] { return weir::stats().task_count; };
  const auto before = count();
  std::vector<weir::task<int>> ended;
  for (int number = 0; number < 100; ++number) {
    ended.push_back(weir::spawn([number] { return number; }));
  }
  EXPECT_EQ(count(), before);
}

TEST_F(Task, ADetachedHandleNamesNoTask) {
  bool ended = false;
  auto task = weir::spawn([&ended] {
    weir::yield();
    ended = true;
  });
  task.detach();
  EXPECT_EQ(task.id(), 0U);
  EXPECT_THROW(static_cast<void>(task.await()), std::logic_error);
  weir::testing::settle();
  EXPECT_TRUE(ended);
}

TEST_F(Task, ADetachedTaskMayBeAwaitedAllTheSame) {
  auto task = weir::spawn({.detached = true}, [] { return 3; });
  EXPECT_EQ(task.await(), 3);
}

TEST_F(Task, ItsFunctionIsDestroyedBeforeItsJoinerGoesOn) {
  auto held = std::make_shared<int>(1);
  auto task = weir::spawn([held] { return *held; });
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(task.await(), 1);
}

TEST_F(Task, AResultWhoseMoveThrowsBecomesThatException) {
  for (int moves = 1; moves <= 3; ++moves) {
    SCOPED_TRACE(::testing::Message() << moves << " moves");
    auto task = weir::spawn([moves] {
      throws_when_moved result(moves);
      weir::yield();
      return result;
    });
    EXPECT_THROW(static_cast<void>(task.await()), std::runtime_error);
  }
}

TEST_F(Task, AnEndedTasksResultWhoseMoveThrowsBecomesThatException) {
  auto ended = weir::spawn([] { return throws_when_moved(3); });
  EXPECT_TRUE(ended.done());
  EXPECT_THROW(static_cast<void>(ended.await()), std::runtime_error);
}

TEST_F(Task, AHandleMayBeMovedWithAResultWhoseMoveThrows) {
  auto ended = weir::spawn([] { return throws_when_moved(3); });
  EXPECT_TRUE(ended.done());
  weir::task<throws_when_moved> moved(std::move(ended));
  weir::task<throws_when_moved> assigned;
  assigned = std::move(moved);
  EXPECT_THROW(static_cast<void>(assigned.await()), std::runtime_error);
}

TEST_F(Task, AFunctionWhoseCopyThrowsIsNotSpawned) {
  struct throws_when_copied {
    throws_when_copied() = default;
    throws_when_copied(const throws_when_copied&) { throw std::runtime_error("no copy"); }
    void operator()() const { ADD_FAILURE() << "it ran"; }
  };
  const throws_when_copied function;
  const auto before = weir::stats();
  EXPECT_THROW(weir::spawn(function), std::runtime_error);
  EXPECT_THROW(weir::spawn_later(1s, function), std::runtime_error);
  EXPECT_EQ(weir::stats().task_count, before.task_count);
  EXPECT_EQ(weir::stats().timer_count, before.timer_count);
  EXPECT_EQ(weir::spawn([] { return 1; }).await(), 1);
}

TEST_F(Task, AFunctionThatIsTooLargeForItsStackIsAnErrorToAwait) {
  struct large {
    std::array<char, 256 * 1024> bytes{};
  };
  const auto content = std::make_unique<large>();
  auto task = weir::spawn([content = *content] { return content.bytes[0]; });
  EXPECT_EQ(task.await().error(), std::errc::value_too_large);
  auto roomy =
      weir::spawn({.stack_size = 1024 * 1024}, [content = *content] { return content.bytes[0]; });
  EXPECT_EQ(roomy.await(), '\0');
}

}  // namespace
