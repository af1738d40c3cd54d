// SPDX-License-Identifier: MIT
// Who holds a mutex, who gets it next, and who does not.
#include <weir/mutex.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <vector>

#include <gtest/gtest.h>

#include <weir/cancel_token.hpp>
#include <weir/run.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/testing.hpp>

#include "testing/captured_log.hpp"
#include "testing/errors.hpp"
#include "testing/holdings.hpp"
#include "testing/in_virtual_time.hpp"

namespace weir::testing {
namespace {

using namespace std::chrono_literals;

class Mutex : public in_virtual_time {};

TEST_F(Mutex, IsHeldByOneTaskAtATimeThoughThatParks) {
  weir::mutex guard;
  int inside = 0;
  std::vector<weir::task<>> tasks;
  for (int number = 0; number < 10; ++number) {
    tasks.push_back(weir::spawn([&] {
      for (int round = 0; round < 10; ++round) {
        const std::lock_guard held(guard);
        EXPECT_EQ(++inside, 1);
        EXPECT_TRUE(weir::sleep(1ms));
        --inside;
      }
    }));
  }
  for (auto& each : tasks) EXPECT_TRUE(each.await());
  EXPECT_TRUE(guard.try_lock());
  guard.unlock();
}

TEST_F(Mutex, IsHandedToWhoHasWaitedLongestAndNobodyComesBetween) {
  weir::mutex guard;
  std::vector<int> order;
  std::vector<weir::task<>> tasks;
  guard.lock();
  for (int number = 0; number < 4; ++number) {
    tasks.push_back(weir::spawn([&, number] {
      EXPECT_TRUE(guard.lock({}));
      order.push_back(number);
      EXPECT_TRUE(weir::yield());
      guard.unlock();
    }));
  }
  guard.unlock();
  EXPECT_FALSE(guard.held());
  EXPECT_FALSE(guard.try_lock());  // it is the first one's already, though that has not run yet
  EXPECT_TRUE(order.empty());
  guard.lock();
  EXPECT_EQ(order, (std::vector{0, 1, 2, 3}));
  guard.unlock();
  for (auto& each : tasks) EXPECT_TRUE(each.await());
}

TEST_F(Mutex, TryLockTakesItOnlyIfItIsFree) {
  weir::mutex guard;
  EXPECT_TRUE(guard.try_lock());
  EXPECT_TRUE(guard.held());
  EXPECT_FALSE(guard.try_lock());
  auto other = weir::spawn([&guard] { return guard.held() || guard.try_lock(); });
  EXPECT_EQ(other.await(), false);
  guard.unlock();
  EXPECT_FALSE(guard.held());
}

TEST_F(Mutex, GoesWithTheStandardGuards) {
  weir::mutex one;
  weir::mutex two;
  const auto take_both = [](weir::mutex& first, weir::mutex& second) {
    for (int round = 0; round < 100; ++round) {
      const std::scoped_lock both(first, second);
      weir::yield();
    }
  };
  auto task = weir::spawn([&] { take_both(one, two); });
  take_both(two, one);
  EXPECT_TRUE(task.await());
  const std::unique_lock held(one);
  EXPECT_TRUE(held.owns_lock());
  auto other =
      weir::spawn([&one] { EXPECT_FALSE(std::unique_lock(one, std::try_to_lock).owns_lock()); });
  EXPECT_TRUE(other.await());
}

TEST_F(Mutex, HoldIsALockWithAnEndInAGuard) {
  weir::mutex guard;
  {
    const auto held = guard.hold(1s);
    EXPECT_TRUE(held.value().owns_lock());
    auto other = weir::spawn([&guard] { return error_of(guard.hold(1s)); });
    EXPECT_EQ(other.await(), make_error_code(errc::timed_out));
  }
  EXPECT_TRUE(guard.try_lock());
  guard.unlock();
}

TEST_F(Mutex, ALockThatTimedOutOrWasCancelledDoesNotHoldItAndTheNextGetsIt) {
  weir::mutex guard;
  const auto before = held_now();
  guard.lock();
  const weir::cancel_token token;
  auto timed = weir::spawn([&guard] { return error_of(guard.lock(1s)); });
  auto by_task = weir::spawn([&guard] { return error_of(guard.lock({})); });
  auto by_token = weir::spawn([&] { return error_of(guard.lock({1h, token})); });
  auto last = weir::spawn([&guard] {
    const auto locked = error_of(guard.lock(1h));
    guard.unlock();
    return locked;
  });
  advance(1s);
  by_task.cancel();
  token.cancel();
  EXPECT_EQ(timed.await(), make_error_code(errc::timed_out));
  EXPECT_EQ(by_task.await(), cancelled);
  EXPECT_EQ(by_token.await(), cancelled);
  EXPECT_FALSE(last.done());
  guard.unlock();
  EXPECT_EQ(last.await(), std::error_code{});
  EXPECT_TRUE(guard.try_lock());
  guard.unlock();
  EXPECT_EQ(held_now(), before);
}

TEST_F(Mutex, ACancelledTaskIsRefusedThoughItIsFree) {
  weir::mutex guard;
  const weir::cancel_token token;
  token.cancel();
  EXPECT_EQ(error_of(guard.lock(token)), cancelled);
  EXPECT_EQ(error_of(guard.hold(token)), cancelled);
  auto task = weir::spawn([&guard] {
    EXPECT_EQ(error_of(weir::sleep({})), cancelled);
    return error_of(guard.lock({}));
  });
  task.cancel();
  EXPECT_EQ(task.await(), cancelled);
  EXPECT_TRUE(guard.lock(weir::now() - 1h));  // a deadline that has passed does not matter
  EXPECT_EQ(error_of(guard.lock(token)), cancelled);
  guard.unlock();
}

TEST_F(Mutex, LockForAGuardWaitsOnInACancelledTask) {
  weir::mutex guard;
  guard.lock();
  bool inside = false;
  const auto enter = [&] {
    const std::lock_guard held(guard);
    inside = true;
    EXPECT_EQ(error_of(weir::yield()), cancelled);
  };
  auto waits = weir::spawn(enter);
  auto comes = weir::spawn([&enter] {
    EXPECT_EQ(error_of(weir::sleep({})), cancelled);
    enter();
  });
  waits.cancel();
  comes.cancel();
  settle();
  EXPECT_FALSE(inside);
  EXPECT_FALSE(waits.done() || comes.done());
  guard.unlock();
  EXPECT_TRUE(waits.await());
  EXPECT_TRUE(comes.await());
  EXPECT_TRUE(guard.try_lock());
  guard.unlock();
}

TEST_F(Mutex, OneThatIsHandedItAndCancelledInOneTickHoldsItIfThatCameFirst) {
  for (const bool handed_first : {true, false}) {
    for (const bool by_token : {true, false}) {
      weir::mutex guard;
      guard.lock();
      const weir::cancel_token token;
      auto task = weir::spawn([&] {
        const auto locked = error_of(guard.lock({1h, token}));
        EXPECT_EQ(guard.held(), !locked);
        if (!locked) guard.unlock();
        return locked;
      });
      settle();
      if (handed_first) guard.unlock();
      by_token ? token.cancel() : task.cancel();
      if (!handed_first) guard.unlock();
      EXPECT_EQ(task.await(), handed_first ? std::error_code{} : cancelled);
      EXPECT_TRUE(guard.try_lock());
      guard.unlock();
    }
  }
}

TEST_F(Mutex, OneThatTimesOutInTheTickOfTheHandOverTakesNothingWithIt) {
  for (const bool timeout_first : {true, false}) {
    weir::mutex guard;
    guard.lock();
    const auto wait = [&guard] {
      const auto locked = error_of(guard.lock(1s));
      if (!locked) guard.unlock();
      return locked;
    };
    weir::task<std::error_code> task;
    if (timeout_first) task = weir::spawn(wait);
    EXPECT_TRUE(weir::sleep(1s));
    if (!timeout_first) {
      task = weir::spawn(wait);
      settle();
    }
    guard.unlock();
    EXPECT_EQ(task.await(), timeout_first ? make_error_code(errc::timed_out) : std::error_code{});
    EXPECT_TRUE(guard.try_lock());
    guard.unlock();
  }
}

TEST_F(Mutex, LockingItTwiceIsADeadlockAndUnlockingWhatIsNotHeldABug) {
  weir::mutex guard;
  EXPECT_THROW(guard.unlock(), std::logic_error);
  guard.lock();
  EXPECT_EQ(error_of(guard.lock({})), errc::deadlock);
  EXPECT_THROW(guard.lock(), std::system_error);
  auto other = weir::spawn([&guard] { EXPECT_THROW(guard.unlock(), std::logic_error); });
  EXPECT_TRUE(other.await());
  EXPECT_TRUE(guard.held());
  guard.unlock();
}

TEST_F(Mutex, WhoWaitsWhenItIsDestroyedIsToldSo) {
  auto guard = std::make_unique<weir::mutex>();
  guard->lock();
  auto waiting = weir::spawn([&guard] { return error_of(guard->lock({})); });
  auto thrown = weir::spawn([&guard] { EXPECT_THROW(guard->lock(), std::system_error); });
  guard.reset();
  EXPECT_EQ(waiting.await(), make_error_code(errc::closed));
  EXPECT_TRUE(thrown.await());
}

TEST_F(Mutex, LockingWithoutWaitingLetsOthersRunNowAndThen) {
  weir::mutex guard;
  for (const bool for_guards : {true, false}) {
    bool others_ran = false;
    auto other = weir::spawn_later(0s, [&others_ran] { others_ran = true; });
    int calls = 0;
    for (; !others_ran && calls < 1000; ++calls) {
      if (for_guards) {
        guard.lock();
      } else {
        EXPECT_TRUE(guard.lock({}));
      }
      guard.unlock();
    }
    EXPECT_LE(calls, 128);
    EXPECT_TRUE(other.await());
  }
}

TEST(MutexOnTheRealClock, OneThatNobodyUnlocksIsADeadlockAndIsToldToTheMainTask) {
  const captured_log log;
  EXPECT_TRUE(weir::run([] {
    weir::mutex guard;
    auto task = weir::spawn([&guard] { guard.lock(); });
    EXPECT_TRUE(task.await());
    EXPECT_EQ(error_of(guard.lock(1ms)), errc::timed_out);
    EXPECT_EQ(error_of(guard.lock({})), errc::deadlock);
    EXPECT_THROW(guard.lock(), std::system_error);
  }));
}

}  // namespace
}  // namespace weir::testing
