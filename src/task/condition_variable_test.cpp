// SPDX-License-Identifier: MIT
// Who is notified, and that the mutex is held again in any case.
#include <weir/condition_variable.hpp>

#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <weir/cancel_token.hpp>
#include <weir/pause.hpp>
#include <weir/run.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/testing.hpp>

#include "testing/captured_log.hpp"
#include "testing/errors.hpp"
#include "testing/holdings.hpp"

namespace {

using namespace std::chrono_literals;
using weir::errc;
using weir::testing::advance;
using weir::testing::cancelled;
using weir::testing::error_of;
using weir::testing::held_now;
using weir::testing::settle;

class ConditionVariable : public ::testing::Test {
 protected:
  /// A task that waits, and checks that it holds the mutex then.
  [[nodiscard]] weir::task<std::error_code> wait(weir::until until = {}) {
    return weir::spawn([this, until] {
      const std::lock_guard held(guard);
      const auto notified = error_of(changed.wait(guard, until));
      EXPECT_TRUE(guard.held());
      return notified;
    });
  }

  weir::testing::virtual_hub hub;
  weir::mutex guard;
  weir::condition_variable changed;
};

TEST_F(ConditionVariable, AQueueBuiltUponItHandsEverythingOver) {
  std::deque<int> items;
  weir::condition_variable taken;
  auto producer = weir::spawn([&] {
    for (int item = 0; item < 100; ++item) {
      const std::lock_guard held(guard);
      while (items.size() == 3) EXPECT_TRUE(taken.wait(guard));
      items.push_back(item);
      changed.notify_one();
    }
  });
  for (int item = 0; item < 100; ++item) {
    const std::lock_guard held(guard);
    while (items.empty()) EXPECT_TRUE(changed.wait(guard));
    EXPECT_EQ(items.front(), item);
    items.pop_front();
    taken.notify_one();
  }
  EXPECT_TRUE(producer.await());
}

TEST_F(ConditionVariable, NotifyWakesWhoHasWaitedLongest) {
  std::vector<int> order;
  std::vector<weir::task<>> tasks;
  for (int number = 0; number < 5; ++number) {
    tasks.push_back(weir::spawn([&, number] {
      const std::lock_guard held(guard);
      EXPECT_TRUE(changed.wait(guard));
      order.push_back(number);
    }));
  }
  EXPECT_TRUE(changed.notify_one());
  EXPECT_TRUE(changed.notify_one());
  settle();
  EXPECT_EQ(order, (std::vector{0, 1}));
  EXPECT_EQ(changed.notify_all(), 3U);
  EXPECT_FALSE(changed.notify_one());
  EXPECT_EQ(changed.notify_all(), 0U);
  for (auto& each : tasks) EXPECT_TRUE(each.await());
  EXPECT_EQ(order, (std::vector{0, 1, 2, 3, 4}));
}

TEST_F(ConditionVariable, OneThatTimedOutOrWasCancelledHoldsTheMutexAndSwallowsNoNotification) {
  const auto before = held_now();
  const weir::cancel_token token;
  auto timed = wait(1s);
  auto by_task = wait();
  auto by_token = wait({1h, token});
  auto last = wait(1h);
  advance(1s);
  by_task.cancel();
  token.cancel();
  EXPECT_TRUE(changed.notify_one());
  EXPECT_EQ(timed.await(), make_error_code(errc::timed_out));
  EXPECT_EQ(by_task.await(), cancelled);
  EXPECT_EQ(by_token.await(), cancelled);
  EXPECT_EQ(last.await(), std::error_code{});
  EXPECT_TRUE(guard.try_lock());
  guard.unlock();
  EXPECT_EQ(held_now(), before);
}

TEST_F(ConditionVariable, LockingAgainIsEndedNeitherByTimeNorByACancellation) {
  for (const bool by_token : {true, false}) {
    const weir::cancel_token token;
    auto task = wait({1s, token});
    guard.lock();
    advance(1s);
    by_token ? token.cancel() : task.cancel();
    advance(1h);
    EXPECT_FALSE(task.done());
    guard.unlock();
    EXPECT_EQ(task.await(), make_error_code(errc::timed_out));
  }
}

TEST_F(ConditionVariable, ACancelledTaskIsRefusedWithTheMutexStillHeld) {
  auto task = weir::spawn([this] {
    EXPECT_EQ(error_of(weir::sleep({})), cancelled);
    const std::lock_guard held(guard);
    const auto refused = error_of(changed.wait(guard));
    EXPECT_TRUE(guard.held());
    return refused;
  });
  task.cancel();
  EXPECT_EQ(task.await(), cancelled);
  const weir::cancel_token token;
  token.cancel();
  const std::lock_guard held(guard);
  auto other = weir::spawn([this] { guard.lock(), guard.unlock(); });
  EXPECT_EQ(error_of(changed.wait(guard, token)), cancelled);
  EXPECT_FALSE(other.done());  // it was not unlocked in between
}

TEST_F(ConditionVariable, WaitingWithAMutexThatIsNotHeldIsABug) {
  EXPECT_THROW(static_cast<void>(changed.wait(guard)), std::logic_error);
  guard.lock();
  auto other = weir::spawn(
      [this] { EXPECT_THROW(static_cast<void>(changed.wait(guard)), std::logic_error); });
  EXPECT_TRUE(other.await());
  guard.unlock();
}

TEST_F(ConditionVariable, ANotificationAndACancellationInOneTickTheFirstDecides) {
  for (const bool notified_first : {true, false}) {
    for (const bool by_token : {true, false}) {
      const weir::cancel_token token;
      auto first = wait(token);
      auto second = wait();
      if (notified_first) changed.notify_one();
      by_token ? token.cancel() : first.cancel();
      if (!notified_first) changed.notify_one();
      settle();
      EXPECT_EQ(second.done(), !notified_first);
      EXPECT_EQ(first.await(), notified_first ? std::error_code{} : cancelled);
      changed.notify_all();
      EXPECT_EQ(second.await(), std::error_code{});
    }
  }
}

TEST_F(ConditionVariable, NobodyRunsBetweenTheUnlockingAndTheWaiting) {
  guard.lock();
  auto notifies = weir::spawn([this] {
    const std::lock_guard held(guard);
    return changed.notify_one();
  });
  EXPECT_TRUE(changed.wait(guard, 1h));
  EXPECT_EQ(notifies.await(), true);
  guard.unlock();
}

TEST_F(ConditionVariable, WhoWaitsWhenItIsDestroyedIsToldSoAndHoldsTheMutex) {
  auto other = std::make_unique<weir::condition_variable>();
  auto task = weir::spawn([&] {
    const std::lock_guard held(guard);
    const auto ended = error_of(other->wait(guard));
    EXPECT_TRUE(guard.held());
    return ended;
  });
  other.reset();
  EXPECT_EQ(task.await(), make_error_code(errc::closed));
}

TEST(ConditionVariableOnTheRealClock, ADeadlockToldWhileItLocksAgainDoesNotEndThat) {
  const weir::testing::captured_log log;
  EXPECT_TRUE(weir::run([] {
    weir::mutex guard;
    weir::condition_variable changed;
    guard.lock();
    auto keeps = weir::spawn([&] {
      const std::lock_guard held(guard);
      changed.notify_one();
      EXPECT_EQ(error_of(weir::pause()), cancelled);  // by the hub, as nothing else helps
    });
    EXPECT_TRUE(changed.wait(guard));
    EXPECT_TRUE(guard.held());
    EXPECT_EQ(error_of(weir::yield()), cancelled);
    guard.unlock();
  }));
}

}  // namespace
