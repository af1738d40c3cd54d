// SPDX-License-Identifier: MIT
// What happens when every task waits and nothing can ever wake one.
#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include <weir/all.hpp>
#include <weir/hub.hpp>
#include <weir/pause.hpp>
#include <weir/pipe.hpp>
#include <weir/race.hpp>
#include <weir/run.hpp>
#include <weir/scope.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/testing.hpp>
#include <weir/wait.hpp>

#include "testing/captured_log.hpp"
#include "testing/child_process.hpp"
#include "testing/holdings.hpp"

namespace {

using namespace std::chrono_literals;
using weir::errc;
using weir::testing::captured_log;
using weir::testing::error_of;

TEST(Deadlock, TheMainTasksWaitSaysSo) {
  captured_log log;
  const auto ran = weir::run([] { return weir::pause(); });
  EXPECT_EQ(error_of(ran), errc::deadlock);
  EXPECT_EQ(error_of(ran), std::errc::resource_deadlock_would_occur);
  EXPECT_EQ(log.count("all tasks are waiting"), 1U);
}

TEST(Deadlock, EveryKindOfWaitOfTheMainTaskSaysSo) {
  captured_log log;
  weir::run([] {
    auto pipe = weir::pipe<int>();
    weir::waiting_place place;
    auto child = weir::spawn([] { return weir::pause(); });
    EXPECT_EQ(error_of(weir::pause<int>()), errc::deadlock);
    EXPECT_EQ(error_of(weir::sleep({})), errc::deadlock);
    EXPECT_EQ(error_of(pipe.recv()), errc::deadlock);
    EXPECT_EQ(error_of(pipe.send(1)), errc::deadlock);
    EXPECT_EQ(error_of(weir::wait("test").park(place)), errc::deadlock);
    EXPECT_TRUE(place.empty());
    EXPECT_EQ(error_of(child.await()), errc::deadlock);
    child.cancel();
    EXPECT_EQ(error_of(child.await()), errc::cancelled);  // that can be awaited again
  }).value();
  EXPECT_EQ(log.count("all tasks are waiting"), 6U);
}

TEST(Deadlock, TheReportListsEveryTaskWithWhatItWaitsFor) {
  captured_log log;
  weir::run([] {
    auto pipe = weir::pipe<int>();
    auto receiver = weir::spawn({.name = "receiver"}, [&pipe] { return error_of(pipe.recv()); });
    auto paused = weir::spawn({.name = "paused"}, [] { return error_of(weir::pause()); });
    EXPECT_EQ(error_of(weir::pause()), errc::deadlock);
    receiver.cancel();
    paused.cancel();
  }).value();
  ASSERT_EQ(log.messages().size(), 1U);
  const std::string report = log.messages().front();
  for (const char* part : {"\"main\"", "\"receiver\"", "\"paused\"", "pipe.recv", "waits for pause",
                           "deadlock_test.cpp:"}) {
    EXPECT_NE(report.find(part), std::string::npos) << part << " is not in " << report;
  }
}

TEST(Deadlock, AThreadThatIsATaskIsTold) {
  captured_log log;
  const weir::hub hub;
  EXPECT_EQ(error_of(weir::pause()), errc::deadlock);
  EXPECT_EQ(log.count("all tasks are waiting"), 1U);
  EXPECT_EQ(log.count("spawned at :0"), 0U);  // no task spawned the thread
}

TEST(Deadlock, AVirtualHubSeesItToo) {
  captured_log log;
  const weir::testing::virtual_hub hub;
  EXPECT_EQ(error_of(weir::pause()), errc::deadlock);
}

TEST(Deadlock, TasksThatAreStuckWhenMainHasEndedAreCancelled) {
  captured_log log;
  std::vector<std::error_code> told;
  const auto ran = weir::run([&told] {
    for (int number = 0; number < 3; ++number) {
      weir::spawn({.name = "stuck"}, [&told] { told.push_back(error_of(weir::pause())); });
    }
    return 5;
  });
  EXPECT_EQ(ran, 5);
  EXPECT_EQ(told, std::vector<std::error_code>(3, errc::cancelled));
  EXPECT_EQ(log.count("all tasks are waiting"), 1U);
  EXPECT_EQ(log.count("\"stuck\""), 1U);
}

TEST(Deadlock, TheSameOneIsReportedOnce) {
  captured_log log;
  weir::run([] {
    for (int time = 0; time < 10; ++time) EXPECT_EQ(error_of(weir::pause()), errc::deadlock);
  }).value();
  EXPECT_EQ(log.count("all tasks are waiting"), 1U);
}

TEST(Deadlock, OneOfOtherTasksIsAnother) {
  captured_log log;
  weir::run([] {
    weir::waiting_place place;
    for (int time = 0; time < 3; ++time) {
      auto other = weir::spawn([&place] { return weir::wait("test").park(place); });
      EXPECT_EQ(error_of(weir::pause()), errc::deadlock);
      place.wake_all();
      EXPECT_TRUE(other.await());
    }
  }).value();
  EXPECT_EQ(log.count("all tasks are waiting"), 3U);
}

TEST(Deadlock, OneOfOtherWaitsIsAnother) {
  captured_log log;
  weir::run([] {
    const int object = 0;
    const int other = 0;
    EXPECT_EQ(error_of(weir::wait("one", &object).park()), errc::deadlock);
    EXPECT_EQ(error_of(weir::wait("two", &object).park()), errc::deadlock);
    EXPECT_EQ(error_of(weir::wait("two", &other).park()), errc::deadlock);
  }).value();
  EXPECT_EQ(log.count("all tasks are waiting"), 3U);
}

TEST(Deadlock, AMainTaskThatGoesOnWaitingIsStopped) {
  captured_log log;
  int told = 0;
  std::error_code other_told;
  const auto ran = weir::run([&] {
    weir::spawn([&other_told] { other_told = error_of(weir::pause()); });
    while (error_of(weir::pause()) == errc::deadlock) ++told;
    return error_of(weir::pause());
  });
  EXPECT_EQ(told, 1000);
  EXPECT_EQ(ran, make_error_code(errc::cancelled));
  EXPECT_EQ(other_told, errc::cancelled);
  EXPECT_EQ(log.count("all tasks are waiting"), 1U);
  EXPECT_EQ(log.count("task 1 \"main\""), 2U);
  EXPECT_EQ(log.count("was told 1000 times in a row"), 1U);
  EXPECT_EQ(log.messages().size(), 2U);
}

TEST(Deadlock, IsToldWithTheTasksAsATree) {
  captured_log log;
  static_cast<void>(weir::run([] {
    weir::spawn({.name = "parent"}, [] {
      weir::yield();
      weir::spawn({.name = "child"}, [] { static_cast<void>(weir::pause()); });
      static_cast<void>(weir::pause());
    });
    weir::spawn({.name = "other"}, [] { static_cast<void>(weir::pause()); });
    static_cast<void>(weir::pause());
  }));
  ASSERT_FALSE(log.messages().empty());
  const std::string told = log.messages().front();
  const auto parent = told.find("\n  task 2 \"parent\"");
  const auto child = told.find("\n    task 4 \"child\"");
  const auto other = told.find("\n  task 3 \"other\"");
  EXPECT_LT(told.find("\ntask 1 \"main\""), parent) << told;
  EXPECT_LT(parent, child) << told;
  EXPECT_LT(child, other) << told;
  EXPECT_NE(other, std::string::npos) << told;
}

TEST(Deadlock, AMainTaskThatListensToNothingIsAbandoned) {
  captured_log log;
  const auto ran = weir::run([]() -> int {
    for (;;) static_cast<void>(weir::pause());
  });
  EXPECT_EQ(error_of(ran), errc::cancelled);
  EXPECT_EQ(log.count("abandoned"), 1U);
}

TEST(Deadlock, AThreadThatIsATaskIsToldInATeardownWhateverItsWait) {
  const auto child = weir::testing::in_child([] {
    ::alarm(30);
    const weir::testing::virtual_hub hub;
    weir::stop();
    weir::wait here("a wait that is not cancellable");
    here.set_cancellable(false);
    return error_of(here.park()) == errc::deadlock ? 0 : 1;
  });
  EXPECT_TRUE(child.exited_with(0)) << child.status;
}

TEST(Deadlock, AMainTaskThatLetsTimePassBetweenIsNotStopped) {
  captured_log log;
  const weir::testing::virtual_hub hub;
  for (int time = 0; time < 1500; ++time) {
    EXPECT_EQ(error_of(weir::pause()), errc::deadlock);
    EXPECT_TRUE(weir::sleep(1ms));
  }
  EXPECT_EQ(log.messages().size(), 1U);
}

TEST(Deadlock, ThereIsNoneWhileATimerIsSet) {
  captured_log log;
  const weir::testing::virtual_hub hub;
  auto stuck = weir::spawn([] { return weir::pause(); });
  EXPECT_TRUE(weir::sleep(24h * 365));
  auto later = weir::spawn_later(1h, [&stuck] { stuck.cancel(); });
  EXPECT_EQ(error_of(stuck.await()), errc::cancelled);
  EXPECT_EQ(log.messages(), std::vector<std::string>{});
}

TEST(Deadlock, AJoinOfTheMainTaskFailsWithIt) {
  captured_log log;
  weir::run([] {
    const auto wait = [] { return weir::pause(); };
    EXPECT_EQ(error_of(weir::all(wait, wait)), errc::deadlock);
    EXPECT_EQ(error_of(weir::race(wait, wait)), errc::deadlock);
    weir::scope scope;
    scope.spawn(wait);
    EXPECT_EQ(error_of(scope.join()), errc::deadlock);
  }).value();
  EXPECT_EQ(log.count("all tasks are waiting"), 3U);
  EXPECT_EQ(log.messages().size(), 3U);
}

TEST(Deadlock, AJoinInAJoinFailsWithIt) {
  const captured_log log;
  weir::run([] {
    const auto wait = [] { return weir::pause(); };
    const auto twice = [wait] { return weir::all(wait); };
    EXPECT_EQ(error_of(weir::race([twice] { return weir::all(twice); })), errc::deadlock);
  }).value();
}

TEST(Deadlock, OneTaskOfAJoinIsToldAndMayWakeTheOthers) {
  const captured_log log;
  const auto ended = weir::run([] {
    weir::waiting_place place;
    return weir::all([&place] { return weir::wait("test").park(place); },
                     [&place]() -> weir::result<> {
                       const auto got = weir::pause();
                       place.wake_all();
                       return got;
                     });
  });
  // The first is told; the second then is cancelled, as after any failure.
  EXPECT_EQ(error_of(ended), errc::deadlock);
  const auto mended = weir::run([] {
    weir::waiting_place place;
    return weir::all(
        [&place] {
          EXPECT_EQ(error_of(weir::pause()), errc::deadlock);
          place.wake_all();
        },
        [&place] { return weir::wait("test").park(place); });
  });
  EXPECT_TRUE(mended);
}

TEST(Deadlock, TheEndOfAScopeEndsWithIt) {
  captured_log log;
  std::vector<std::error_code> told;
  weir::run([&told] {
    weir::scope scope;
    for (int number = 0; number < 3; ++number) {
      scope.spawn([&told] { told.push_back(error_of(weir::pause())); });
    }
  }).value();
  EXPECT_EQ(told, std::vector<std::error_code>(3, errc::deadlock));
}

TEST(Deadlock, AJoinOfTasksThatGoOnWaitingIsStopped) {
  captured_log log;
  int told = 0;
  const auto ended = weir::run([&told] {
    return weir::all([&told] {
      std::error_code last;
      do {
        last = error_of(weir::pause());
        if (last == errc::deadlock) ++told;
      } while (last != errc::cancelled);
      return last;
    });
  });
  EXPECT_EQ(told, 1000);
  EXPECT_TRUE(ended);
  EXPECT_EQ(log.count("was told 1000 times in a row"), 1U);
}

TEST(Deadlock, AWaitThatNothingMayEndIsPassedOver) {
  const captured_log log;
  weir::run([] {
    weir::waiting_place place;
    EXPECT_EQ(error_of(weir::all(
                  [&place] {
                    weir::wait here("test");
                    here.set_cancellable(false);
                    EXPECT_TRUE(here.park(place));
                  },
                  [&place]() -> weir::result<> {
                    const auto got = weir::pause();
                    place.wake_all();
                    return got;
                  })),
              errc::deadlock);
  }).value();
}

TEST(Deadlock, TheLoggerMayMendIt) {
  // What it calls runs in the hub's loop, where nothing parks.
  const weir::testing::virtual_hub hub;
  weir::task_ref ref;
  auto stuck = weir::spawn([&ref] {
    ref = weir::current();
    return weir::pause<int>();
  });
  std::error_code told;
  weir::set_logger([&ref, &told](weir::log_level, std::string_view) {
    told = error_of(weir::sleep(1s));
    EXPECT_TRUE(weir::switch_to(ref, 7));
  });
  EXPECT_EQ(stuck.await(), 7);
  weir::set_logger({});
  EXPECT_EQ(told, errc::cancelled);
}

}  // namespace
