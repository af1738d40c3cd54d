// SPDX-License-Identifier: MIT
// What tasks have of their own, and what those they spawn begin with.
#include <weir/task_local.hpp>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <weir/all.hpp>
#include <weir/log.hpp>
#include <weir/own.hpp>
#include <weir/race.hpp>
#include <weir/run.hpp>
#include <weir/scope.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/testing.hpp>

#include "testing/counted.hpp"
#include "testing/holdings.hpp"
#include "testing/in_virtual_time.hpp"

namespace {

using namespace std::chrono_literals;
using weir::testing::counted;

weir::task_local<std::string> request("none");
weir::task_local<int> number;

using TaskLocal = weir::testing::in_virtual_time;

TEST_F(TaskLocal, HasItsInitialValueUntilItIsSet) {
  EXPECT_EQ(*request, "none");
  EXPECT_EQ(request->size(), 4U);
  EXPECT_EQ(*number, 0);
  request.set("one");
  EXPECT_EQ(*request, "one");
  request.set("two");
  EXPECT_EQ(*request, "two");
  EXPECT_EQ(*number, 0);
  number.set(7);
  EXPECT_EQ(*request, "two");
  EXPECT_EQ(*number, 7);
}

TEST_F(TaskLocal, EachTaskHasItsOwn) {
  std::vector<weir::task<>> tasks;
  for (int each = 1; each <= 3; ++each) {
    tasks.push_back(weir::spawn([each] {
      EXPECT_EQ(*number, 0);
      number.set(each);
      EXPECT_TRUE(weir::sleep(1s));
      EXPECT_EQ(*number, each);
    }));
  }
  for (auto& each : tasks) EXPECT_TRUE(each.await());
  EXPECT_EQ(*number, 0);
}

TEST_F(TaskLocal, ATaskBeginsWithWhatItsParentHadAndThenBothGoTheirOwnWay) {
  request.set("parent");
  const auto check = [] {
    EXPECT_EQ(*request, "parent");
    EXPECT_TRUE(weir::sleep(1s));
    EXPECT_EQ(*request, "parent");
    request.set("child");
    auto grandchild = weir::spawn([] { return *request; });
    EXPECT_EQ(grandchild.await(), "child");
    EXPECT_TRUE(weir::sleep(1s));
    EXPECT_EQ(*request, "child");
  };
  auto child = weir::spawn(check);
  auto later = weir::spawn_later(1s, check);
  auto next = weir::spawn_later(0s, check);
  request.set("parent since");
  for (auto* each : {&child, &later, &next}) {
    EXPECT_TRUE(each->await());
    EXPECT_EQ(*request, "parent since");
  }
}

TEST_F(TaskLocal, AReferenceToItStaysThoughOthersSetTheirs) {
  request.set("mine");
  const std::string& mine = *request;
  auto child = weir::spawn([] { request.set("the child's"); });
  number.set(1);
  EXPECT_TRUE(child.await());
  EXPECT_EQ(mine, "mine");
  EXPECT_EQ(&mine, &*request);
}

TEST_F(TaskLocal, ATaskThatReusesAStackFindsNothingThere) {
  for (int round = 0; round < 3; ++round) {
    auto task = weir::spawn([] {
      EXPECT_EQ(*number, 0);
      number.set(1);
    });
    EXPECT_TRUE(task.await());
  }
}

TEST_F(TaskLocal, AValueNeedNotBeCopyable) {
  const weir::task_local<std::unique_ptr<int>> owned;
  EXPECT_EQ(*owned, nullptr);
  weir::task_local<std::unique_ptr<int>> other;
  other.set(std::make_unique<int>(3));
  auto child = weir::spawn([&other] { return **other; });
  EXPECT_EQ(child.await(), 3);
}

TEST_F(TaskLocal, AValueIsDestroyedWhenTheLastTaskThatHasItEnds) {
  int alive = 0;
  weir::task_local<std::shared_ptr<counted>> local;
  auto outer = weir::spawn([&] {
    local.set(std::make_shared<counted>(alive));
    auto inner = weir::spawn([] { return weir::sleep(2s); });
    auto never_run = weir::spawn_later(1h, [] {});
    EXPECT_TRUE(weir::sleep(1s));
    never_run.cancel();
  });
  weir::testing::advance(1s);
  EXPECT_TRUE(outer.done());
  EXPECT_EQ(alive, 1);
  weir::testing::advance(1s);
  EXPECT_EQ(alive, 0);
}

TEST_F(TaskLocal, WhatIsReplacedIsDestroyedAtOnce) {
  int alive = 0;
  weir::task_local<std::shared_ptr<counted>> local;
  local.set(std::make_shared<counted>(alive));
  local.set(std::make_shared<counted>(alive));
  EXPECT_EQ(alive, 1);
  local.set(nullptr);
  EXPECT_EQ(alive, 0);
}

/// Its destructor does what a task may do.
struct busy_end {
  int* ended = nullptr;
  busy_end() = default;
  explicit busy_end(int& counter) : ended(&counter) {}
  busy_end(busy_end&& other) noexcept : ended(std::exchange(other.ended, nullptr)) {}
  busy_end& operator=(busy_end&&) = delete;
  ~busy_end() {
    if (ended == nullptr) return;
    static_cast<void>(weir::sleep(1s));
    number.set(*number + 1);
    ++*ended;
  }
};

TEST_F(TaskLocal, AValueMayParkAndSetOthersWhenItIsDestroyed) {
  const auto before = weir::testing::held_now();
  int ended = 0;
  weir::task_local<busy_end> local;
  auto task = weir::spawn([&] {
    local.set(busy_end(ended));
    local.set(busy_end(ended));
    EXPECT_EQ(ended, 1);
    EXPECT_EQ(*number, 1);
    local.set(busy_end(ended));
  });
  EXPECT_TRUE(task.await());
  weir::testing::advance(10s);
  EXPECT_EQ(ended, 3);
  EXPECT_EQ(*number, 0);
  EXPECT_EQ(weir::testing::held_now(), before);
}

TEST_F(TaskLocal, AValueMayHaveSomethingDoneAtTheEndWhenItIsDestroyed) {
  struct defers {
    bool* done;
    ~defers() {
      weir::defer([done = done] { *done = weir::sleep(1s).has_value(); });
    }
  };
  bool done = false;
  weir::task_local<std::shared_ptr<defers>> local;
  auto task = weir::spawn([&] { local.set(std::make_shared<defers>(&done)); });
  EXPECT_FALSE(task.done());
  weir::testing::advance(1s);
  EXPECT_TRUE(done);
  EXPECT_TRUE(task.done());
  EXPECT_EQ(weir::stats().task_count, 1U);
}

TEST_F(TaskLocal, NobodyGoesOnBeforeTheValuesOfATaskHeWaitsForAreDestroyed) {
  for (const bool fails : {false, true}) {
    int ended = 0;
    weir::task_local<busy_end> local;
    const auto work = [&]() -> weir::result<> {
      local.set(busy_end(ended));
      if (fails) return weir::failure(weir::errc::busy);
      return {};
    };
    auto task = weir::spawn(work);
    EXPECT_FALSE(task.done());
    EXPECT_EQ(task.await().has_value(), !fails);
    EXPECT_EQ(ended, 1);
    EXPECT_EQ(weir::all(work, [] {}).has_value(), !fails);
    EXPECT_EQ(ended, 2);
    EXPECT_EQ(weir::race(work).has_value(), !fails);
    EXPECT_EQ(ended, 3);
    weir::scope both;
    both.spawn(work);
    EXPECT_EQ(both.join().has_value(), !fails);
    EXPECT_EQ(ended, 4);
  }
}

TEST_F(TaskLocal, AFailureIsLoggedWhoseHandleGoesWhileTheValuesAreDestroyed) {
  std::vector<std::string> seen;
  weir::set_logger([&seen](weir::log_level, std::string_view text) { seen.emplace_back(text); });
  int ended = 0;
  weir::task_local<busy_end> local;
  {
    const auto task = weir::spawn([&]() -> weir::result<> {
      local.set(busy_end(ended));
      return weir::failure(weir::errc::busy);
    });
    EXPECT_FALSE(task.done());
  }
  EXPECT_TRUE(seen.empty());
  weir::testing::advance(1s);
  weir::set_logger({});
  EXPECT_EQ(ended, 1);
  EXPECT_EQ(seen.size(), 1U);
}

TEST_F(TaskLocal, IsThereWhileTheEndOfItsTaskIsDeferredAndLogged) {
  std::vector<std::string> seen;
  const auto note = [&seen] { seen.push_back(*request); };
  weir::set_logger([&note](weir::log_level, std::string_view) { note(); });
  weir::spawn({.name = "fails", .detached = true}, [&note]() -> weir::result<> {
    weir::defer(note);
    request.set("one");
    return weir::failure(weir::errc::busy);
  });
  weir::set_logger({});
  EXPECT_EQ(seen, std::vector<std::string>(2, "one"));
}

TEST(TaskLocalOfTheFirstTask, IsDestroyedWhenItsHubIs) {
  int ended = 0;
  weir::task_local<busy_end> local;
  {
    const weir::testing::virtual_hub hub;
    local.set(busy_end(ended));
  }
  EXPECT_EQ(ended, 1);
}

TEST(TaskLocalWithoutAHub, HasItsInitialValueAndCannotBeSet) {
  EXPECT_EQ(*request, "none");
  EXPECT_THROW(request.set("x"), std::logic_error);
  EXPECT_TRUE(weir::run([] { request.set("x"); }));
  EXPECT_EQ(*request, "none");
}

}  // namespace
