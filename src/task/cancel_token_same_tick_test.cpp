// SPDX-License-Identifier: MIT
// A token's cancellation, its deadline, a hand-over, a timeout and a cancellation of the task, all
// in one tick: the first counts, and nothing is lost or left behind.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include <weir/cancel_token.hpp>
#include <weir/pipe.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/testing.hpp>
#include <weir/wait.hpp>

#include "core/hub_core.hpp"
#include "testing/holdings.hpp"

namespace {

using namespace std::chrono_literals;
using weir::cancel_token;
using weir::errc;
using weir::testing::error_of;
using weir::testing::held_now;

constexpr std::chrono::nanoseconds limit = 1s;

enum class event : std::uint8_t {
  hand_over,
  cancel_token,
  cancel_parent,
  cancel_task,
  time_passes
};
constexpr std::array all_events{event::hand_over, event::cancel_token, event::cancel_parent,
                                event::cancel_task, event::time_passes};
constexpr std::array names{"hand-over", "token", "token's parent", "task", "time"};

/// A message to be received by a task, or to be taken from one.
enum class side : std::uint8_t { receives, sends };
/// Which of the two deadlines comes first.
enum class first_deadline : std::uint8_t { own, tokens };

/// What happens to the one task that waits here.
class stage {
 public:
  stage(side does, first_deadline first)
      : token_(parent_.child(first == first_deadline::tokens ? limit : 2 * limit)) {
    const weir::until until{first == first_deadline::own ? limit : 2 * limit, token_};
    if (does == side::receives) {
      task_ = weir::spawn([this, until] { return error_of(pipe_.recv(until)); });
    } else {
      task_ = weir::spawn([this, until] { return error_of(pipe_.send(1, until)); });
    }
    weir::testing::settle();
    by_time_ = first == first_deadline::own ? errc::timed_out : errc::cancelled;
    does_ = does;
  }

  void apply(event happens) {
    switch (happens) {
      case event::hand_over: {
        const bool done = does_ == side::receives ? pipe_.tx.try_send(1).has_value()
                                                  : pipe_.rx.try_recv().has_value();
        EXPECT_FALSE(done && handed_over_);
        handed_over_ = handed_over_ || done;
        break;
      }
      case event::cancel_token: token_.cancel(); break;
      case event::cancel_parent: parent_.cancel(); break;
      case event::cancel_task: task_.cancel(); break;
      case event::time_passes:
        EXPECT_TRUE(weir::detail::hub_core::here().clock->leap(limit));
        weir::yield();
        break;
    }
  }

  void expect_first(event first) {
    const auto outcome = task_.await();
    ASSERT_TRUE(outcome);
    EXPECT_EQ(handed_over_, first == event::hand_over);
    if (first == event::hand_over) {
      EXPECT_EQ(*outcome, std::error_code{});
    } else {
      EXPECT_EQ(*outcome, first == event::time_passes ? by_time_ : errc::cancelled);
    }
    EXPECT_EQ(error_of(pipe_.tx.try_send(2)), errc::would_block);  // nobody waits there any more
    EXPECT_EQ(error_of(pipe_.rx.try_recv()), errc::would_block);
  }

 private:
  cancel_token parent_;
  cancel_token token_;
  weir::pair<int> pipe_ = weir::pipe<int>();
  weir::task<std::error_code> task_;
  errc by_time_{};
  side does_{};
  bool handed_over_ = false;
};

void expect_first_counts(side does, first_deadline first) {
  auto events = all_events;
  do {
    std::string order;
    for (const event each : events) {
      order += std::string(names[static_cast<std::size_t>(each)]) + ", ";
    }
    SCOPED_TRACE(order);
    const weir::testing::virtual_hub hub;
    const auto before = held_now();
    {
      stage waiting(does, first);
      for (const event each : events) waiting.apply(each);
      waiting.expect_first(events.front());
    }
    EXPECT_EQ(held_now(), before);
  } while (std::next_permutation(events.begin(), events.end()));
}

TEST(CancelTokenSameTick, TheFirstEventOfAReceiveCounts) {
  expect_first_counts(side::receives, first_deadline::own);
  expect_first_counts(side::receives, first_deadline::tokens);
}

TEST(CancelTokenSameTick, TheFirstEventOfASendCounts) {
  expect_first_counts(side::sends, first_deadline::own);
  expect_first_counts(side::sends, first_deadline::tokens);
}

TEST(CancelTokenSameTick, ATokenCancelledBeforeItsTaskIsRefusedAsItIs) {
  const weir::testing::virtual_hub hub;
  const cancel_token token;
  auto task = weir::spawn([&token] {
    EXPECT_EQ(error_of(weir::sleep(1s, token)), errc::cancelled);
    return error_of(weir::sleep(1s, cancel_token()));  // the task was cancelled, too
  });
  token.cancel();
  task.cancel();
  EXPECT_EQ(task.await(), make_error_code(errc::cancelled));
}

TEST(CancelTokenSameTick, AWaitBegunInTheTickOfTheCancellationIsEndedByItOrRefused) {
  for (const bool cancel_first : {true, false}) {
    const weir::testing::virtual_hub hub;
    const auto before = held_now();
    const cancel_token token;
    const auto wait = [&token] { return error_of(weir::wait("test").park(token)); };
    weir::task<> canceller;
    if (cancel_first) canceller = weir::spawn_later(0s, [&token] { token.cancel(); });
    auto waiting = weir::spawn_later(0s, wait);
    if (!cancel_first) canceller = weir::spawn_later(0s, [&token] { token.cancel(); });
    EXPECT_EQ(waiting.await(), make_error_code(errc::cancelled));
    EXPECT_TRUE(canceller.await());
    EXPECT_EQ(held_now(), before);
  }
}

TEST(CancelTokenSameTick, ADeadlineAndAHandOverByATimerOfTheSameMomentEndItByTheDeadline) {
  const weir::testing::virtual_hub hub;
  const auto before = held_now();
  weir::waiting_place place;
  auto waking = weir::spawn([&place] {
    EXPECT_TRUE(weir::sleep(limit));
    place.wake_one();
  });
  EXPECT_EQ(error_of(weir::wait("test").park(place, cancel_token{limit})), errc::cancelled);
  EXPECT_TRUE(waking.await());
  EXPECT_EQ(held_now(), before);
}

}  // namespace
