// SPDX-License-Identifier: MIT
// Running functions beside each other until the first has ended.
#include <weir/race.hpp>

#include <chrono>
#include <functional>
#include <ranges>
#include <sstream>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/testing.hpp>

#include "testing/captured_log.hpp"
#include "testing/counted.hpp"

namespace {

using namespace std::chrono_literals;
using weir::errc;
using weir::testing::counted;

class Race : public ::testing::Test {
 protected:
  weir::testing::captured_log log_;
  weir::testing::virtual_hub hub_;
};

/// Returns `value` after `wait`, or what ended that.
auto after(std::chrono::seconds wait, int value) {
  return [wait, value]() -> weir::result<int> {
    if (auto slept = weir::sleep(wait); !slept) return std::unexpected(slept.error());
    return value;
  };
}

TEST_F(Race, GivesTheResultOfTheFirstToEndAndCancelsTheOthers) {
  const auto began = weir::now();
  const auto got = weir::race(after(3s, 3), after(1s, 1), after(2s, 2));
  static_assert(std::is_same_v<decltype(got), const weir::result<int>>);
  EXPECT_EQ(got, 1);
  EXPECT_EQ(weir::now() - began, 1s);
  EXPECT_TRUE(log_.messages().empty());
}

TEST_F(Race, GivesAVariantByPositionOfDifferentResults) {
  const auto got = weir::race(after(2s, 1), [] { EXPECT_TRUE(weir::sleep(1s)); }, after(3s, 3));
  static_assert(
      std::is_same_v<decltype(got), const weir::result<std::variant<int, std::monostate, int>>>);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->index(), 1U);
}

TEST_F(Race, OfFunctionsWithoutAValueGivesAMonostate) {
  const weir::result<std::monostate> got = weir::race([] { EXPECT_FALSE(weir::sleep(1h)); }, [] {});
  EXPECT_TRUE(got);
}

TEST_F(Race, OfARangeGivesTheResultOfTheFirstToEnd) {
  std::vector<std::function<weir::result<int>(weir::cancel_token)>> functions;
  for (int i = 0; i < 100; ++i) {
    functions.emplace_back([i](const weir::cancel_token& token) -> weir::result<int> {
      if (auto slept = weir::sleep(std::chrono::seconds(100 - i), token); !slept) {
        return std::unexpected(slept.error());
      }
      return i;
    });
  }
  EXPECT_EQ(weir::race(functions), 99);
  EXPECT_EQ(weir::stats().task_count, 1U);
}

TEST_F(Race, OfARangeThatCanBeReadOnceTakesItsFirst) {
  std::istringstream numbers("1 2 3");
  const auto functions = [](int number) { return after(std::chrono::seconds(number), number); };
  EXPECT_EQ(weir::race(std::views::istream<int>(numbers) | std::views::transform(functions)), 1);
}

TEST_F(Race, OfNothingIsALogicError) {
  EXPECT_THROW(static_cast<void>(weir::race(std::vector<std::function<int()>>())),
               std::logic_error);
}

TEST_F(Race, IsWonByAnErrorThatComesFirst) {
  const auto got = weir::race(after(2s, 1), []() -> weir::result<int> {
    EXPECT_TRUE(weir::sleep(1s));
    return weir::failure(errc::busy);
  });
  EXPECT_EQ(got.error(), errc::busy);
}

TEST_F(Race, IsWonByAnExceptionThatComesFirst) {
  EXPECT_THROW(static_cast<void>(
                   weir::race(after(2s, 1), []() -> int { throw std::runtime_error("first"); })),
               std::runtime_error);
  EXPECT_TRUE(log_.messages().empty());
}

TEST_F(Race, WaitsForTheLosersAndLogsTheirErrorsButCancelled) {
  int alive = 0;
  const auto got = weir::race(
      after(1s, 1), after(2s, 2),
      [&alive]() -> weir::result<int> {
        const counted here(alive);
        EXPECT_FALSE(weir::sleep(1h));
        for (int i = 0; i < 5; ++i) weir::yield();
        return weir::failure(errc::closed);
      },
      []() -> int {
        EXPECT_FALSE(weir::sleep(1h));
        throw std::runtime_error("lost");
      });
  EXPECT_EQ(got, 1);
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(log_.messages().size(), 2U);
  EXPECT_EQ(log_.count("closed"), 1U);
  EXPECT_EQ(log_.count("lost"), 1U);
}

TEST_F(Race, NeverRunsWhatWasCancelledBeforeItsTurn) {
  bool ran = false;
  EXPECT_EQ(weir::race([] { return 1; },
                       [&ran] {
                         ran = true;
                         return 2;
                       }),
            1);
  EXPECT_FALSE(ran);
}

TEST_F(Race, CancelsTheTokenItGaveOut) {
  weir::cancel_token kept;
  EXPECT_EQ(weir::race([&kept](weir::cancel_token token) {
              kept = std::move(token);
              return 1;
            }),
            1);
  EXPECT_TRUE(kept.cancelled());
}

TEST_F(Race, PassesACancellationOn) {
  auto parent = weir::spawn([] { return weir::race(after(1h, 1), after(2h, 2)); });
  parent.cancel();
  EXPECT_EQ(parent.await().error(), errc::cancelled);
  EXPECT_EQ(weir::stats().task_count, 1U);
}

TEST_F(Race, NestedThreeDeepEndsAllWhenOneAtTheTopIsFirst) {
  int alive = 0;
  const auto sleeper = [&alive]() -> weir::result<int> {
    const counted here(alive);
    EXPECT_EQ(weir::sleep(1h).error(), errc::cancelled);
    return weir::failure(errc::cancelled);
  };
  const auto nested = [sleeper] {
    return weir::race(sleeper, [sleeper] { return weir::race(sleeper, sleeper); });
  };
  EXPECT_EQ(weir::race(nested, after(1s, 1), nested), 1);
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(weir::stats().task_count, 1U);
  EXPECT_TRUE(log_.messages().empty());
}

}  // namespace
