// SPDX-License-Identifier: MIT
// How a hub ends: everything in it is cancelled and waited for, and what does not end is abandoned.
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
#include "testing/holdings.hpp"

namespace {

using namespace std::chrono_literals;
using weir::errc;
using weir::testing::captured_log;
using weir::testing::error_of;
using weir::testing::held_now;
using weir::testing::virtual_hub;

/// Counts those alive.
class counted {
 public:
  explicit counted(int& alive) : alive_(&alive) { ++*alive_; }
  counted(const counted& other) : alive_(other.alive_) { ++*alive_; }
  counted& operator=(const counted&) = delete;
  ~counted() { --*alive_; }

 private:
  int* alive_;
};

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

/// Goes on whatever it is told, in one of several ways.
template <class Call>
[[noreturn]] void ignore_cancellation(Call call) {
  for (;;) call();
}

template <class Call>
void expect_abandoned(Call call) {
  captured_log log;
  int alive = 0;
  int cleaned_up = 0;
  {
    const virtual_hub hub;
    weir::spawn({.name = "stubborn"}, [call] { ignore_cancellation(call); });
    weir::spawn([&alive, &cleaned_up] {
      const counted here(alive);
      static_cast<void>(weir::sleep({}));
      for (; cleaned_up < 200; ++cleaned_up) weir::yield();
    });
  }
  EXPECT_EQ(cleaned_up, 200);
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(log.count("\"stubborn\""), 1U);
  EXPECT_EQ(log.count("abandoned"), 1U);
  EXPECT_EQ(log.count("teardown_test.cpp"), 1U);
}

TEST(Teardown, ATaskThatIgnoresRefusedSleepsIsAbandoned) {
  expect_abandoned([] { static_cast<void>(weir::sleep(1h)); });
}

TEST(Teardown, ATaskThatIgnoresRefusedYieldsIsAbandoned) {
  expect_abandoned([] { weir::yield(); });
}

TEST(Teardown, ATaskThatIgnoresRefusedPausesIsAbandoned) {
  expect_abandoned([] { static_cast<void>(weir::pause<int>()); });
}

TEST(Teardown, ATaskThatIgnoresRefusedReceivesIsAbandoned) {
  expect_abandoned([] {
    auto pipe = weir::pipe<int>();
    static_cast<void>(pipe.recv());
  });
}

TEST(Teardown, ATaskThatIgnoresRefusedSpawnsIsAbandoned) {
  expect_abandoned([] { weir::spawn([] {}); });
}

TEST(Teardown, ATaskThatIgnoresItInACatchBlockIsAbandoned) {
  expect_abandoned([] {
    try {
      throw std::runtime_error("handled for ever");
    } catch (const std::exception&) {
      for (;;) static_cast<void>(weir::sleep(1h));
    }
  });
}

TEST(Teardown, ATaskThatEndsBeforeAThousandRefusalsIsNotAbandoned) {
  captured_log log;
  int calls = 0;
  {
    const virtual_hub hub;
    weir::spawn([&calls] {
      static_cast<void>(weir::sleep({}));
      for (; calls < 900; ++calls) static_cast<void>(weir::sleep(1h));
    });
  }
  EXPECT_EQ(calls, 900);
  EXPECT_EQ(log.messages(), std::vector<std::string>{});
}

TEST(Teardown, WhoeverJoinsAnAbandonedTaskIsToldCancelled) {
  captured_log log;
  EXPECT_EQ(error_of(weir::run([]() -> int {
              weir::stop();
              ignore_cancellation([] { static_cast<void>(weir::sleep(1h)); });
            })),
            errc::cancelled);
  EXPECT_EQ(log.count("abandoned"), 1U);
}

TEST(Teardown, OtherHubsAreNotDisturbedByAnAbandonedTask) {
  captured_log log;
  for (int round = 0; round < 5; ++round) {
    EXPECT_EQ(error_of(weir::run([]() -> int {
                weir::stop();
                ignore_cancellation([] { static_cast<void>(weir::sleep(1h)); });
              })),
              errc::cancelled);
    EXPECT_EQ(weir::run([] { return weir::spawn([] { return 1; }).await(); }), 1);
  }
}

TEST(Teardown, ALoggerThatParksMayReportAnAbandonedTask) {
  int said = 0;
  weir::set_logger([&said](weir::log_level, std::string_view) {
    ++said;
    static_cast<void>(weir::sleep(1h));
    weir::yield();
  });
  {
    const virtual_hub hub;
    weir::spawn([] { ignore_cancellation([] { static_cast<void>(weir::sleep(1h)); }); });
  }
  weir::set_logger({});
  EXPECT_EQ(said, 1);
}

TEST(Teardown, ATaskThatNothingCanWakeIsAbandoned) {
  captured_log log;
  {
    const virtual_hub hub;
    weir::spawn({.name = "stuck"}, [] {
      weir::wait here("a wait that is not cancellable");
      here.set_cancellable(false);
      static_cast<void>(here.park());
      ADD_FAILURE() << "it was woken";
    });
  }
  EXPECT_EQ(log.count("\"stuck\""), 2U);  // listed as waiting, then abandoned
  EXPECT_EQ(log.count("abandoned"), 1U);
  EXPECT_EQ(log.count("after 0 calls"), 0U);
}

TEST(Teardown, TasksThatNothingCanWakeAreAllAbandonedTheirJoinersToo) {
  captured_log log;
  {
    const virtual_hub hub;
    weir::task<> stuck;
    const auto park = [] {
      weir::wait here("test");
      here.set_cancellable(false);
      static_cast<void>(here.park());
    };
    for (int number = 0; number < 10; ++number) weir::spawn(park);
  }
  EXPECT_EQ(log.count("abandoned"), 10U);
}

TEST(Teardown, ATaskAbandonedWhileItJoinsAnotherIsNotTheOneThatJoins) {
  captured_log log;
  int alive = 0;
  {
    const virtual_hub hub;
    weir::spawn([&alive] {
      const counted here(alive);
      auto child = weir::spawn([] {
        weir::wait stuck("stuck");
        stuck.set_cancellable(false);
        static_cast<void>(stuck.park());
      });
      weir::detail::await_wait<void> joining("join");
      joining.set_cancellable(false);
      static_cast<void>(joining.park(child.state({}).record->joiners));
    });
    weir::testing::settle();
  }
  EXPECT_EQ(alive, 0);  // it was told, and its destructors ran
  EXPECT_EQ(log.count("abandoned"), 1U);
}

TEST(Teardown, ALoggerCannotWakeTheTaskThatItIsToldIsAbandoned) {
  weir::waiting_place place;
  int woken = 0;
  weir::set_logger([&place](weir::log_level, std::string_view text) {
    if (text.find("is abandoned") != std::string_view::npos) place.wake_all();
  });
  {
    const virtual_hub hub;
    weir::spawn([&] {
      for (;; ++woken) {
        weir::wait here("stuck");
        here.set_cancellable(false);
        static_cast<void>(here.park(place));
      }
    });
  }
  weir::set_logger({});
  EXPECT_EQ(woken, 0);
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
