// SPDX-License-Identifier: MIT
// Permits are neither lost nor made up, whatever ends a wait for one.
#include <weir/semaphore.hpp>

#include <chrono>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include <weir/cancel_token.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/testing.hpp>

#include "testing/errors.hpp"
#include "testing/holdings.hpp"
#include "testing/in_virtual_time.hpp"
#include "testing/random_schedule.hpp"

namespace weir::testing {
namespace {

using namespace std::chrono_literals;

class Semaphore : public in_virtual_time {};

TEST_F(Semaphore, LetsInAsManyAsItHasPermits) {
  weir::semaphore permits(3);
  int inside = 0;
  int most = 0;
  std::vector<weir::task<>> tasks;
  for (int number = 0; number < 10; ++number) {
    tasks.push_back(weir::spawn([&] {
      EXPECT_TRUE(permits.acquire());
      most = std::max(most, ++inside);
      EXPECT_TRUE(weir::sleep(1s));
      --inside;
      permits.release();
    }));
  }
  for (auto& each : tasks) EXPECT_TRUE(each.await());
  EXPECT_EQ(most, 3);
  EXPECT_EQ(permits.available(), 3U);
}

TEST_F(Semaphore, ReleaseHandsPermitsToThoseWhoHaveWaitedLongest) {
  weir::semaphore permits(0);
  std::vector<int> order;
  std::vector<weir::task<>> tasks;
  for (int number = 0; number < 5; ++number) {
    tasks.push_back(weir::spawn([&, number] {
      EXPECT_TRUE(permits.acquire());
      order.push_back(number);
    }));
  }
  permits.release(2);
  EXPECT_EQ(permits.available(), 0U);
  EXPECT_FALSE(permits.try_acquire());  // they are the first two's, though those have not run yet
  settle();
  EXPECT_EQ(order, (std::vector{0, 1}));
  permits.release(5);
  EXPECT_EQ(permits.available(), 2U);
  for (auto& each : tasks) EXPECT_TRUE(each.await());
  EXPECT_EQ(order, (std::vector{0, 1, 2, 3, 4}));
}

TEST_F(Semaphore, TryAcquireTakesWhatThereIs) {
  weir::semaphore permits(1);
  EXPECT_TRUE(permits.try_acquire());
  EXPECT_FALSE(permits.try_acquire());
  permits.release(0);
  EXPECT_FALSE(permits.try_acquire());
}

TEST_F(Semaphore, OneThatTimedOutOrWasCancelledHasTakenNone) {
  const auto before = held_now();
  weir::semaphore permits(0);
  const weir::cancel_token token;
  auto timed = weir::spawn([&permits] { return error_of(permits.acquire(1s)); });
  auto by_task = weir::spawn([&permits] { return error_of(permits.acquire()); });
  auto by_token = weir::spawn([&] { return error_of(permits.acquire(token)); });
  auto last = weir::spawn([&permits] { return error_of(permits.acquire(1h)); });
  advance(1s);
  by_task.cancel();
  token.cancel();
  permits.release();
  EXPECT_EQ(permits.available(), 0U);
  EXPECT_EQ(timed.await(), make_error_code(errc::timed_out));
  EXPECT_EQ(by_task.await(), cancelled);
  EXPECT_EQ(by_token.await(), cancelled);
  EXPECT_EQ(last.await(), std::error_code{});
  EXPECT_EQ(held_now(), before);
}

TEST_F(Semaphore, ACancelledCallTakesNoneThoughThereIsOneAndALateOneDoes) {
  weir::semaphore permits(1);
  const weir::cancel_token token;
  token.cancel();
  EXPECT_EQ(error_of(permits.acquire(token)), cancelled);
  EXPECT_EQ(permits.available(), 1U);
  EXPECT_TRUE(permits.acquire(weir::now() - 1h));
  EXPECT_EQ(error_of(permits.acquire(0s)), errc::timed_out);
}

TEST_F(Semaphore, APermitAndACancellationInOneTickTheFirstDecides) {
  for (const bool released_first : {true, false}) {
    for (const bool by_token : {true, false}) {
      weir::semaphore permits(0);
      const weir::cancel_token token;
      auto task = weir::spawn([&] { return error_of(permits.acquire({1h, token})); });
      settle();
      if (released_first) permits.release();
      by_token ? token.cancel() : task.cancel();
      if (!released_first) permits.release();
      EXPECT_EQ(task.await(), released_first ? std::error_code{} : cancelled);
      EXPECT_EQ(permits.available(), released_first ? 0U : 1U);
    }
  }
}

TEST_F(Semaphore, WhoWaitsWhenItIsDestroyedIsToldSo) {
  auto permits = std::make_unique<weir::semaphore>(0);
  auto waiting = weir::spawn([&permits] { return error_of(permits->acquire()); });
  permits.reset();
  EXPECT_EQ(waiting.await(), make_error_code(errc::closed));
}

/// Tasks acquire with all kinds of ends and release what they got; at the end all is back.
void run_random_tasks(std::uint64_t seed) {
  const virtual_hub hub({.shuffle_seed = seed});
  random_schedule random(seed);
  const auto before = held_now();
  static constexpr std::size_t all = 3;
  weir::semaphore permits(all);
  std::size_t inside = 0;
  std::vector<weir::cancel_token> tokens(4);
  std::vector<weir::task<>> tasks;
  for (int number = 0; number < 20; ++number) {
    const auto& token = tokens[random.below(tokens.size())];
    const std::chrono::milliseconds own(random.below(5));
    const std::chrono::milliseconds stay(random.below(4));
    tasks.push_back(weir::spawn([&permits, &inside, &token, own, stay] {
      for (int round = 0; round < 5; ++round) {
        if (!permits.acquire({own, token})) continue;
        EXPECT_LE(++inside, all);
        static_cast<void>(weir::sleep(stay));
        --inside;
        permits.release();
      }
    }));
  }
  for (int step = 0; step < 20; ++step) {
    if (random.once_in(5)) tokens[random.below(tokens.size())].cancel();
    if (random.once_in(4)) tasks[random.below(tasks.size())].cancel();
    random.once_in(2) ? advance(1ms) : settle();
  }
  advance(1s);
  for (auto& each : tasks) static_cast<void>(each.await());
  EXPECT_EQ(permits.available(), all);
  tasks.clear();
  EXPECT_EQ(held_now(), before);
}

TEST(SemaphoreAtRandom, NoPermitIsLostOrMadeUp) {
  const std::size_t seeds = scaled(200);
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    run_random_tasks(seed);
  }
}

}  // namespace
}  // namespace weir::testing
