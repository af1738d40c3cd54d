// SPDX-License-Identifier: MIT
// What a cancelled task is told, from then on until it ends.
#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <weir/hub.hpp>
#include <weir/pause.hpp>
#include <weir/pipe.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/testing.hpp>
#include <weir/wait.hpp>

#include "testing/errors.hpp"
#include "testing/holdings.hpp"

namespace {

using namespace std::chrono_literals;
using weir::errc;
using weir::testing::cancelled;
using weir::testing::error_of;
using weir::testing::held_now;

class Cancel : public ::testing::Test {
 private:
  weir::testing::virtual_hub hub_;
};

/// A way to wait that ends by itself only after an hour, or never.
struct way_to_wait {
  std::string name;
  std::function<std::error_code()> wait;
};

/// What the ways to wait need; everything stays as it is.
class endless {
 public:
  endless() : child_(weir::spawn([] { return weir::pause(); })), pipe_(weir::pipe<int>()) {}
  endless(const endless&) = delete;
  endless& operator=(const endless&) = delete;
  ~endless() { child_.cancel(); }

  [[nodiscard]] std::vector<way_to_wait> ways() {
    return {
        {"sleep", [] { return error_of(weir::sleep(1h)); }},
        {"sleep for ever", [] { return error_of(weir::sleep({})); }},
        {"pause", [] { return error_of(weir::pause<int>()); }},
        {"pause with a deadline", [] { return error_of(weir::pause(1h)); }},
        {"await", [this] { return error_of(child_.await()); }},
        {"await with a deadline", [this] { return error_of(child_.await(1h)); }},
        {"wait", [] { return error_of(weir::wait("test").park()); }},
        {"wait in a place", [this] { return error_of(weir::wait("test").park(place_, 1h)); }},
        {"receive", [this] { return error_of(pipe_.recv()); }},
        {"send", [this] { return error_of(pipe_.send(1)); }},
    };
  }

 private:
  weir::task<> child_;
  weir::waiting_place place_;
  weir::pair<int> pipe_;
};

TEST_F(Cancel, EndsEveryKindOfWait) {
  endless waits;
  for (const way_to_wait& way : waits.ways()) {
    SCOPED_TRACE(way.name);
    const auto before = held_now();
    auto task = weir::spawn([&way] { return way.wait(); });
    weir::testing::settle();
    EXPECT_FALSE(task.done());
    task.cancel();
    EXPECT_EQ(task.await(), cancelled);
    EXPECT_EQ(held_now(), before);
  }
}

TEST_F(Cancel, IsToldByEveryCallUntilTheTaskEnds) {
  endless waits;
  auto task = weir::spawn([&waits] {
    static_cast<void>(weir::sleep({}));
    for (int round = 0; round < 10; ++round) {
      for (const way_to_wait& way : waits.ways()) EXPECT_EQ(way.wait(), cancelled) << way.name;
      EXPECT_EQ(error_of(weir::yield()), cancelled);
    }
    return true;
  });
  const auto before = weir::now();
  task.cancel();
  EXPECT_EQ(task.await(), true);
  EXPECT_EQ(weir::now(), before);
}

TEST_F(Cancel, ACancelledYieldStillYields) {
  std::vector<std::string> order;
  auto task = weir::spawn([&order] {
    static_cast<void>(weir::sleep({}));
    for (int round = 0; round < 3; ++round) {
      order.emplace_back("cancelled");
      EXPECT_EQ(error_of(weir::yield()), cancelled);
    }
  });
  task.cancel();
  auto other = weir::spawn_later(0s, [&order] {
    for (int round = 0; round < 3; ++round) {
      order.emplace_back("other");
      weir::yield();
    }
  });
  EXPECT_TRUE(task.await());
  EXPECT_TRUE(other.await());
  EXPECT_EQ(order, (std::vector<std::string>{"cancelled", "other", "cancelled", "other",
                                             "cancelled", "other"}));
}

TEST_F(Cancel, ACallThatCouldSucceedAtOnceIsRefusedAndTakesNothing) {
  auto ended = weir::spawn([] { return 5; });
  auto pipe = weir::pipe<int>();
  auto sender = weir::spawn([&pipe] { return pipe.send(3); });
  auto task = weir::spawn([&ended, &pipe] {
    static_cast<void>(weir::sleep({}));
    EXPECT_EQ(error_of(ended.await()), cancelled);
    EXPECT_EQ(error_of(pipe.recv()), cancelled);
  });
  task.cancel();
  EXPECT_TRUE(task.await());
  EXPECT_EQ(ended.await(), 5);
  EXPECT_EQ(pipe.recv(), 3);
  EXPECT_TRUE(sender.await());
}

TEST_F(Cancel, DoesNotTakeBackWhatTheTaskWasWokenWith) {
  weir::task_ref ref;
  auto task = weir::spawn([&ref] {
    ref = weir::current();
    EXPECT_EQ(weir::pause<int>(), 7);
    return error_of(weir::pause<int>());
  });
  EXPECT_TRUE(weir::resume(ref, 7));
  task.cancel();
  EXPECT_EQ(task.await(), cancelled);
}

TEST_F(Cancel, DoesNothingASecondTimeOrToAnEndedTask) {
  auto task = weir::spawn([] { return error_of(weir::sleep({})); });
  task.cancel();
  task.cancel();
  EXPECT_EQ(task.await(), cancelled);
  task.cancel();
  weir::task<> none;
  none.cancel();
  auto successful = weir::spawn([] { return 1; });
  successful.cancel();
  EXPECT_EQ(successful.await(), 1);
}

TEST_F(Cancel, ATaskMayCancelItself) {
  weir::task<std::error_code> task;
  task = weir::spawn_later(0s, [&task] {
    EXPECT_TRUE(weir::yield());
    task.cancel();
    return error_of(weir::sleep(1h));
  });
  EXPECT_EQ(task.await(), cancelled);
}

TEST_F(Cancel, ReachesOnlyTheTaskItself) {
  auto child = weir::spawn([] { return weir::sleep(1s); });
  auto parent = weir::spawn([&child] { return error_of(child.await()); });
  parent.cancel();
  EXPECT_EQ(parent.await(), cancelled);
  EXPECT_FALSE(child.done());
  EXPECT_TRUE(child.await());
}

TEST_F(Cancel, ACancelledTaskMaySpawnResumeAndClose) {
  weir::task_ref ref;
  auto paused = weir::spawn([&ref] {
    ref = weir::current();
    return weir::pause<int>();
  });
  auto pipe = weir::pipe<int>();
  auto receiver = weir::spawn([&pipe] { return error_of(pipe.recv()); });
  weir::task<int> child;
  weir::task<int> later;
  auto task = weir::spawn([&] {
    static_cast<void>(weir::sleep({}));
    child = weir::spawn([] {
      EXPECT_TRUE(weir::sleep(1s));  // the child is not cancelled
      return 1;
    });
    later = weir::spawn_later(1s, [] { return 2; });
    EXPECT_TRUE(weir::resume(ref, 7));
    EXPECT_TRUE(pipe.close());
  });
  task.cancel();
  EXPECT_TRUE(task.await());
  EXPECT_EQ(child.await(), 1);
  EXPECT_EQ(later.await(), 2);
  EXPECT_EQ(paused.await(), 7);
  EXPECT_EQ(receiver.await(), make_error_code(errc::closed));
}

TEST(CancelInARealHub, ATaskThatIgnoresItStarvesNeitherTasksNorTimers) {
  const weir::hub hub;
  bool stop = false;
  auto stubborn = weir::spawn([&stop] {
    while (!stop) static_cast<void>(weir::sleep(1h));
  });
  stubborn.cancel();
  auto other = weir::spawn([] {
    for (int round = 0; round < 100; ++round) EXPECT_TRUE(weir::yield());
    EXPECT_TRUE(weir::sleep(1us));
  });
  EXPECT_TRUE(other.await());
  stop = true;
  EXPECT_TRUE(stubborn.await());
}

TEST_F(Cancel, ATaskIsAbandonedInATeardownOnly) {
  int calls = 0;
  auto stubborn = weir::spawn([&calls] {
    for (; calls < 5000; ++calls) static_cast<void>(weir::sleep(1h));
    return true;
  });
  stubborn.cancel();
  EXPECT_EQ(stubborn.await(), true);
  EXPECT_EQ(calls, 5000);
}

}  // namespace
