// SPDX-License-Identifier: MIT
// What a token, its children and their deadlines say.
#include <weir/cancel_token.hpp>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <weir/run.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/testing.hpp>

#include "testing/holdings.hpp"

namespace {

using namespace std::chrono_literals;
using weir::cancel_token;
using weir::testing::advance;
using weir::testing::held_now;

class CancelToken : public ::testing::Test {
 private:
  weir::testing::virtual_hub hub_;
};

TEST_F(CancelToken, IsCancelledOnceSomeoneCancelsIt) {
  const cancel_token token;
  EXPECT_FALSE(token.cancelled());
  token.cancel();
  EXPECT_TRUE(token.cancelled());
  token.cancel();  // nothing more to do
  EXPECT_TRUE(token.cancelled());
}

TEST_F(CancelToken, CopiesAreTheSameToken) {
  cancel_token token;
  const cancel_token copy = token;
  EXPECT_EQ(copy, token);
  EXPECT_NE(copy, cancel_token());
  token = cancel_token();
  EXPECT_NE(copy, token);
  copy.cancel();
  EXPECT_TRUE(cancel_token(copy).cancelled());
  EXPECT_FALSE(token.cancelled());
}

TEST_F(CancelToken, OneThatWasMovedFromIsNeverCancelledAndEndsNoWait) {
  cancel_token token;
  token.cancel();
  const cancel_token other = std::move(token);
  token.cancel();                           // NOLINT(bugprone-use-after-move)
  EXPECT_FALSE(token.cancelled());          // NOLINT(bugprone-use-after-move)
  EXPECT_TRUE(weir::sleep(1s, token));      // NOLINT(bugprone-use-after-move)
  EXPECT_FALSE(token.child().cancelled());  // NOLINT(bugprone-use-after-move)
  EXPECT_TRUE(other.cancelled());
}

TEST_F(CancelToken, AChildIsCancelledWithItsParent) {
  const cancel_token parent;
  const cancel_token child = parent.child();
  const cancel_token other = parent.child();
  EXPECT_NE(child, parent);
  parent.cancel();
  EXPECT_TRUE(child.cancelled());
  EXPECT_TRUE(other.cancelled());
  EXPECT_TRUE(parent.child().cancelled());  // one that is made later, too
}

TEST_F(CancelToken, CancellingAChildLeavesItsParentAndItsSiblingsAlone) {
  const cancel_token parent;
  const cancel_token child = parent.child();
  const cancel_token sibling = parent.child();
  child.cancel();
  EXPECT_TRUE(child.cancelled());
  EXPECT_FALSE(parent.cancelled());
  EXPECT_FALSE(sibling.cancelled());
  parent.cancel();
  EXPECT_TRUE(sibling.cancelled());
}

TEST_F(CancelToken, AGrandchildIsCancelledThoughNobodyHoldsWhatIsBetween) {
  const cancel_token token;
  const cancel_token grandchild = token.child().child();
  EXPECT_FALSE(grandchild.cancelled());
  token.cancel();
  EXPECT_TRUE(grandchild.cancelled());
}

TEST_F(CancelToken, AChildThatOutlivesAllHandlesOfItsParentIsNotCancelledByThat) {
  std::optional<cancel_token> parent(std::in_place);
  const cancel_token child = parent->child();
  parent.reset();
  EXPECT_FALSE(child.cancelled());
  EXPECT_EQ(make_error_code(weir::errc::timed_out),
            weir::testing::error_of(weir::wait("test").park({1s, child})));
}

TEST_F(CancelToken, OneThatGoesLeavesItsSiblingsWithTheParent) {
  const cancel_token parent;
  const cancel_token first = parent.child();
  {
    const cancel_token between = parent.child();
  }
  const cancel_token last = parent.child();
  parent.cancel();
  EXPECT_TRUE(first.cancelled());
  EXPECT_TRUE(last.cancelled());
}

TEST_F(CancelToken, GenerationsWithoutEndAreCancelledAndDestroyedOnASmallStack) {
  auto task = weir::spawn({.stack_size = 128 * 1024}, [] {
    const cancel_token first;
    cancel_token last = first.child();
    for (int generation = 0; generation < 100'000; ++generation) last = last.child();
    first.cancel();
    EXPECT_TRUE(last.cancelled());
    cancel_token other;
    for (int generation = 0; generation < 100'000; ++generation) other = other.child();
  });
  EXPECT_TRUE(task.await());
}

TEST_F(CancelToken, MayBeCancelledByADestructor) {
  struct ending {
    cancel_token token;
    ~ending() { token.cancel(); }
  };
  const cancel_token token;
  auto task = weir::spawn([token] {
    const ending last{token};
    return weir::sleep(1h, last.token.child());
  });
  auto other = weir::spawn([token] { return weir::sleep(1h, token); });
  task.cancel();
  EXPECT_FALSE(task.await());
  EXPECT_TRUE(token.cancelled());
  EXPECT_EQ(other.await().error(), weir::errc::cancelled);
}

// ---- deadlines ----------------------------------------------------------------------------------

TEST_F(CancelToken, OneWithADeadlineIsCancelledFromThatMomentOn) {
  const auto before = held_now();
  const cancel_token token{5s};
  EXPECT_EQ(held_now(), before);  // it takes no timer
  advance(5s - 1ns);
  EXPECT_FALSE(token.cancelled());
  advance(1ns);
  EXPECT_TRUE(token.cancelled());
}

TEST_F(CancelToken, ADeadlineMayBeATimePoint) {
  const cancel_token token{weir::now() + 1s};
  EXPECT_FALSE(token.cancelled());
  advance(1s);
  EXPECT_TRUE(token.cancelled());
}

TEST_F(CancelToken, ADeadlineThatHasPassedCancelsAtOnce) {
  EXPECT_TRUE(cancel_token{0s}.cancelled());
  EXPECT_TRUE(cancel_token{-1s}.cancelled());
  EXPECT_TRUE(cancel_token{weir::now()}.cancelled());
  EXPECT_TRUE(cancel_token{weir::time_point::min()}.cancelled());
}

TEST_F(CancelToken, ADeadlineTooFarForTheClockIsNone) {
  const cancel_token token{std::chrono::hours::max()};
  const cancel_token other{weir::time_point::max()};
  advance(24h * 365);
  EXPECT_FALSE(token.cancelled());
  EXPECT_FALSE(other.cancelled());
}

TEST_F(CancelToken, AChildHasTheEarlierDeadlineOfItsOwnAndItsParents) {
  const cancel_token parent{2s};
  const cancel_token same = parent.child();
  const cancel_token shorter = parent.child(1s);
  const cancel_token longer = parent.child(3s);
  advance(1s);
  EXPECT_TRUE(shorter.cancelled());
  EXPECT_FALSE(parent.cancelled());
  EXPECT_FALSE(longer.cancelled());
  advance(1s);
  EXPECT_TRUE(longer.cancelled());
  EXPECT_TRUE(same.cancelled());
  EXPECT_TRUE(parent.cancelled());
}

TEST_F(CancelToken, OneMadeOfATimeAndATokenIsItsChild) {
  const cancel_token parent;
  const cancel_token by_parent{{5s, parent}};
  const cancel_token by_time{{5s, parent}};
  const cancel_token without_time{weir::until(parent)};
  EXPECT_NE(without_time, parent);
  by_time.cancel();
  EXPECT_FALSE(parent.cancelled());
  parent.cancel();
  EXPECT_TRUE(by_parent.cancelled());
  EXPECT_TRUE(without_time.cancelled());
}

TEST_F(CancelToken, AChildCanHaveOneParentOnly) {
  const cancel_token one;
  const cancel_token two;
  EXPECT_THROW(static_cast<void>(one.child(two)), std::logic_error);
  EXPECT_THROW(static_cast<void>(one.child({1s, two})), std::logic_error);
}

// ---- hubs ---------------------------------------------------------------------------------------

TEST(CancelTokenAndHubs, ADeadlineKeepsNoHubAlive) {
  const auto start = std::chrono::steady_clock::now();
  std::optional<cancel_token> token;
  EXPECT_TRUE(weir::run([&token] { token.emplace(1h); }));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 1h);
  EXPECT_FALSE(token->cancelled());
  token->cancel();
  EXPECT_TRUE(token->cancelled());
}

TEST(CancelTokenAndHubs, OneMadeWithoutAHubCanBeUsedInOne) {
  const cancel_token token;
  const cancel_token passed{0s};
  EXPECT_TRUE(passed.cancelled());
  EXPECT_EQ(weir::run([&token] {
              auto task = weir::spawn([&token] { return weir::sleep(1h, token); });
              token.cancel();
              return task.await();
            }).error(),
            weir::errc::cancelled);
}

}  // namespace
