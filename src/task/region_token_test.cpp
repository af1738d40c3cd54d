// SPDX-License-Identifier: MIT
// Cancel tokens that end a `with_timeout` or a `shielded`.
#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <weir/all.hpp>
#include <weir/cancel_token.hpp>
#include <weir/hub.hpp>
#include <weir/pause.hpp>
#include <weir/race.hpp>
#include <weir/run.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/testing.hpp>
#include <weir/with_timeout.hpp>

#include "testing/captured_log.hpp"
#include "testing/holdings.hpp"
#include "testing/nap.hpp"

namespace {

using namespace std::chrono_literals;
using weir::cancel_token;
using weir::errc;
using weir::testing::captured_log;
using weir::testing::error_of;
using weir::testing::held_now;
using weir::testing::nap;

class WithTimeoutByToken : public ::testing::Test {
 protected:
  /// Cancels `token` in a task of its own, so long from now.
  static void cancel_after(std::chrono::nanoseconds length, const cancel_token& token) {
    static_cast<void>(weir::spawn_later(length, [token] { token.cancel(); }));
  }
  [[nodiscard]] std::chrono::nanoseconds passed() const { return weir::now() - began_; }

 private:
  weir::testing::virtual_hub hub_;
  const weir::time_point began_ = weir::now();
};
using ShieldedByToken = WithTimeoutByToken;

TEST_F(WithTimeoutByToken, SaysCancelledWhenTheTokenEndsIt) {
  const cancel_token token;
  cancel_after(2s, token);
  EXPECT_EQ(error_of(weir::with_timeout(token, nap(1h))), errc::cancelled);
  EXPECT_EQ(passed(), 2s);
  EXPECT_TRUE(weir::yield());
}

TEST_F(WithTimeoutByToken, RefusesEveryCallFromThenOn) {
  const cancel_token token;
  cancel_after(2s, token);
  EXPECT_EQ(weir::with_timeout(token,
                               [] {
                                 EXPECT_EQ(error_of(weir::sleep(1h)), errc::cancelled);
                                 EXPECT_EQ(error_of(weir::yield()), errc::cancelled);
                                 EXPECT_EQ(error_of(weir::sleep(1s)), errc::cancelled);
                                 return 7;
                               }),
            7);
  EXPECT_EQ(passed(), 2s);
}

TEST_F(WithTimeoutByToken, OfTimeAndTokenTheFirstCounts) {
  const cancel_token late;
  cancel_after(9s, late);
  EXPECT_EQ(error_of(weir::with_timeout({5s, late}, nap(1h))), errc::timed_out);
  EXPECT_EQ(passed(), 5s);
  EXPECT_EQ(error_of(weir::with_timeout({5s, late}, nap(1h))), errc::cancelled);
  EXPECT_EQ(passed(), 9s);
}

TEST_F(WithTimeoutByToken, ATokenThatComesAfterTheTimeChangesNothing) {
  const cancel_token token;
  cancel_after(2s, token);
  EXPECT_EQ(error_of(weir::with_timeout({1s, token},
                                        [] {
                                          EXPECT_FALSE(weir::sleep(1h));
                                          EXPECT_TRUE(weir::shielded(1h, nap(5s)));
                                          return weir::yield();
                                        })),
            errc::timed_out);
  EXPECT_EQ(passed(), 6s);
}

TEST_F(WithTimeoutByToken, ATimeThatComesAfterTheTokenChangesNothing) {
  const cancel_token token;
  cancel_after(1s, token);
  EXPECT_EQ(error_of(weir::with_timeout({2s, token},
                                        [] {
                                          EXPECT_FALSE(weir::sleep(1h));
                                          EXPECT_TRUE(weir::shielded(1h, nap(5s)));
                                          return weir::yield();
                                        })),
            errc::cancelled);
  EXPECT_EQ(passed(), 6s);
}

TEST_F(WithTimeoutByToken, CancelledBeforeNothingParksInIt) {
  const cancel_token token;
  token.cancel();
  bool ran = false;
  EXPECT_EQ(error_of(weir::with_timeout({5s, token},
                                        [&ran] {
                                          ran = true;
                                          return weir::yield();
                                        })),
            errc::cancelled);
  EXPECT_TRUE(ran);
  EXPECT_EQ(passed(), 0s);
  EXPECT_TRUE(weir::yield());
}

TEST_F(WithTimeoutByToken, CancelledByItsOwnFunctionTheNextCallIsRefused) {
  const cancel_token token;
  EXPECT_EQ(error_of(weir::with_timeout(token,
                                        [&token] {
                                          EXPECT_TRUE(weir::yield());
                                          token.cancel();
                                          return weir::yield();
                                        })),
            errc::cancelled);
  EXPECT_TRUE(weir::yield());
}

TEST_F(WithTimeoutByToken, CancelledAfterwardsNothingHappens) {
  const cancel_token token;
  EXPECT_TRUE(weir::with_timeout({5s, token}, nap(1s)));
  token.cancel();
  EXPECT_TRUE(weir::sleep(10s));
  EXPECT_EQ(weir::stats().timer_count, 0U);
}

TEST_F(WithTimeoutByToken, InOneTickWithTheTimeWhatComesFirstCounts) {
  const cancel_token token;
  const weir::time_point both = weir::now() + 3s;
  // Queued by its own timer, it runs when the limit's has expired in the same look.
  auto canceller = weir::spawn([&] {
    EXPECT_TRUE(weir::sleep(both));
    token.cancel();
  });
  EXPECT_EQ(error_of(weir::with_timeout({both, token}, nap(1h))), errc::timed_out);
  EXPECT_TRUE(token.cancelled() || canceller.await());

  const cancel_token earlier;
  const weir::time_point next = weir::now() + 3s;
  auto ended = weir::spawn([&] { return weir::with_timeout({next, earlier}, nap(1h)); });
  EXPECT_TRUE(weir::sleep(next - 1ns));
  earlier.cancel();
  EXPECT_EQ(error_of(ended.await()), errc::cancelled);
}

TEST_F(WithTimeoutByToken, ATokensDeadlineIsTheTokens) {
  const cancel_token token(4s);
  EXPECT_EQ(error_of(weir::with_timeout(token, nap(1h))), errc::cancelled);
  EXPECT_EQ(passed(), 4s);
  EXPECT_EQ(error_of(weir::with_timeout(token, [] { return weir::yield(); })), errc::cancelled);
  const cancel_token other(4s);
  EXPECT_EQ(error_of(weir::with_timeout({3s, other}, nap(1h))), errc::timed_out);
  EXPECT_EQ(error_of(weir::with_timeout({1s, other}, nap(1h))), errc::cancelled);  // of two equal
  const cancel_token third(4s);
  EXPECT_EQ(error_of(weir::with_timeout({5s, third}, nap(1h))), errc::cancelled);
  EXPECT_EQ(passed(), 12s);
}

TEST_F(WithTimeoutByToken, AChildIsCancelledWithItsParent) {
  const cancel_token parent;
  const cancel_token token = parent.child().child();
  cancel_after(2s, parent);
  EXPECT_EQ(error_of(weir::with_timeout({5s, token}, nap(1h))), errc::cancelled);
  EXPECT_EQ(passed(), 2s);
}

TEST_F(WithTimeoutByToken, NestedThreeDeepTheEarliestCounts) {
  const auto nested = [](std::chrono::seconds a, std::chrono::seconds b, std::chrono::seconds c) {
    const std::vector<cancel_token> own{cancel_token(), cancel_token(), cancel_token()};
    const auto start = weir::now();
    cancel_after(a, own[0]);
    cancel_after(b, own[1]);
    cancel_after(c, own[2]);
    std::vector<bool> refused_behind;
    const auto ended = weir::with_timeout(own[0], [&] {
      const auto middle = weir::with_timeout({1h, own[1]}, [&] {
        const auto inner = weir::with_timeout(own[2], nap(1h));
        refused_behind.push_back(!weir::yield());
        return inner;
      });
      refused_behind.push_back(!weir::yield());
      return middle;
    });
    EXPECT_EQ(error_of(ended), errc::cancelled);
    EXPECT_TRUE(weir::yield());
    EXPECT_EQ(weir::now() - start, std::min({a, b, c}));
    EXPECT_TRUE(weir::sleep(10s));
    return refused_behind;
  };
  EXPECT_EQ(nested(1s, 2s, 3s), (std::vector<bool>{true, true}));
  EXPECT_EQ(nested(3s, 1s, 2s), (std::vector<bool>{true, false}));
  EXPECT_EQ(nested(3s, 2s, 1s), (std::vector<bool>{false, false}));
}

TEST_F(WithTimeoutByToken, OneTokenMayLimitSeveralPiecesAndWaits) {
  const cancel_token token;
  std::vector<weir::task<>> tasks;
  for (int number = 0; number < 3; ++number) {
    tasks.push_back(weir::spawn([&token] {
      return weir::with_timeout(token, [&token] {
        return weir::with_timeout({1h, token}, [&token] { return weir::sleep(2h, token); });
      });
    }));
  }
  cancel_after(1s, token);
  for (auto& each : tasks) EXPECT_EQ(error_of(each.await()), errc::cancelled);
  EXPECT_EQ(passed(), 1s);
}

TEST_F(WithTimeoutByToken, ReachesTheTasksThatItsFunctionWaitsFor) {
  const cancel_token token;
  cancel_after(1s, token);
  EXPECT_EQ(error_of(weir::with_timeout(
                token, [] { return weir::all(nap(1h), [] { return weir::all(nap(2h)); }); })),
            errc::cancelled);
  EXPECT_EQ(passed(), 1s);
  EXPECT_EQ(weir::stats().task_count, 1U);
}

TEST_F(WithTimeoutByToken, ReachesThroughFamiliesThatAreLimitedByTheirTokens) {
  struct nest {
    static weir::result<> of(int depth) {
      if (depth == 0) return weir::sleep(1h);
      const auto ended = weir::all([depth](const cancel_token& token) {
        return weir::shielded(
            token, [&] { return weir::with_timeout(token, [&] { return of(depth - 1); }); });
      });
      return ended ? weir::result<>() : weir::failure(errc::cancelled);
    }
  };
  const cancel_token token;
  static_cast<void>(weir::spawn_later({.name = "small", .stack_size = 96 * 1024}, 1s,
                                      [token] { token.cancel(); }));
  EXPECT_EQ(error_of(weir::with_timeout(token, [] { return nest::of(2'000); })), errc::cancelled);
  EXPECT_EQ(passed(), 1s);
  EXPECT_EQ(weir::stats().task_count, 1U);
}

TEST_F(WithTimeoutByToken, WaitsOnWhereNoHandleOfTheTokenIsLeft) {
  std::optional<cancel_token> token(std::in_place);
  auto ended = weir::spawn([&token] {
    return weir::with_timeout({5s, *token}, [&token] {
      token.reset();
      return weir::sleep(1h);
    });
  });
  EXPECT_EQ(error_of(ended.await()), errc::timed_out);
  EXPECT_EQ(passed(), 5s);
}

TEST_F(WithTimeoutByToken, WorksInAChildWhenItsTokenIsItsFamilys) {
  const auto won = weir::race(nap(1s), [](const cancel_token& token) {
    return weir::shielded(token, nap(1h));  // until the race is over
  });
  EXPECT_TRUE(won);
  EXPECT_EQ(passed(), 1s);
}

TEST_F(WithTimeoutByToken, LeavesNothingBehind) {
  const auto before = held_now();
  const cancel_token token;
  for (int round = 0; round < 3; ++round) {
    EXPECT_TRUE(weir::with_timeout({5s, token}, nap(1s)));
    EXPECT_TRUE(weir::shielded({5s, token}, nap(1s)));
  }
  EXPECT_THROW(static_cast<void>(weir::with_timeout(token, []() -> int { throw 1; })), int);
  EXPECT_EQ(held_now(), before);
  token.cancel();
  EXPECT_TRUE(weir::sleep(10s));
}

TEST_F(ShieldedByToken, HoldsOffUntilTheTokenIsCancelled) {
  const cancel_token token;
  auto task = weir::spawn([&token] { return weir::shielded({5s, token}, nap(1h)); });
  task.cancel();
  cancel_after(2s, token);
  EXPECT_EQ(error_of(task.await()), errc::cancelled);
  EXPECT_EQ(passed(), 2s);
}

TEST_F(ShieldedByToken, HoldsOffUntilItsTimeWhereThatComesFirst) {
  const cancel_token token;
  auto task = weir::spawn([&token] { return weir::shielded({5s, token}, nap(1h)); });
  task.cancel();
  cancel_after(6s, token);
  EXPECT_EQ(error_of(task.await()), errc::cancelled);
  EXPECT_EQ(passed(), 5s);
}

TEST_F(ShieldedByToken, WithACancelledTokenHoldsNothingOff) {
  const cancel_token token;
  token.cancel();
  auto task = weir::spawn([&token] {
    EXPECT_FALSE(weir::sleep(1h));
    return weir::shielded(token, [] { return weir::yield(); });
  });
  task.cancel();
  EXPECT_EQ(error_of(task.await()), errc::cancelled);
}

TEST_F(ShieldedByToken, DoesNotCancelATaskThatNobodyCancels) {
  const cancel_token token;
  cancel_after(1s, token);
  EXPECT_TRUE(weir::shielded(token, nap(2s)));
  EXPECT_EQ(passed(), 2s);
}

TEST_F(ShieldedByToken, KeepsOffATokenAroundItButNotOneWithinIt) {
  const cancel_token outer;
  outer.cancel();
  EXPECT_EQ(error_of(weir::with_timeout(outer,
                                        [] {
                                          EXPECT_TRUE(weir::shielded(5s, nap(1s)));
                                          return weir::yield();
                                        })),
            errc::cancelled);
  EXPECT_EQ(error_of(weir::shielded(
                5s, [&outer] { return weir::with_timeout(outer, [] { return weir::yield(); }); })),
            errc::cancelled);
}

TEST_F(ShieldedByToken, ATaskThatIsAbandonedInItLeavesTheToken) {
  const captured_log log;
  const cancel_token token;
  auto stubborn = weir::spawn([&token] {
    return weir::with_timeout({1h, token}, [] {
      while (true) static_cast<void>(weir::yield());
    });
  });
  weir::stop();
  EXPECT_EQ(error_of(weir::shielded({}, [&stubborn] { return stubborn.await(); })),
            errc::cancelled);
  EXPECT_EQ(log.count("abandoned"), 1U);
  token.cancel();
  EXPECT_EQ(error_of(weir::shielded({}, [] { return weir::pause(); })), errc::deadlock);
  EXPECT_EQ(passed(), 0s);  // nor does its time keep the hub waiting
}

TEST(WithTimeoutOnTheRealKernel, OfATimeThatHasPassedLetsOneTickPass) {
  weir::run([] {
    for (int time = 0; time < 100; ++time) weir::yield();
    for (const weir::until limit : {weir::until(0s), weir::until(weir::now() - 1h)}) {
      EXPECT_EQ(weir::with_timeout(limit,
                                   [] {
                                     int calls = 1;
                                     while (weir::yield()) ++calls;
                                     return calls;
                                   }),
                1);
    }
  }).value();
}

}  // namespace
