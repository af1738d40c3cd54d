// SPDX-License-Identifier: MIT
// Running functions beside each other until all have succeeded.
#include <weir/all.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include <weir/pipe.hpp>
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

class All : public ::testing::Test {
 protected:
  weir::testing::captured_log log_;
  weir::testing::virtual_hub hub_;
};

weir::result<> fail() { return weir::failure(errc::would_block); }

TEST_F(All, GivesMixedResultsInOrderWhicheverEndsFirst) {
  const auto got = weir::all(
      [] {
        EXPECT_TRUE(weir::sleep(3s));
        return 1;
      },
      [] { static_cast<void>(weir::sleep(2s)); },
      []() -> weir::result<std::string> {
        EXPECT_TRUE(weir::sleep(1s));
        return "three";
      });
  static_assert(std::is_same_v<decltype(got),
                               const weir::result<std::tuple<int, std::monostate, std::string>>>);
  ASSERT_TRUE(got);
  EXPECT_EQ(*got, std::make_tuple(1, std::monostate(), std::string("three")));
}

TEST_F(All, RunsItsFunctionsAtTheSameTime) {
  const auto began = weir::now();
  EXPECT_TRUE(weir::all([] { return weir::sleep(2s); }, [] { return weir::sleep(3s); }));
  EXPECT_EQ(weir::now() - began, 3s);
}

TEST_F(All, OfNothingSucceeds) {
  EXPECT_EQ(weir::all(), std::tuple<>());
  EXPECT_TRUE(weir::all(std::vector<std::function<int()>>())->empty());
}

TEST_F(All, OfARangeGivesAVectorInOrder) {
  std::vector<std::function<weir::result<int>()>> functions;
  for (int i = 0; i < 100; ++i) {
    functions.emplace_back([i]() -> weir::result<int> {
      EXPECT_TRUE(weir::sleep(std::chrono::seconds(100 - i)));
      return i;
    });
  }
  const auto got = weir::all(functions);
  ASSERT_TRUE(got);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(got->at(static_cast<std::size_t>(i)), i);
}

TEST_F(All, MovesFunctionsOutOfARangeThatIsGivenUp) {
  const auto make = [](int value) {
    return [owned = std::make_unique<int>(value)] { return *owned; };
  };
  std::vector<decltype(make(1))> functions;
  functions.push_back(make(1));
  functions.push_back(make(2));
  EXPECT_EQ(weir::all(std::move(functions)), (std::vector{1, 2}));
}

TEST_F(All, DestroysAFunctionWhenItEndsNotWhenAllDo) {
  auto [tx, rx] = weir::pipe<int>();
  const auto got = weir::all([sender = std::move(tx)]() mutable { return sender.send(7); },
                             [receiver = std::move(rx)]() mutable {
                               int sum = 0;
                               for (const int each : receiver) sum += each;  // until it is closed
                               return sum;
                             });
  ASSERT_TRUE(got);
  EXPECT_EQ(std::get<1>(*got), 7);
}

TEST_F(All, ReturnsTheErrorThatIsFirstInTimeAndCancelsTheOthers) {
  const auto began = weir::now();
  const auto got = weir::all([] { return weir::sleep(1h); },
                             []() -> weir::result<int> {
                               return weir::sleep(2s) ? weir::failure(errc::busy)
                                                      : weir::failure(errc::cancelled);
                             },
                             [] {
                               EXPECT_TRUE(weir::sleep(1s));
                               return fail();
                             });
  EXPECT_EQ(got.error(), errc::would_block);
  EXPECT_EQ(weir::now() - began, 1s);
  EXPECT_TRUE(log_.messages().empty());
}

TEST_F(All, WaitsForTheOthersAfterAnError) {
  int alive = 0;
  const auto began = weir::now();
  const auto got = weir::all(fail, [&alive] {
    const counted here(alive);
    EXPECT_EQ(weir::sleep(1h).error(), errc::cancelled);
  });
  EXPECT_EQ(got.error(), errc::would_block);
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(weir::now(), began);
  EXPECT_EQ(weir::stats().task_count, 1U);
}

TEST_F(All, NeverRunsWhatWasCancelledBeforeItsTurn) {
  int alive = 0;
  bool ran = false;
  EXPECT_FALSE(weir::all(fail, [&ran, here = counted(alive)] { ran = true; }));
  EXPECT_FALSE(ran);
  EXPECT_EQ(alive, 0);
}

TEST_F(All, RethrowsTheFirstExceptionAndLogsLaterErrors) {
  const auto thrower = [] {
    return weir::all(
        []() -> weir::result<> {
          static_cast<void>(weir::sleep(1h));
          return weir::failure(errc::busy);
        },
        []() -> int { throw std::runtime_error("first"); },
        [] {
          if (!weir::sleep(1h)) throw std::runtime_error("never began");
        });
  };
  EXPECT_THROW(static_cast<void>(thrower()), std::runtime_error);
  EXPECT_EQ(log_.count("busy"), 1U);
  EXPECT_EQ(log_.messages().size(), 1U);
  EXPECT_EQ(log_.count("spawned at 0x"), 1U) << log_.messages().front();
}

TEST_F(All, PassesACancellationOnAndWaitsOn) {
  int alive = 0;
  auto parent = weir::spawn([&alive] {
    const auto got = weir::all(
        [&alive] {
          const counted here(alive);
          auto slept = weir::sleep(1h);
          for (int i = 0; i < 5; ++i) weir::yield();  // it takes its time
          return slept;
        },
        [&alive] {
          const counted here(alive);
          return weir::sleep(2h);
        });
    EXPECT_EQ(alive, 0);
    return got.error();
  });
  weir::testing::settle();
  EXPECT_EQ(alive, 2);
  parent.cancel();
  EXPECT_EQ(parent.await(), weir::make_error_code(errc::cancelled));
}

TEST_F(All, OfSuccessesSucceedsThoughItsTaskWasCancelledMeanwhile) {
  auto parent = weir::spawn([] {
    return weir::all([] {
      static_cast<void>(weir::sleep(1h));
      return 1;
    });
  });
  weir::testing::settle();
  parent.cancel();
  EXPECT_EQ(parent.await(), std::tuple(1));
}

TEST_F(All, IsRefusedInACancelledTask) {
  bool ran = false;
  auto parent = weir::spawn([&ran] {
    static_cast<void>(weir::sleep(1h));
    EXPECT_EQ(weir::all().error(), errc::cancelled);
    return weir::all([&ran] { ran = true; }).error();
  });
  parent.cancel();
  EXPECT_EQ(parent.await(), weir::make_error_code(errc::cancelled));
  EXPECT_FALSE(ran);
}

TEST_F(All, CancelsTheTokenItGaveOutWithTheRest) {
  weir::cancel_token kept;
  const auto got = weir::all([&kept](const weir::cancel_token& token) { kept = token; },
                             [&kept] {
                               EXPECT_FALSE(kept.cancelled());
                               return fail();
                             });
  EXPECT_FALSE(got);
  EXPECT_TRUE(kept.cancelled());
}

TEST_F(All, LeavesTheTokenAloneWhenAllSucceed) {
  weir::cancel_token kept;
  EXPECT_TRUE(weir::all([&kept](weir::cancel_token token) { kept = std::move(token); }));
  EXPECT_FALSE(kept.cancelled());
}

TEST_F(All, EndsWhatItStartedWhenCopyingAFunctionThrows) {
  struct copies_badly {
    copies_badly() = default;
    copies_badly(const copies_badly& /*other*/) { throw std::runtime_error("copy"); }
    copies_badly& operator=(const copies_badly&) = delete;
    ~copies_badly() = default;
    void operator()() const {}
  };
  int alive = 0;
  const copies_badly bad;
  EXPECT_THROW(
      static_cast<void>(weir::all([here = counted(alive)] { return weir::sleep(1h); }, bad)),
      std::runtime_error);
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(weir::stats().task_count, 1U);
}

TEST_F(All, NestedThreeDeepEndsAllOnAnErrorAtTheBottom) {
  int alive = 0;
  const auto sleeper = [&alive] {
    const counted here(alive);
    return weir::sleep(1h);
  };
  const auto began = weir::now();
  const auto got = weir::all(sleeper, [sleeper] {
    return weir::all(sleeper, [sleeper] {
      return weir::all(sleeper, [] {
        EXPECT_TRUE(weir::sleep(1s));
        return fail();
      });
    });
  });
  EXPECT_EQ(got.error(), errc::would_block);
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(weir::now() - began, 1s);
  EXPECT_EQ(weir::stats().task_count, 1U);
  EXPECT_TRUE(log_.messages().empty());
}

weir::result<> nest(int depth) {
  if (depth == 0) return weir::sleep(1h);
  const auto got = weir::all([depth] { return nest(depth - 1); });
  return got ? weir::result<>() : std::unexpected(got.error());
}

TEST_F(All, PassesACancellationDownAThousandLevels) {
  auto parent = weir::spawn([] { return nest(1000); });
  weir::testing::settle();
  EXPECT_EQ(weir::stats().task_count, 1002U);
  parent.cancel();
  EXPECT_EQ(parent.await().error(), errc::cancelled);
  EXPECT_EQ(weir::stats().task_count, 1U);
}

TEST(AllInATeardown, EndsWithItsHub) {
  int alive = 0;
  {
    weir::testing::virtual_hub hub;
    weir::spawn([&alive] {
      const counted here(alive);
      return weir::all([&alive] {
        const counted inner(alive);
        return weir::sleep(1h);
      });
    });
    weir::testing::settle();
    EXPECT_EQ(alive, 2);
  }
  EXPECT_EQ(alive, 0);
}

TEST(AllWithoutAHub, IsALogicError) {
  EXPECT_THROW(static_cast<void>(weir::all([] {})), std::logic_error);
}

}  // namespace
