// SPDX-License-Identifier: MIT
// Limits on how long a piece of a task may take, or may go on in spite of a cancellation.
#include <weir/with_timeout.hpp>

#include <chrono>
#include <stdexcept>
#include <system_error>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

#include <weir/all.hpp>
#include <weir/cancel_token.hpp>
#include <weir/hub.hpp>
#include <weir/pause.hpp>
#include <weir/scope.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/testing.hpp>

#include "testing/captured_log.hpp"
#include "testing/holdings.hpp"
#include "testing/nap.hpp"

namespace {

using namespace std::chrono_literals;
using weir::errc;
using weir::testing::captured_log;
using weir::testing::error_of;
using weir::testing::nap;

class WithTimeout : public ::testing::Test {
 protected:
  weir::testing::virtual_hub hub_;
  const weir::time_point began_ = weir::now();
};
using Shielded = WithTimeout;

TEST_F(WithTimeout, GivesWhatTheFunctionReturnsInTime) {
  const auto got = weir::with_timeout(5s, [] {
    EXPECT_TRUE(weir::sleep(1s));
    return 7;
  });
  static_assert(std::is_same_v<decltype(got), const weir::result<int>>);
  EXPECT_EQ(got, 7);
  EXPECT_TRUE(weir::sleep(10s));  // the deadline is gone with it
  EXPECT_TRUE(weir::with_timeout(5s, [] {}));
}

TEST_F(WithTimeout, SaysTimedOutPastItsDeadlineAndHasTheTaskGoOn) {
  EXPECT_EQ(weir::with_timeout(5s, nap(1h)).error(), errc::timed_out);
  EXPECT_EQ(weir::now() - began_, 5s);
  EXPECT_TRUE(weir::yield());
}

TEST_F(WithTimeout, RefusesEveryCallPastItsDeadline) {
  EXPECT_EQ(weir::with_timeout(5s,
                               [] {
                                 EXPECT_EQ(weir::sleep(1h).error(), errc::cancelled);
                                 EXPECT_EQ(weir::yield().error(), errc::cancelled);
                                 return weir::sleep(1s);
                               })
                .error(),
            errc::timed_out);
}

TEST_F(WithTimeout, KeepsAValueAndAnotherErrorOfAFunctionThatIsLate) {
  EXPECT_EQ(weir::with_timeout(1s,
                               [] {
                                 EXPECT_FALSE(weir::sleep(2s));
                                 return 7;
                               }),
            7);
  EXPECT_EQ(weir::with_timeout(1s,
                               []() -> weir::result<> {
                                 EXPECT_FALSE(weir::sleep(2s));
                                 return weir::failure(errc::busy);
                               })
                .error(),
            errc::busy);
}

TEST_F(WithTimeout, SaysCancelledWhereTheTaskWasCancelledBefore) {
  auto task = weir::spawn([] { return weir::with_timeout(5s, nap(1h)); });
  task.cancel();
  EXPECT_EQ(task.await().error(), errc::cancelled);
  EXPECT_EQ(weir::now(), began_);
}

TEST_F(WithTimeout, LetsAnExceptionThroughAndItsDeadlineGoes) {
  EXPECT_THROW(
      static_cast<void>(weir::with_timeout(5s, []() -> int { throw std::runtime_error("out"); })),
      std::runtime_error);
  EXPECT_TRUE(weir::sleep(10s));
}

TEST_F(WithTimeout, NestedThreeDeepTheEarliestCounts) {
  const auto inner = [](std::chrono::seconds a, std::chrono::seconds b, std::chrono::seconds c) {
    return weir::with_timeout(a, [b, c] {
      auto middle = weir::with_timeout(b, [c] {
        auto innermost = weir::with_timeout(c, nap(1h));
        EXPECT_EQ(innermost.error(), c == 1s ? errc::timed_out : errc::cancelled);
        return innermost;
      });
      EXPECT_EQ(middle.error(), b == 1s || c == 1s ? errc::timed_out : errc::cancelled);
      return middle;
    });
  };
  EXPECT_EQ(inner(1s, 2s, 3s).error(), errc::timed_out);
  EXPECT_EQ(inner(3s, 1s, 2s).error(), errc::timed_out);
  EXPECT_EQ(inner(3s, 2s, 1s).error(), errc::timed_out);
  EXPECT_EQ(weir::now() - began_, 3s);
}

TEST_F(WithTimeout, ReachesTheTasksThatItsFunctionWaitsFor) {
  EXPECT_EQ(
      weir::with_timeout(5s, [] { return weir::all(nap(1h), [] { return weir::all(nap(2h)); }); })
          .error(),
      errc::timed_out);
  EXPECT_EQ(weir::with_timeout(5s,
                               [] {
                                 weir::scope scope;
                                 scope.spawn(nap(1h));
                                 return scope.join();
                               })
                .error(),
            errc::timed_out);
  EXPECT_EQ(weir::now() - began_, 10s);
  EXPECT_EQ(weir::stats().task_count, 1U);
}

TEST_F(WithTimeout, OfZeroLetsOneTickPass) {
  EXPECT_EQ(weir::with_timeout(0s, nap(1h)).error(), errc::timed_out);
  EXPECT_EQ(weir::now(), began_);
}

TEST_F(WithTimeout, LeavesNoTimerBehind) {
  EXPECT_TRUE(weir::with_timeout(5s, nap(1s)));
  EXPECT_EQ(weir::stats().timer_count, 0U);
}

TEST_F(WithTimeout, CountsNoTimerBeforeItsDeadlineNorPastIt) {
  const weir::cancel_token token(2s);
  const auto count = [] { return weir::stats().timer_count; };
  EXPECT_FALSE(weir::with_timeout({5s, token}, [&count] {
    EXPECT_EQ(count(), 0U);
    static_cast<void>(nap(1h)());
    EXPECT_EQ(count(), 0U);
    return weir::yield();
  }));
  const weir::cancel_token cancelled;
  static_cast<void>(weir::with_timeout({5s, cancelled}, [&cancelled, &count] {
    cancelled.cancel();
    return weir::shielded({}, [&count] {
      const auto slept = weir::sleep(10s);
      EXPECT_EQ(count(), 0U);
      return slept;
    });
  }));
  EXPECT_EQ(count(), 0U);
}

TEST_F(Shielded, TalksOnInACancelledTaskAndIsCancelledBehindIt) {
  auto task = weir::spawn([] {
    EXPECT_FALSE(weir::sleep(1h));
    EXPECT_TRUE(weir::shielded(5s, nap(1s)));
    return weir::sleep(1s);
  });
  task.cancel();
  EXPECT_EQ(task.await().error(), errc::cancelled);
  EXPECT_EQ(weir::now() - began_, 1s);
}

TEST_F(Shielded, HoldsOffACancellationThatComesWithinIt) {
  auto task = weir::spawn([] {
    EXPECT_TRUE(weir::shielded(5s, nap(2s)));
    return weir::yield();
  });
  EXPECT_TRUE(weir::sleep(1s));
  task.cancel();
  EXPECT_EQ(task.await().error(), errc::cancelled);
  EXPECT_EQ(weir::now() - began_, 2s);
}

TEST_F(Shielded, HoldsOffUntilItsTimeHasCome) {
  auto task = weir::spawn([] { return weir::shielded(5s, nap(1h)); });
  task.cancel();
  EXPECT_EQ(task.await().error(), errc::cancelled);
  EXPECT_EQ(weir::now() - began_, 5s);
}

TEST_F(Shielded, DoesNothingToATaskThatNobodyCancels) {
  EXPECT_TRUE(weir::shielded(1s, nap(2s)));
  EXPECT_EQ(weir::now() - began_, 2s);
}

TEST_F(Shielded, KeepsTheTasksItWaitsForToo) {
  auto task = weir::spawn([] { return weir::shielded(5s, [] { return weir::all(nap(1s)); }); });
  weir::testing::settle();
  task.cancel();
  EXPECT_TRUE(task.await());
  EXPECT_EQ(weir::now() - began_, 1s);
}

TEST_F(Shielded, KeepsOffAnOuterDeadlineButNotAnInnerOne) {
  EXPECT_TRUE(weir::with_timeout(1s, [] { return weir::shielded(5s, nap(2s)); }));
  EXPECT_EQ(weir::shielded(5s, [] { return weir::with_timeout(1s, nap(2s)); }).error(),
            errc::timed_out);
  EXPECT_EQ(weir::now() - began_, 3s);
}

TEST_F(Shielded, KeepsOffATeardownUntilItsTimeHasCome) {
  auto task = weir::spawn([] {
    EXPECT_TRUE(weir::shielded(5s, nap(1s)));
    return weir::shielded(5s, nap(1h));
  });
  weir::stop();
  EXPECT_EQ(weir::shielded(1min, [&task] { return task.await(); }).error(), errc::cancelled);
  EXPECT_EQ(weir::now() - began_, 6s);
}

/// Its destructor tells that the task's frames were left in order.
struct leaves {
  int* left;
  ~leaves() { ++*left; }
};

TEST(ShieldedAtTheEndOfAHub, WithoutALimitEndsWhenNothingCanWakeItAnyMore) {
  captured_log log;
  int left = 0;
  std::vector<std::error_code> told;
  {
    const weir::testing::virtual_hub hub;
    weir::spawn([&] {
      const leaves here{&left};
      told.push_back(error_of(weir::shielded({}, [] { return weir::pause(); })));
      told.push_back(error_of(weir::yield()));
    });
    weir::spawn([&] {
      const leaves here{&left};
      const auto wait = [&left] {
        const leaves within{&left};
        return weir::pause();
      };
      told.push_back(error_of(weir::shielded({}, [&] { return weir::all(wait, wait); })));
    });
    weir::testing::settle();
  }
  EXPECT_EQ(left, 4);
  EXPECT_EQ(told, std::vector<std::error_code>(3, errc::cancelled));
  EXPECT_EQ(log.count("all tasks are waiting"), 1U);
  EXPECT_EQ(log.messages().size(), 1U);
}

TEST(ShieldedAtTheEndOfAHub, WithoutALimitGoesOnWhileSomethingCanWakeIt) {
  weir::result<> woken = weir::failure(errc::busy);
  {
    const weir::testing::virtual_hub hub;
    auto waits = weir::spawn(
        [&woken] { woken = weir::shielded({}, [] { return weir::with_timeout(1h, nap(1min)); }); });
  }
  EXPECT_TRUE(woken);
}

TEST(ShieldedAtTheEndOfAHub, ATaskThatAlwaysMakesAnotherIsAbandoned) {
  captured_log log;
  int told = 0;
  {
    const weir::testing::virtual_hub hub;
    weir::spawn({.name = "stubborn"}, [&told] {
      for (;;) {
        if (!weir::shielded({}, [] { return weir::pause(); })) ++told;
      }
    });
  }
  EXPECT_EQ(told, 999);
  EXPECT_EQ(log.count("\"stubborn\""), 2U);
  EXPECT_EQ(log.count("abandoned"), 1U);
}

}  // namespace
