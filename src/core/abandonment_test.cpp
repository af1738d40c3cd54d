// SPDX-License-Identifier: MIT
// What becomes, when a hub ends, of tasks that do not: they are abandoned, and that is told.
#include <chrono>
#include <stdexcept>
#include <string_view>

#include <gtest/gtest.h>

#include <weir/hub.hpp>
#include <weir/log.hpp>
#include <weir/pause.hpp>
#include <weir/pipe.hpp>
#include <weir/run.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/task.hpp>
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
using weir::testing::virtual_hub;

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
  EXPECT_EQ(log.count("abandonment_test.cpp"), 1U);
}

TEST(Abandonment, ATaskThatIgnoresRefusedSleepsIsAbandoned) {
  expect_abandoned([] { static_cast<void>(weir::sleep(1h)); });
}

TEST(Abandonment, ATaskThatIgnoresRefusedYieldsIsAbandoned) {
  expect_abandoned([] { weir::yield(); });
}

TEST(Abandonment, ATaskThatIgnoresRefusedPausesIsAbandoned) {
  expect_abandoned([] { static_cast<void>(weir::pause<int>()); });
}

TEST(Abandonment, ATaskThatIgnoresRefusedReceivesIsAbandoned) {
  expect_abandoned([] {
    auto pipe = weir::pipe<int>();
    static_cast<void>(pipe.recv());
  });
}

TEST(Abandonment, ATaskThatIgnoresRefusedSpawnsIsAbandoned) {
  expect_abandoned([] { weir::spawn([] {}); });
}

TEST(Abandonment, ATaskThatIgnoresItInACatchBlockIsAbandoned) {
  expect_abandoned([] {
    try {
      throw std::runtime_error("handled for ever");
    } catch (const std::exception&) {
      for (;;) static_cast<void>(weir::sleep(1h));
    }
  });
}

TEST(Abandonment, ATaskThatEndsBeforeAThousandRefusalsIsNotAbandoned) {
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

TEST(Abandonment, WhoeverJoinsAnAbandonedTaskIsToldCancelled) {
  captured_log log;
  EXPECT_EQ(error_of(weir::run([]() -> int {
              weir::stop();
              ignore_cancellation([] { static_cast<void>(weir::sleep(1h)); });
            })),
            errc::cancelled);
  EXPECT_EQ(log.count("abandoned"), 1U);
}

TEST(Abandonment, OtherHubsAreNotDisturbedByAnAbandonedTask) {
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

TEST(Abandonment, ALoggerThatParksMayReportAnAbandonedTask) {
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

TEST(Abandonment, ATaskThatNothingCanWakeIsAbandoned) {
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

TEST(Abandonment, TasksThatNothingCanWakeAreAllAbandonedTheirJoinersToo) {
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

TEST(Abandonment, ATaskAbandonedWhileItJoinsAnotherIsNotTheOneThatJoins) {
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

TEST(Abandonment, ALoggerCannotWakeTheTaskThatItIsToldIsAbandoned) {
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

}  // namespace
