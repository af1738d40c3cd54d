// SPDX-License-Identifier: MIT
// How a hub ends: everything in it is cancelled and waited for.
#include <chrono>
#include <memory>
#include <set>
#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <weir/hub.hpp>
#include <weir/pause.hpp>
#include <weir/pipe.hpp>
#include <weir/run.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/testing.hpp>
#include <weir/wait.hpp>

#include "testing/captured_log.hpp"
#include "testing/counted.hpp"
#include "testing/holdings.hpp"

namespace {

using namespace std::chrono_literals;
using weir::errc;
using weir::testing::captured_log;
using weir::testing::counted;
using weir::testing::error_of;
using weir::testing::held_now;
using weir::testing::virtual_hub;

/// Spawns tasks that wait in every way there is, and never end by themselves.
class crowd {
 public:
  void add_one_of_each_kind() {
    add([] { static_cast<void>(weir::sleep(1h)); });
    add([] { static_cast<void>(weir::sleep({})); });
    add([] { static_cast<void>(weir::pause()); });
    add([this] { static_cast<void>(weir::wait("test").park(place_)); });
    add([this] { static_cast<void>(weir::wait("test").park(place_, 1h)); });
    add([this] {
      auto child = weir::spawn([this] {
        const counted here(alive);
        static_cast<void>(weir::pause());
      });
      static_cast<void>(child.await());
    });
    add([] {
      auto pipe = weir::pipe<int>();
      static_cast<void>(pipe.recv());
    });
    add([] {
      auto pipe = weir::pipe<int>();
      static_cast<void>(pipe.send(1));
    });
    add([] {
      while (weir::yield()) {
      }
    });
    tasks_.push_back(weir::spawn_later(1h, [held = counted(alive)] { FAIL() << "it ran"; }));
  }

  int alive = 0;

 private:
  template <class Function>
  void add(Function wait) {
    tasks_.push_back(weir::spawn([this, wait, held = counted(alive)] {
      const counted here(alive);
      wait();
    }));
  }

  weir::waiting_place place_;
  std::vector<weir::task<>> tasks_;
};

TEST(Teardown, StopEndsEveryKindOfWaitAndEveryDestructorRuns) {
  crowd all;
  const auto ran = weir::run([&all] {
    for (int round = 0; round < 100; ++round) all.add_one_of_each_kind();
    EXPECT_EQ(weir::stats().task_count, 1101U);
    EXPECT_GT(all.alive, 1000);
    weir::stop();
    return error_of(weir::sleep(1h));  // the calling task is cancelled as well
  });
  EXPECT_EQ(ran, make_error_code(errc::cancelled));
  EXPECT_EQ(all.alive, 0);
}

TEST(Teardown, NothingIsLeftOfWhatWasThere) {
  crowd all;
  const virtual_hub hub;
  const auto before = held_now();
  for (int round = 0; round < 20; ++round) all.add_one_of_each_kind();
  weir::stop();
  for (int round = 0; round < 10; ++round) weir::yield();
  EXPECT_EQ(held_now(), before);
  EXPECT_EQ(all.alive, 0);
}

TEST(Teardown, TheEndOfAHubCancelsAndWaits) {
  crowd all;
  {
    const virtual_hub hub;
    for (int round = 0; round < 20; ++round) all.add_one_of_each_kind();
  }
  EXPECT_EQ(all.alive, 0);
  {
    const weir::hub hub;
    for (int round = 0; round < 20; ++round) all.add_one_of_each_kind();
  }
  EXPECT_EQ(all.alive, 0);
}

TEST(Teardown, TheEndOfAHubWaitsForTasksThatTakeTheirTimeToEnd) {
  int steps = 0;
  {
    const virtual_hub hub;
    weir::spawn([&steps] {
      static_cast<void>(weir::sleep({}));
      for (; steps < 500; ++steps) weir::yield();
    });
  }
  EXPECT_EQ(steps, 500);
}

TEST(Teardown, RunEndsByItselfWithoutACancellation) {
  EXPECT_TRUE(weir::run([] {
    weir::spawn([] {
      weir::yield();
      EXPECT_TRUE(weir::sleep(1ms));
    });
  }));
}

TEST(Teardown, StopMayBeCalledByAnyTaskAndMoreThanOnce) {
  const auto ran = weir::run([] {
    auto stopper = weir::spawn_later(0s, [] {
      weir::stop();
      weir::stop();
      EXPECT_EQ(error_of(weir::yield()), errc::cancelled);
    });
    return error_of(weir::sleep(1h));
  });
  EXPECT_EQ(ran, make_error_code(errc::cancelled));
}

TEST(Teardown, SpawnSaysCancelledAndNeverRunsTheFunction) {
  captured_log log;
  int alive = 0;
  const auto ran = weir::run([&alive] {
    weir::stop();
    auto task = weir::spawn([held = counted(alive)] { FAIL() << "it ran"; });
    auto later = weir::spawn_later(0s, [held = counted(alive)] { FAIL() << "it ran"; });
    EXPECT_EQ(alive, 0);
    EXPECT_TRUE(task.done());
    EXPECT_TRUE(later.done());
    EXPECT_EQ(weir::stats().task_count, 1U);
  });
  EXPECT_TRUE(ran);
  EXPECT_EQ(log.messages(), std::vector<std::string>{});
}

TEST(Teardown, WhatSpawnReturnsSaysCancelledToAwait) {
  captured_log log;
  weir::task<int> task;
  weir::run([&task] {
    weir::stop();
    task = weir::spawn([] { return 1; });
  }).value();
  EXPECT_EQ(weir::run([&task] { return task.await(); }).error(), errc::cancelled);
  EXPECT_EQ(log.messages(), std::vector<std::string>{});  // and there is nothing to log
}

TEST(Teardown, ATaskThatHadNotRunYetNeverRuns) {
  int alive = 0;
  weir::run([&alive] {
    auto stopper = weir::spawn_later(0s, [] { weir::stop(); });
    // Queued behind the stopper.
    auto task = weir::spawn([held = counted(alive)] { FAIL() << "it ran"; });
    EXPECT_EQ(alive, 0);
    EXPECT_TRUE(task.done());
  }).value();
}

TEST(Teardown, DestructorsMaySpawnAndPark) {
  struct talkative {
    ~talkative() {
      EXPECT_EQ(error_of(weir::yield()), errc::cancelled);
      EXPECT_EQ(error_of(weir::sleep(1h)), errc::cancelled);
      EXPECT_EQ(error_of(weir::spawn([] {}).await()), errc::cancelled);
      ++*destroyed;
    }
    int* destroyed;
  };
  int destroyed = 0;
  {
    const virtual_hub hub;
    for (int number = 0; number < 10; ++number) {
      weir::spawn([&destroyed] {
        const talkative here{&destroyed};
        static_cast<void>(weir::sleep({}));
      });
    }
  }
  EXPECT_EQ(destroyed, 10);
}

TEST(Teardown, AnExceptionThatLeavesATaskIsLogged) {
  captured_log log;
  {
    const virtual_hub hub;
    weir::spawn([] {
      if (!weir::sleep({})) throw std::runtime_error("in the teardown");
    });
  }
  EXPECT_EQ(log.count("in the teardown"), 1U);
}

/// Parks while it is copied.
struct parks_when_copied {
  parks_when_copied() = default;
  parks_when_copied(const parks_when_copied& /*other*/) { weir::yield(); }
  parks_when_copied(parks_when_copied&&) = default;
  parks_when_copied& operator=(const parks_when_copied&) = delete;
  ~parks_when_copied() = default;
  void operator()() const { ADD_FAILURE() << "it ran"; }
};

TEST(Teardown, ATaskWhoseFunctionIsCopiedWhileItBeginsNeverRuns) {
  weir::run([] {
    const parks_when_copied function;
    auto stopper = weir::spawn_later(0s, [] { weir::stop(); });
    auto task = weir::spawn(function);
    EXPECT_EQ(error_of(task.await()), errc::cancelled);
  }).value();
}

/// Notes the stack on which it is destroyed.
class notes_its_stack {
 public:
  explicit notes_its_stack(std::set<const void*>& stacks) : stacks_(&stacks) {}
  notes_its_stack(notes_its_stack&& other) noexcept
      : stacks_(std::exchange(other.stacks_, nullptr)) {}
  notes_its_stack& operator=(notes_its_stack&&) = delete;
  ~notes_its_stack() {
    if (stacks_ != nullptr) stacks_->insert(weir::detail::this_hub->current->stack);
  }
  void operator()() const { ADD_FAILURE() << "it ran"; }

 private:
  std::set<const void*>* stacks_;
};

TEST(Teardown, ManyTasksThatHaveNotStartedEndOnAFewStacks) {
  std::set<const void*> stacks;
  weir::run([&stacks] {
    for (int number = 0; number < 1000; ++number) {
      weir::spawn_later(1h, notes_its_stack(stacks));
    }
    weir::stop();
    EXPECT_EQ(weir::stats().task_count, 1001U);
    EXPECT_EQ(weir::stats().ready_count, 1000U);
  }).value();
  EXPECT_GT(stacks.size(), 0U);
  EXPECT_LE(stacks.size(), 100U);
}

}  // namespace
