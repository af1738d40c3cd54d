// SPDX-License-Identifier: MIT
// Running a program in a hub, and what there is without one.
#include <weir/run.hpp>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>

#include <gtest/gtest.h>

#include <weir/pause.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/testing.hpp>
#include <weir/wait.hpp>

namespace {

using namespace std::chrono_literals;

TEST(Run, ReturnsTheResultOfItsFunction) {
  EXPECT_EQ(weir::run([] { return 42; }), 42);
  EXPECT_TRUE(weir::run([] {}));
  EXPECT_EQ(*weir::run([] { return std::make_unique<int>(7); }).value(), 7);
}

TEST(Run, FlattensAResult) {
  const auto good = weir::run([]() -> weir::result<int> { return 1; });
  static_assert(std::is_same_v<decltype(good), const weir::result<int>>);
  EXPECT_EQ(good, 1);
  const auto bad = weir::run([]() -> weir::result<> { return weir::failure(weir::errc::busy); });
  static_assert(std::is_same_v<decltype(bad), const weir::result<>>);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error(), weir::errc::busy);
}

TEST(Run, RethrowsWhatItsFunctionThrew) {
  EXPECT_THROW(static_cast<void>(weir::run([]() -> int { throw std::out_of_range("main's"); })),
               std::out_of_range);
  EXPECT_EQ(weir::run([] { return 1; }), 1);  // and leaves nothing behind
}

TEST(Run, TakesAFunctionThatCanOnlyBeMoved) {
  auto owned = std::make_unique<int>(5);
  EXPECT_EQ(weir::run([owned = std::move(owned)] { return *owned; }), 5);
}

TEST(Run, ReturnsOnlyWhenAllTasksHaveEnded) {
  bool ended = false;
  EXPECT_TRUE(weir::run([&ended] {
    weir::spawn({.detached = true}, [&ended] {
      weir::spawn({.detached = true}, [&ended] {
        for (int round = 0; round < 100; ++round) weir::yield();
        ended = true;
      });
      weir::yield();
    });
  }));
  EXPECT_TRUE(ended);
}

TEST(Run, WaitsForTasksToBeSpawnedLater) {
  bool ran = false;
  EXPECT_TRUE(weir::run([&ran] { auto later = weir::spawn_later(1ms, [&ran] { ran = true; }); }));
  EXPECT_TRUE(ran);
}

TEST(Run, ItsFunctionIsATaskNamedMain) {
  weir::run([] {
    EXPECT_EQ(weir::current().id(), 1U);
    EXPECT_EQ(weir::detail::this_hub->current->parent, 0U);
    EXPECT_EQ(weir::stats().task_count, 1U);
  }).value();
}

TEST(Run, OneHubIsEnoughForAThread) {
  weir::run([] {
    EXPECT_THROW(static_cast<void>(weir::run([] {})), std::logic_error);
    EXPECT_THROW(weir::hub{}, std::logic_error);
    EXPECT_THROW(weir::testing::virtual_hub{}, std::logic_error);
    EXPECT_TRUE(weir::yield());  // the hub there is goes on
    EXPECT_EQ(weir::spawn([] { return 3; }).await(), 3);
  }).value();
}

TEST(Run, OneHubIsEnoughForAThreadThatIsATask) {
  const weir::hub hub;
  EXPECT_THROW(weir::hub{}, std::logic_error);
  EXPECT_THROW(static_cast<void>(weir::run([] {})), std::logic_error);
  EXPECT_TRUE(weir::yield());
}

TEST(Run, HubsFollowOneAnother) {
  for (int round = 0; round < 20; ++round) {
    EXPECT_EQ(weir::run([round] { return weir::spawn([round] { return round; }).await(); }), round);
    const weir::hub hub;
    EXPECT_EQ(weir::spawn([round] { return round; }).await(), round);
  }
}

TEST(Run, WithoutAHubCallsThatNeedOneThrow) {
  EXPECT_THROW(weir::yield(), std::logic_error);
  EXPECT_THROW(static_cast<void>(weir::sleep(0s)), std::logic_error);
  EXPECT_THROW(static_cast<void>(weir::pause()), std::logic_error);
  EXPECT_THROW(weir::spawn([] {}), std::logic_error);
  EXPECT_THROW(weir::spawn_later(0s, [] {}), std::logic_error);
  EXPECT_THROW(static_cast<void>(weir::current()), std::logic_error);
  EXPECT_THROW(static_cast<void>(weir::wait("test").park()), std::logic_error);
  EXPECT_THROW(static_cast<void>(weir::task<int>().await()), std::logic_error);
  EXPECT_THROW(weir::stop(), std::logic_error);
  EXPECT_THROW(weir::testing::settle(), std::logic_error);
  EXPECT_THROW(weir::testing::advance(1s), std::logic_error);
}

TEST(Run, WithoutAHubThereIsNothingToCountAndNobodyToResume) {
  EXPECT_EQ(weir::stats(), weir::stats_snapshot{});
  EXPECT_EQ(weir::resume({}).error(), weir::errc::not_paused);
  EXPECT_LE(std::chrono::steady_clock::now() - weir::now(), 10s);
}

TEST(Run, TwoThreadsHaveAHubEach) {
  const auto sum_up = [](int& sum) {
    weir::run([&sum] {
      std::vector<weir::task<int>> tasks;
      for (int number = 0; number < 100; ++number) {
        tasks.push_back(weir::spawn([number] {
          weir::yield();
          return number;
        }));
      }
      for (auto& each : tasks) sum += each.await().value();
    }).value();
  };
  int here = 0;
  int there = 0;
  std::thread other(sum_up, std::ref(there));
  sum_up(here);
  other.join();
  EXPECT_EQ(here, 4950);
  EXPECT_EQ(there, 4950);
}

TEST(Run, AThreadsHubIsNoneOfAnothersBusiness) {
  const weir::hub hub;
  std::thread([] {
    EXPECT_EQ(weir::stats(), weir::stats_snapshot{});
    EXPECT_THROW(weir::yield(), std::logic_error);
    EXPECT_EQ(weir::run([] { return 1; }), 1);
  }).join();
}

}  // namespace
