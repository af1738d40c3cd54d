// SPDX-License-Identifier: MIT
// A hand-over, a cancellation and a timeout that fall in one tick: the first counts, the others do
// nothing, and nothing is lost.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <weir/pause.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/testing.hpp>
#include <weir/wait.hpp>

#include "core/hub_core.hpp"
#include "testing/holdings.hpp"
#include "testing/random_schedule.hpp"

namespace {

using namespace std::chrono_literals;
using weir::errc;
using weir::testing::error_of;
using weir::testing::held_now;

constexpr std::chrono::nanoseconds limit = 1s;  // of every wait here

enum class event : std::uint8_t { hand_over, hand_over_again, cancel, time_out };
constexpr std::array all_events{event::hand_over, event::hand_over_again, event::cancel,
                                event::time_out};

std::string name_of(event happened) {
  constexpr std::array names{"hand-over", "hand-over again", "cancel", "timeout"};
  return names[static_cast<std::size_t>(happened)];
}

/// A task that waits, for at most `limit`, to be handed something.
class waiting_task {
 public:
  waiting_task() = default;
  waiting_task(const waiting_task&) = delete;
  waiting_task& operator=(const waiting_task&) = delete;
  virtual ~waiting_task() = default;

  virtual void hand_over() = 0;
  void cancel() { task_.cancel(); }
  /// How the wait ended; none when something was handed over.
  std::error_code outcome() { return task_.await().value(); }
  /// What `outcome` is when `first` happens first.
  [[nodiscard]] virtual std::error_code expected(event first) const {
    if (first == event::time_out) return errc::timed_out;
    if (first == event::cancel) return errc::cancelled;
    return {};
  }

 protected:
  weir::task<std::error_code> task_;
};

/// Nothing can be handed to it; that its time has come is its success.
class sleeping final : public waiting_task {
 public:
  sleeping() {
    task_ = weir::spawn([] { return error_of(weir::sleep(limit)); });
  }
  void hand_over() override {}
  [[nodiscard]] std::error_code expected(event first) const override {
    return first == event::cancel ? make_error_code(errc::cancelled) : std::error_code{};
  }
};

class paused_task final : public waiting_task {
 public:
  paused_task() {
    task_ = weir::spawn([this] {
      ref_ = weir::current();
      const auto resumed = weir::pause<std::unique_ptr<int>>(limit);
      EXPECT_EQ(resumed.has_value(), handed_);
      EXPECT_EQ(resumed ? **resumed : 7, 7);
      return error_of(resumed);
    });
  }
  void hand_over() override {
    auto seven = std::make_unique<int>(7);
    const bool taken = weir::resume(ref_, std::move(seven)).has_value();
    EXPECT_EQ(seven == nullptr, taken);  // NOLINT(bugprone-use-after-move): that is the point
    EXPECT_FALSE(taken && handed_);
    handed_ = handed_ || taken;
  }

 private:
  weir::task_ref ref_;
  bool handed_ = false;
};

/// Awaits a child, which hands its result over by ending.
class awaiting final : public waiting_task {
 public:
  awaiting() {
    child_ = weir::spawn([this] {
      ref_ = weir::current();
      EXPECT_TRUE(weir::pause());
      return 7;
    });
    task_ = weir::spawn([this] {
      const auto result = child_.await(limit);
      EXPECT_EQ(result.value_or(7), 7);
      taken_ = result.has_value();
      return error_of(result);
    });
  }
  ~awaiting() override {
    static_cast<void>(weir::resume(ref_));
    if (taken_) {
      EXPECT_THROW(static_cast<void>(child_.await()), std::logic_error);
    } else {
      EXPECT_EQ(child_.await(), 7);  // what nobody took is still there
    }
  }
  void hand_over() override {
    const bool was_done = child_.done();
    EXPECT_EQ(weir::switch_to(ref_).has_value(), !was_done);
    EXPECT_TRUE(child_.done());
  }

 private:
  weir::task<int> child_;
  weir::task_ref ref_;
  bool taken_ = false;
};

/// Waits in a place, by the primitive that all others are made of.
class waiting_in_a_place final : public waiting_task {
 public:
  waiting_in_a_place() {
    task_ = weir::spawn([this] { return error_of(weir::wait("test").park(place_, limit)); });
  }
  ~waiting_in_a_place() override { EXPECT_TRUE(place_.empty()); }
  void hand_over() override {
    const bool waits = !place_.empty();
    EXPECT_FALSE(waits && woken_);
    EXPECT_EQ(place_.wake_one(), waits);
    woken_ = true;
    EXPECT_TRUE(place_.empty());
  }

 private:
  weir::waiting_place place_;
  bool woken_ = false;
};

/// Moves the clock beyond every deadline set so far, and has the loop look; tasks that are ready
/// run only then.
void time_out_all() {
  EXPECT_TRUE(weir::detail::hub_core::here().clock->leap(limit));
  weir::yield();
}

void apply(event happens, waiting_task& to) {
  switch (happens) {
    case event::hand_over:
    case event::hand_over_again: to.hand_over(); break;
    case event::cancel: to.cancel(); break;
    case event::time_out: time_out_all(); break;
  }
}

template <class Task>
void expect_first_of(const std::array<event, 4>& events, std::size_t skipped) {
  const weir::testing::virtual_hub hub;
  const auto before = held_now();
  {
    Task task;
    weir::testing::settle();  // it is parked, and its deadline counts from now
    for (std::size_t at = skipped; at < events.size(); ++at) apply(events[at], task);
    EXPECT_EQ(task.outcome(), task.expected(events[skipped]));
  }
  EXPECT_EQ(held_now(), before);
}

/// Every order of every choice of events.
template <class Task>
void expect_first_counts(bool can_be_handed = true) {
  auto events = all_events;
  do {
    for (std::size_t skipped = 0; skipped < events.size(); ++skipped) {
      if (!can_be_handed && events[skipped] < event::cancel) continue;
      std::string order;
      for (std::size_t at = skipped; at < events.size(); ++at) order += name_of(events[at]) + ", ";
      SCOPED_TRACE(order);
      expect_first_of<Task>(events, skipped);
    }
  } while (std::next_permutation(events.begin(), events.end()));
}

TEST(SameTick, TheFirstEventOfASleepCounts) { expect_first_counts<sleeping>(false); }
TEST(SameTick, TheFirstEventOfAPauseCounts) { expect_first_counts<paused_task>(); }
TEST(SameTick, TheFirstEventOfAnAwaitCounts) { expect_first_counts<awaiting>(); }
TEST(SameTick, TheFirstEventOfAWaitCounts) { expect_first_counts<waiting_in_a_place>(); }

TEST(SameTick, TimeoutAndHandOverByATimerOfTheSameMomentComeInTheOrderTheyWereSet) {
  for (const bool timeout_first : {true, false}) {
    const weir::testing::virtual_hub hub;
    const auto before = held_now();
    weir::waiting_place place;
    const auto hand_over = [&place] {
      EXPECT_TRUE(weir::sleep(limit));
      place.wake_one();
    };
    const auto wait = [&place] { return error_of(weir::wait("test").park(place, limit)); };
    weir::task<> waker;
    if (!timeout_first) waker = weir::spawn(hand_over);
    auto waiting = weir::spawn(wait);
    if (timeout_first) waker = weir::spawn(hand_over);
    // Both timers expire in one look, so the deadline counts in both cases: the waker has only been
    // made ready by then.
    EXPECT_EQ(waiting.await(), make_error_code(errc::timed_out));
    EXPECT_TRUE(waker.await());
    EXPECT_EQ(held_now(), before);
  }
}

TEST(SameTick, AHandOverInTheVeryPassOfAWaitWithoutTimeCounts) {
  const weir::testing::virtual_hub hub;
  const auto before = held_now();
  weir::waiting_place place;
  auto waiting =
      weir::spawn_later(0s, [&place] { return error_of(weir::wait("test").park(place, 0s)); });
  auto waker = weir::spawn_later(0s, [&place] { EXPECT_TRUE(place.wake_one()); });
  EXPECT_EQ(waiting.await(), std::error_code{});
  EXPECT_TRUE(waker.await());
  EXPECT_EQ(held_now(), before);
}

TEST(SameTick, OfTwoTasksThatWakeEachOtherNeitherIsLost) {
  const weir::testing::virtual_hub hub;
  const auto before = held_now();
  weir::waiting_place first;
  weir::waiting_place second;
  const auto play = [](weir::waiting_place& mine, weir::waiting_place& theirs) {
    for (int round = 0; round < 1000; ++round) {
      theirs.wake_one();
      static_cast<void>(weir::wait("test").park(mine, 0s));
    }
  };
  auto one = weir::spawn([&] { play(first, second); });
  auto two = weir::spawn([&] { play(second, first); });
  EXPECT_TRUE(one.await());
  EXPECT_TRUE(two.await());
  EXPECT_EQ(held_now(), before);
}

/// A task, and what happened to it first, if anything did.
struct judged {
  std::unique_ptr<waiting_task> task;
  bool can_be_handed = true;
  std::optional<event> first;

  void happens(event now) {
    if (!first && (can_be_handed || now >= event::cancel)) first = now;
  }
};

judged any_task(weir::testing::random_schedule& random) {
  switch (random.below(4)) {
    case 0: return {.task = std::make_unique<sleeping>(), .can_be_handed = false};
    case 1: return {.task = std::make_unique<paused_task>()};
    case 2: return {.task = std::make_unique<awaiting>()};
    default: return {.task = std::make_unique<waiting_in_a_place>()};
  }
}

/// Applies random events to random tasks; every so often time passes for all of them.
void run_random_events(std::uint64_t seed) {
  const weir::testing::virtual_hub hub({.shuffle_seed = seed});
  weir::testing::random_schedule random(seed);
  const auto before = held_now();
  std::vector<judged> tasks;
  for (int number = 0; number < 30; ++number) tasks.push_back(any_task(random));
  weir::testing::settle();
  const std::size_t steps = 20 + random.below(40);
  for (std::size_t step = 0; step < steps; ++step) {
    judged& chosen = tasks[random.below(tasks.size())];
    const event happens = random.once_in(2) ? event::cancel : event::hand_over;
    chosen.happens(happens);
    apply(happens, *chosen.task);
    if (random.once_in(5)) weir::yield();
  }
  time_out_all();
  for (judged& each : tasks) {
    each.happens(event::time_out);
    EXPECT_EQ(each.task->outcome(), each.task->expected(*each.first)) << name_of(*each.first);
  }
  tasks.clear();
  EXPECT_EQ(held_now(), before);
}

TEST(SameTick, RandomEventsAgreeWithThatModel) {
  const std::size_t seeds = weir::testing::scaled(400);
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    run_random_events(seed);
  }
}

}  // namespace
