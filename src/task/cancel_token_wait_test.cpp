// SPDX-License-Identifier: MIT
// Tokens given to calls that may park: they end them, or refuse them, and leave nothing behind.
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <weir/cancel_token.hpp>
#include <weir/pause.hpp>
#include <weir/pipe.hpp>
#include <weir/run.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/testing.hpp>
#include <weir/wait.hpp>

#include "core/hub_core.hpp"
#include "testing/errors.hpp"
#include "testing/holdings.hpp"

namespace {

using namespace std::chrono_literals;
using weir::cancel_token;
using weir::errc;
using weir::until;
using weir::testing::advance;
using weir::testing::cancelled;
using weir::testing::error_of;
using weir::testing::held_now;
using weir::testing::settle;

const std::error_code timed_out = errc::timed_out;

class CancelTokenWait : public ::testing::Test {
 private:
  weir::testing::virtual_hub hub_;
};

/// A way to wait that ends with `until` only.
struct way_to_wait {
  std::string name;
  std::function<std::error_code(until)> wait;
};

/// What the ways to wait need; everything stays as it is.
class endless {
 public:
  endless() : child_(weir::spawn([] { return weir::pause(); })) {}
  endless(const endless&) = delete;
  endless& operator=(const endless&) = delete;
  ~endless() { child_.cancel(); }

  [[nodiscard]] std::vector<way_to_wait> ways() {
    return {
        {"pause", [](until limit) { return error_of(weir::pause<int>(limit)); }},
        {"await", [this](until limit) { return error_of(child_.await(limit)); }},
        {"wait", [](until limit) { return error_of(weir::wait("test").park(limit)); }},
        {"wait in a place",
         [this](until limit) { return error_of(weir::wait("test").park(place_, limit)); }},
        {"receive", [this](until limit) { return error_of(pipe_.recv(limit)); }},
        {"send", [this](until limit) { return error_of(pipe_.send(1, limit)); }},
    };
  }

 private:
  weir::task<> child_;
  weir::waiting_place place_;
  weir::pair<int> pipe_ = weir::pipe<int>();
};

TEST_F(CancelTokenWait, EndsEveryKindOfWaitAndTheTaskGoesOn) {
  endless waits;
  for (const way_to_wait& way : waits.ways()) {
    for (const bool with_time : {false, true}) {
      SCOPED_TRACE(way.name);
      const auto before = held_now();
      const cancel_token token;
      auto task = weir::spawn([&way, &token, with_time] {
        const auto ended = way.wait(with_time ? until(1h, token) : until(token));
        EXPECT_TRUE(weir::yield());
        return ended;
      });
      settle();
      EXPECT_FALSE(task.done());
      EXPECT_EQ(weir::stats().timer_count, before.timers + (with_time ? 1 : 0));
      token.cancel();
      EXPECT_EQ(task.await(), cancelled);
      EXPECT_EQ(held_now(), before);
    }
  }
}

TEST_F(CancelTokenWait, EndsASleepOfAnyLength) {
  for (const bool for_ever : {false, true}) {
    const cancel_token token;
    auto task = weir::spawn([&] { return for_ever ? weir::sleep(token) : weir::sleep(1h, token); });
    advance(1s);
    token.cancel();
    EXPECT_EQ(error_of(task.await()), cancelled);
  }
}

TEST_F(CancelTokenWait, ItsDeadlineEndsEveryKindOfWaitAtThatMoment) {
  endless waits;
  for (const way_to_wait& way : waits.ways()) {
    SCOPED_TRACE(way.name);
    const auto before = held_now();
    const auto start = weir::now();
    const cancel_token token{5s};
    EXPECT_EQ(way.wait(token), cancelled);
    EXPECT_EQ(weir::now() - start, 5s);
    EXPECT_TRUE(token.cancelled());
    EXPECT_EQ(way.wait({1s, cancel_token{5s}}), timed_out);
    EXPECT_EQ(weir::now() - start, 6s);
    EXPECT_EQ(way.wait({1h, cancel_token{5s}}), cancelled);
    EXPECT_EQ(weir::now() - start, 11s);
    EXPECT_EQ(held_now(), before);
  }
}

TEST_F(CancelTokenWait, OfTwoEqualDeadlinesTheTokensCounts) {
  endless waits;
  for (const way_to_wait& way : waits.ways()) {
    SCOPED_TRACE(way.name);
    EXPECT_EQ(way.wait({5s, cancel_token{5s}}), cancelled);
    EXPECT_EQ(way.wait({weir::now() + 5s, cancel_token{weir::now() + 5s}}), cancelled);
  }
  EXPECT_EQ(error_of(weir::sleep(5s, cancel_token{5s})), cancelled);
  EXPECT_TRUE(weir::sleep(5s, cancel_token{5s + 1ns}));
}

TEST_F(CancelTokenWait, WithoutTimeItLastsOneTick) {
  endless waits;
  for (const way_to_wait& way : waits.ways()) {
    SCOPED_TRACE(way.name);
    const auto start = weir::now();
    EXPECT_EQ(way.wait({0s, cancel_token()}), timed_out);
    EXPECT_EQ(way.wait({0s, cancel_token{5s}}), timed_out);
    EXPECT_EQ(way.wait({start, cancel_token{5s}}), timed_out);
    EXPECT_EQ(weir::now(), start);
  }
}

TEST_F(CancelTokenWait, ACancelledOneRefusesEveryCallAtOnceAndEveryTime) {
  endless waits;
  const cancel_token token;
  token.cancel();
  const auto passed = cancel_token{weir::now()};
  const auto start = weir::now();
  const auto before = held_now();
  for (const way_to_wait& way : waits.ways()) {
    SCOPED_TRACE(way.name);
    for (int round = 0; round < 300; ++round) {
      EXPECT_EQ(way.wait(token), cancelled);
      EXPECT_EQ(way.wait({1s, token.child()}), cancelled);
      EXPECT_EQ(way.wait(passed), cancelled);
      EXPECT_EQ(way.wait({0s, passed}), cancelled);
    }
  }
  EXPECT_EQ(error_of(weir::sleep(0s, token)), cancelled);
  EXPECT_EQ(weir::now(), start);
  EXPECT_EQ(held_now(), before);
}

TEST_F(CancelTokenWait, ACancelledOneRefusesCallsThatCouldSucceedAndNothingIsTaken) {
  const cancel_token token;
  token.cancel();
  auto pipe = weir::pipe<int>();
  auto sending = weir::spawn([&pipe] { return pipe.send(1); });
  EXPECT_EQ(error_of(pipe.recv(token)), cancelled);
  EXPECT_EQ(pipe.recv(), 1);
  EXPECT_TRUE(sending.await());

  auto receiving = weir::spawn([&pipe] { return pipe.recv(); });
  auto message = weir::pipe<std::unique_ptr<int>>();
  EXPECT_EQ(error_of(pipe.send(2, token)), cancelled);
  EXPECT_FALSE(receiving.done());
  EXPECT_TRUE(pipe.send(3));
  EXPECT_EQ(receiving.await(), 3);

  auto ended = weir::spawn([] { return 4; });
  EXPECT_TRUE(ended.done());
  EXPECT_EQ(error_of(ended.await(token)), cancelled);
  EXPECT_EQ(ended.await(), 4);
}

TEST_F(CancelTokenWait, RefusalsLetOthersRunNowAndThen) {
  const cancel_token token;
  token.cancel();
  bool others_ran = false;
  auto other = weir::spawn_later(0s, [&others_ran] { others_ran = true; });
  int calls = 0;
  for (; !others_ran && calls < 1000; ++calls) {
    EXPECT_EQ(error_of(weir::sleep(1s, token)), cancelled);
  }
  EXPECT_LE(calls, 128);
  EXPECT_TRUE(other.await());
}

TEST_F(CancelTokenWait, EndsAllWaitsInTheOrderInWhichTheyBegan) {
  const cancel_token token;
  const cancel_token child = token.child();
  std::vector<int> order;
  std::vector<weir::task<>> tasks;
  for (int number = 0; number < 4; ++number) {
    tasks.push_back(weir::spawn([&, number] {
      EXPECT_EQ(error_of(weir::sleep(1h, number < 3 ? token : child)), cancelled);
      order.push_back(number);
    }));
  }
  token.cancel();
  EXPECT_TRUE(order.empty());  // cancelling does not run anyone
  for (auto& each : tasks) EXPECT_TRUE(each.await());
  EXPECT_EQ(order, (std::vector{0, 1, 2, 3}));
}

TEST_F(CancelTokenWait, OneObjectMayParkWithAndWithoutInTurn) {
  weir::waiting_place place;
  auto task = weir::spawn([&place] {
    weir::wait here("test");
    for (int round = 0; round < 10; ++round) {
      EXPECT_EQ(error_of(here.park(place, cancel_token{1ms})), cancelled);
      EXPECT_TRUE(here.park(place));
      EXPECT_TRUE(here.park(place, cancel_token()));
    }
  });
  for (int round = 0; round < 10; ++round) {
    advance(1ms);
    for (int times = 0; times < 2; ++times) {
      EXPECT_TRUE(place.wake_one());
      settle();
    }
  }
  EXPECT_TRUE(task.await());
}

TEST_F(CancelTokenWait, EndsAWaitThatACancellationOfItsTaskDoesNot) {
  const cancel_token token;
  auto task = weir::spawn([&token] {
    weir::wait here("test");
    here.set_cancellable(false);
    EXPECT_EQ(error_of(here.park(token)), cancelled);
    return error_of(here.park(token));
  });
  task.cancel();
  settle();
  EXPECT_FALSE(task.done());
  token.cancel();
  EXPECT_EQ(task.await(), cancelled);
}

TEST_F(CancelTokenWait, TheWaitGoesOnWhereOneOfItsHandlesIsDestroyed) {
  std::optional<cancel_token> handle(std::in_place);
  const cancel_token other = *handle;
  auto task = weir::spawn([&handle] { return weir::sleep(1h, *handle); });
  handle.reset();
  settle();
  EXPECT_FALSE(task.done());
  other.cancel();
  EXPECT_EQ(error_of(task.await()), cancelled);
}

TEST_F(CancelTokenWait, WhereTheLastHandleIsDestroyedTheWaitEndsAsOneWithout) {
  const auto before = held_now();
  std::optional<cancel_token> handle(std::in_place);
  std::optional<cancel_token> child = handle->child();
  auto sleeping = weir::spawn([&child] { return weir::sleep(1h, *child); });
  weir::waiting_place place;
  auto waiting = weir::spawn([&] { return weir::wait("test").park(place, *child); });
  child.reset();
  handle->cancel();
  handle.reset();
  settle();
  EXPECT_FALSE(sleeping.done());
  EXPECT_TRUE(place.wake_one());
  EXPECT_TRUE(waiting.await());
  EXPECT_TRUE(sleeping.await());
  EXPECT_EQ(held_now(), before);
}

TEST_F(CancelTokenWait, ATaskThatIsSpawnedLaterCannotHaveOne) {
  const cancel_token token;
  auto task = weir::spawn_later({1s, token}, [] {});
  EXPECT_EQ(error_of(task.await()), std::make_error_code(std::errc::invalid_argument));
}

TEST(CancelTokenWaitRealTime, ADeadlineEndsAWaitOnTheRealClock) {
  EXPECT_TRUE(weir::run([] {
    const auto start = weir::now();
    const cancel_token token{5ms};
    EXPECT_EQ(error_of(weir::sleep(1h, token)), cancelled);
    EXPECT_GE(weir::now() - start, 5ms);
    EXPECT_EQ(error_of(weir::pause(token)), cancelled);
  }));
}

}  // namespace
