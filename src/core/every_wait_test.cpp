// SPDX-License-Identifier: MIT
// Every kind of wait is ended by a cancellation, of its task or of a token: nothing is taken, and
// nothing remains.
#include <algorithm>
#include <cctype>
#include <chrono>
#include <initializer_list>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <weir/wait.hpp>

#include "core/every_wait_suite.hpp"
#include "core/hub_core.hpp"
#include "net/every_io_wait_suite.hpp"

namespace weir::testing {
namespace {

using namespace std::chrono_literals;

/// Those of which a cancellation does one of these things.
auto those_that(std::initializer_list<on_cancellation> any_of) {
  std::vector<kind_of_wait> every = channel_waits();
  for (auto& each : task_waits()) every.push_back(std::move(each));
  for (auto& each : io_waits()) every.push_back(std::move(each));
  std::erase_if(every, [any_of](const kind_of_wait& each) {
    return std::ranges::find(any_of, each.what) == any_of.end();
  });
  return ::testing::ValuesIn(every);
}

std::string name_of(const ::testing::TestParamInfo<kind_of_wait>& kind) {
  std::string name = kind.param.name;
  std::erase_if(name, [](unsigned char each) { return std::isalnum(each) == 0; });
  return name;
}

/// Of the wait that the task is parked in; empty where it is not.
template <class R>
std::string place_of(const task<R>& of) {
  const auto& alive = detail::hub_core::here().alive;
  for (const detail::task_record* each = alive.first(); each != nullptr;
       each = alive.after(*each)) {
    if (each->id == of.id()) return each->parked_on == nullptr ? "" : each->parked_on->what();
  }
  return "";
}

/// Waits for a task that is to end without any time passing. The limit is for one that waits for an
/// fd, and does not end.
template <class R>
auto await_at_once(task<R>& ending) {
  const time_point before = now();
  auto ended = ending.await(1h);
  EXPECT_EQ(now(), before);
  return ended;
}

class EveryWait : public ::testing::TestWithParam<kind_of_wait> {
 private:
  virtual_hub hub_{{.shuffle_seed = {}, .faults = GetParam().faults, .hub = {}}};
};

class WaitThatMayBeCancelled : public EveryWait {};
class WaitWithAToken : public EveryWait {};
class WaitThatCannotFail : public EveryWait {};
class CallThatNeverWaits : public EveryWait {};

using enum on_cancellation;
INSTANTIATE_TEST_SUITE_P(Each, WaitThatMayBeCancelled, those_that({ends, passes_on}), name_of);
INSTANTIATE_TEST_SUITE_P(Each, WaitWithAToken, those_that({ends}), name_of);
INSTANTIATE_TEST_SUITE_P(Each, WaitThatCannotFail, those_that({stays}), name_of);
INSTANTIATE_TEST_SUITE_P(Each, CallThatNeverWaits, those_that({never_waits}), name_of);

TEST_P(WaitThatMayBeCancelled, EndsWithItsTask) {
  const waiting_call waiting = GetParam().make();
  const holdings before = held_now();
  auto task = spawn([&waiting] { return waiting.call({}); });
  settle();
  ASSERT_EQ(place_of(task), GetParam().name);
  task.cancel();
  ASSERT_EQ(await_at_once(task), errc::cancelled);
  EXPECT_EQ(held_now(), before);
  waiting.nothing_taken();
}

TEST_P(WaitThatMayBeCancelled, IsRefusedToACancelledTask) {
  const waiting_call waiting = GetParam().make();
  const holdings before = held_now();
  auto task = spawn([&waiting] {
    static_cast<void>(sleep(1h));
    return waiting.call({});
  });
  settle();
  task.cancel();
  EXPECT_EQ(task.await(), errc::cancelled);
  EXPECT_EQ(held_now(), before);
  waiting.nothing_taken();
}

TEST_P(WaitWithAToken, EndsWithItAndTheTaskGoesOn) {
  for (const bool with_time : {false, true}) {
    const waiting_call waiting = GetParam().make();
    const holdings before = held_now();
    const cancel_token token;
    auto task = spawn([&waiting, &token, with_time] {
      const auto ended = waiting.call(with_time ? until(1h, token) : until(token));
      EXPECT_TRUE(yield());
      return ended;
    });
    settle();
    ASSERT_EQ(place_of(task), GetParam().name);
    token.cancel();
    ASSERT_EQ(await_at_once(task), errc::cancelled);
    EXPECT_EQ(held_now(), before);
    waiting.nothing_taken();
    if (!GetParam().faults.empty()) break;  // there were so many only
  }
}

TEST_P(WaitThatMayBeCancelled, EndsWithALimitOfItsTask) {
  const waiting_call waiting = GetParam().make();
  const holdings before = held_now();
  const cancel_token token;
  auto task = spawn([&waiting, &token] {
    const auto ended = with_timeout(token, [&waiting] { return waiting.call({}); });
    EXPECT_TRUE(yield());
    return ended;
  });
  settle();
  ASSERT_EQ(place_of(task), GetParam().name);
  token.cancel();
  ASSERT_EQ(await_at_once(task), errc::cancelled);
  EXPECT_EQ(held_now(), before);
  waiting.nothing_taken();
}

TEST_P(WaitThatCannotFail, GoesOnInACancelledTask) {
  const waiting_call waiting = GetParam().make();
  const holdings before = held_now();
  auto task = spawn([&waiting] { return waiting.call({}); });
  ASSERT_EQ(place_of(task), GetParam().name);
  task.cancel();
  static_cast<void>(yield());
  EXPECT_EQ(place_of(task), GetParam().name);
  waiting.release();
  EXPECT_EQ(task.await(), std::error_code{});
  EXPECT_EQ(held_now(), before);
  waiting.nothing_taken();
}

TEST_P(CallThatNeverWaits, EndsByItself) {
  const waiting_call waiting = GetParam().make();
  auto task = spawn([&waiting] { return waiting.call({}); });
  EXPECT_EQ(place_of(task), "");
  EXPECT_EQ(task.await(), std::error_code{});
}

TEST(WaitApart, TheEndOfAHubGoesOnThoughItsTaskIsCancelled) {
  bool ended = false;
  {
    const virtual_hub hub;
    spawn([&ended] {
      static_cast<void>(sleep(until{}));
      auto& core = detail::hub_core::here();
      EXPECT_STREQ(core.thread_task().parked_on->what(), "hub.all_ended");
      core.cancel(core.thread_task());
      for (int turn = 0; turn < 3; ++turn)
        static_cast<void>(shielded(1h, [] { return sleep(1s); }));
      ended = true;
    });
  }
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace weir::testing
