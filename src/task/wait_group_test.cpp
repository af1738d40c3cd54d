// SPDX-License-Identifier: MIT
// When waiting for a group ends.
#include <weir/wait_group.hpp>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include <weir/cancel_token.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/testing.hpp>

#include "testing/errors.hpp"
#include "testing/holdings.hpp"
#include "testing/in_virtual_time.hpp"

namespace weir::testing {
namespace {

using namespace std::chrono_literals;

class WaitGroup : public in_virtual_time {};

TEST_F(WaitGroup, AllWhoWaitGoOnWhenTheLastThingIsDone) {
  weir::wait_group work(1);
  work.add(2);
  auto first = weir::spawn([&work] { return error_of(work.wait()); });
  auto second = weir::spawn([&work] { return error_of(work.wait(1h)); });
  for (const std::size_t left : {2U, 1U}) {
    work.done();
    EXPECT_EQ(work.pending(), left);
    settle();
    EXPECT_FALSE(first.done() || second.done());
  }
  work.done();
  EXPECT_EQ(first.await(), std::error_code{});
  EXPECT_EQ(second.await(), std::error_code{});
}

TEST_F(WaitGroup, ThereIsNothingToWaitForWhereNothingIsToBeDone) {
  weir::wait_group work;
  const auto start = weir::now();
  EXPECT_TRUE(work.wait());
  EXPECT_TRUE(work.wait(weir::now() - 1h));
  EXPECT_EQ(weir::now(), start);
  EXPECT_THROW(work.done(), std::logic_error);
}

TEST_F(WaitGroup, WhoWaitedGoesOnThoughMoreIsAddedInThatTick) {
  weir::wait_group work(1);
  auto waiting = weir::spawn([&work] { return error_of(work.wait()); });
  work.done();
  work.add();
  EXPECT_EQ(waiting.await(), std::error_code{});
  EXPECT_EQ(error_of(work.wait(0s)), errc::timed_out);
}

TEST_F(WaitGroup, TasksThatEndInAnyWayAreWaitedFor) {
  weir::wait_group work;
  std::vector<weir::task<>> tasks;
  for (int number = 0; number < 10; ++number) {
    work.add();
    tasks.push_back(weir::spawn([&work, number] {
      static_cast<void>(weir::sleep(std::chrono::seconds(number)));
      work.done();
    }));
  }
  tasks.back().cancel();
  const auto start = weir::now();
  EXPECT_TRUE(work.wait());
  EXPECT_EQ(weir::now() - start, 8s);
}

TEST_F(WaitGroup, AWaitThatTimesOutOrIsCancelledLeavesTheOthersWaiting) {
  const auto before = held_now();
  weir::wait_group work(1);
  const weir::cancel_token token;
  auto timed = weir::spawn([&work] { return error_of(work.wait(1s)); });
  auto by_task = weir::spawn([&work] { return error_of(work.wait()); });
  auto by_token = weir::spawn([&] { return error_of(work.wait({1h, token})); });
  auto last = weir::spawn([&work] { return error_of(work.wait(1h)); });
  advance(1s);
  by_task.cancel();
  token.cancel();
  EXPECT_EQ(timed.await(), make_error_code(errc::timed_out));
  EXPECT_EQ(by_task.await(), cancelled);
  EXPECT_EQ(by_token.await(), cancelled);
  EXPECT_FALSE(last.done());
  work.done();
  EXPECT_EQ(last.await(), std::error_code{});
  EXPECT_EQ(error_of(work.wait(token)), cancelled);  // though nothing is to be done
  EXPECT_EQ(held_now(), before);
}

TEST_F(WaitGroup, TheEndAndACancellationInOneTickTheFirstDecides) {
  for (const bool done_first : {true, false}) {
    for (const bool by_token : {true, false}) {
      weir::wait_group work(1);
      const weir::cancel_token token;
      auto task = weir::spawn([&] { return error_of(work.wait({1h, token})); });
      settle();
      if (done_first) work.done();
      by_token ? token.cancel() : task.cancel();
      if (!done_first) work.done();
      EXPECT_EQ(task.await(), done_first ? std::error_code{} : cancelled);
    }
  }
}

TEST_F(WaitGroup, WhoWaitsWhenItIsDestroyedIsToldSo) {
  auto work = std::make_unique<weir::wait_group>(1);
  auto waiting = weir::spawn([&work] { return error_of(work->wait()); });
  work.reset();
  EXPECT_EQ(waiting.await(), make_error_code(errc::closed));
}

}  // namespace
}  // namespace weir::testing
