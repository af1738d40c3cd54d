// SPDX-License-Identifier: MIT
// The primitive that parks a task, as one who builds upon it uses it.
#include <weir/wait.hpp>

#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/testing.hpp>

#include "testing/holdings.hpp"

namespace {

using namespace std::chrono_literals;
using weir::errc;
using weir::testing::error_of;
using weir::testing::held_now;

/// The example of weir/wait.hpp.
class latch {
 public:
  weir::result<void> wait(weir::until until = {}) {
    if (open_) return {};
    weir::wait here("latch.wait", this);
    return here.park(waiting_, until);
  }
  void open() {
    open_ = true;
    waiting_.wake_all();
  }

 private:
  bool open_ = false;
  weir::waiting_place waiting_;
};

class Wait : public ::testing::Test {
 private:
  weir::testing::virtual_hub hub_;
};

TEST_F(Wait, ALatchBuiltUponItLetsAllThroughOnceItIsOpen) {
  latch gate;
  int through = 0;
  std::vector<weir::task<>> tasks;
  for (int number = 0; number < 10; ++number) {
    tasks.push_back(weir::spawn([&gate, &through] {
      EXPECT_TRUE(gate.wait());
      ++through;
    }));
  }
  EXPECT_EQ(through, 0);
  gate.open();
  EXPECT_EQ(through, 0);  // waking does not run anyone
  for (auto& each : tasks) EXPECT_TRUE(each.await());
  EXPECT_EQ(through, 10);
  EXPECT_TRUE(gate.wait(0s));
}

TEST_F(Wait, ALatchBuiltUponItTimesOut) {
  latch gate;
  const auto before = held_now();
  const auto start = weir::now();
  EXPECT_EQ(error_of(gate.wait(2s)), errc::timed_out);
  EXPECT_EQ(weir::now() - start, 2s);
  EXPECT_EQ(held_now(), before);
}

TEST_F(Wait, APlaceWakesTheOneThatCameFirst) {
  weir::waiting_place place;
  std::vector<int> order;
  std::vector<weir::task<>> tasks;
  for (int number = 0; number < 3; ++number) {
    tasks.push_back(weir::spawn([number, &place, &order] {
      EXPECT_TRUE(weir::wait("test").park(place));
      order.push_back(number);
    }));
  }
  while (place.wake_one()) weir::yield();
  EXPECT_EQ(order, (std::vector{0, 1, 2}));
  EXPECT_TRUE(place.empty());
}

TEST_F(Wait, APlaceTellsHowManyItWoke) {
  weir::waiting_place place;
  std::vector<weir::task<std::error_code>> tasks;
  for (int number = 0; number < 5; ++number) {
    tasks.push_back(weir::spawn([&place] { return error_of(weir::wait("test").park(place)); }));
  }
  EXPECT_EQ(place.wake_all(errc::closed), 5U);
  EXPECT_EQ(place.wake_all(), 0U);
  EXPECT_FALSE(place.wake_one());
  for (auto& each : tasks) EXPECT_EQ(each.await(), make_error_code(errc::closed));
}

TEST_F(Wait, OneThatTimedOutOrWasCancelledHasLeftItsPlace) {
  weir::waiting_place place;
  const auto wait = [&place](weir::until until) {
    return weir::spawn([&place, until] { return error_of(weir::wait("test").park(place, until)); });
  };
  auto first = wait(1s);
  auto second = wait({});
  auto third = wait({});
  second.cancel();
  weir::testing::advance(1s);
  EXPECT_EQ(place.wake_all(), 1U);
  EXPECT_EQ(first.await(), make_error_code(errc::timed_out));
  EXPECT_EQ(second.await(), make_error_code(errc::cancelled));
  EXPECT_EQ(third.await(), std::error_code{});
}

TEST_F(Wait, WhoKnowsItWakesItWithoutAPlace) {
  weir::wait* parked = nullptr;
  auto task = weir::spawn([&parked] {
    weir::wait here("test");
    parked = &here;
    EXPECT_FALSE(here.wake());  // it is not parked yet
    return error_of(here.park());
  });
  EXPECT_TRUE(parked->parked());
  EXPECT_TRUE(parked->wake(errc::busy));
  EXPECT_FALSE(parked->parked());
  EXPECT_FALSE(parked->wake());  // it is not parked any more
  EXPECT_EQ(task.await(), make_error_code(errc::busy));
}

TEST_F(Wait, OneObjectMayParkAgainAndAgain) {
  weir::waiting_place place;
  auto task = weir::spawn([&place] {
    weir::wait here("test");
    for (int round = 0; round < 100; ++round) {
      EXPECT_EQ(error_of(here.park(place, 1ms)), errc::timed_out);
      EXPECT_TRUE(here.park(place));
    }
  });
  for (int round = 0; round < 100; ++round) {
    weir::testing::advance(1ms);
    EXPECT_TRUE(place.wake_one());
    weir::testing::settle();
  }
  EXPECT_TRUE(task.await());
}

TEST_F(Wait, OneThatIsNotCancellableWaitsOn) {
  weir::waiting_place place;
  auto task = weir::spawn([&place] {
    weir::wait here("test");
    here.set_cancellable(false);
    EXPECT_TRUE(here.park(place));
    EXPECT_TRUE(here.park(place));  // begun when the task is cancelled already
    return error_of(weir::wait("test").park(place));
  });
  task.cancel();
  weir::testing::settle();
  EXPECT_FALSE(task.done());
  EXPECT_TRUE(place.wake_one());
  weir::testing::settle();
  EXPECT_FALSE(task.done());
  EXPECT_TRUE(place.wake_one());
  EXPECT_EQ(task.await(), make_error_code(errc::cancelled));
}

TEST_F(Wait, SaysWhatItWaitsForAndSinceWhen) {
  const int object = 0;
  const weir::wait by_object("test.object", &object);
  EXPECT_STREQ(by_object.what(), "test.object");
  EXPECT_EQ(by_object.object(), &object);
  EXPECT_EQ(by_object.fd(), -1);
  const weir::wait by_fd("test.fd", 7);
  EXPECT_EQ(by_fd.fd(), 7);
  EXPECT_EQ(by_fd.object(), nullptr);
  weir::waiting_place place;
  auto task = weir::spawn([&place] { return weir::wait("test").park(place); });
  const auto start = weir::now();
  weir::testing::advance(1s);
  EXPECT_EQ(place.front().since(), start);
  place.wake_one();
  EXPECT_TRUE(task.await());
}

}  // namespace
