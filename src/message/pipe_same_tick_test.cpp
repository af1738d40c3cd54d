// SPDX-License-Identifier: MIT
// Tests that of two things that would end one wait at a pipe in the same tick only the first does.
#include <chrono>
#include <ostream>
#include <string>
#include <tuple>
#include <utility>

#include <gtest/gtest.h>

#include <weir/hub.hpp>
#include <weir/pipe.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/task.hpp>
#include <weir/testing.hpp>
#include <weir/until.hpp>

#include "testing/holdings.hpp"

namespace {

using namespace std::chrono_literals;
using weir::errc;
using weir::testing::error_of;
using weir::testing::held_now;
using weir::testing::holdings;
using weir::testing::virtual_hub;

enum class event { timeout, hand_over, close_of_own_end, close_of_other_end, cancel };

constexpr event events[] = {event::timeout, event::hand_over, event::close_of_own_end,
                            event::close_of_other_end, event::cancel};

std::string name_of(event which) {
  switch (which) {
    case event::timeout: return "Timeout";
    case event::hand_over: return "HandOver";
    case event::close_of_own_end: return "CloseOfOwnEnd";
    case event::close_of_other_end: return "CloseOfOtherEnd";
    case event::cancel: return "Cancel";
  }
  return "?";
}

std::ostream& operator<<(std::ostream& out, event which) { return out << name_of(which); }

bool is_close(event which) {
  return which == event::close_of_own_end || which == event::close_of_other_end;
}

/// What the wait returns that `first` ended; none for success.
std::error_code outcome_of(event first) {
  switch (first) {
    case event::timeout: return errc::timed_out;
    case event::hand_over: return {};
    case event::close_of_own_end:
    case event::close_of_other_end: return errc::closed;
    case event::cancel: return errc::cancelled;
  }
  return {};
}

/// A task waits at one end of a pipe, and then the two events of the parameter happen to its wait,
/// before it could run in between.
class pipe_in_one_tick : public testing::TestWithParam<std::tuple<event, event>> {
 protected:
  /// No time, where one of the events is a timeout: then it happens when the hub looks next.
  [[nodiscard]] static weir::until limit() {
    const auto [first, second] = GetParam();
    const bool timed = first == event::timeout || second == event::timeout;
    return timed ? weir::until(0s) : weir::until();
  }

  /// Has the two events happen to the wait of `waiting`. Returns what the call of the second said,
  /// if it is one that says something.
  template <class Waiting, class Close, class HandOver>
  static std::error_code make_happen(Waiting& waiting, Close close, HandOver hand_over) {
    const auto [first, second] = GetParam();
    static_cast<void>(make_happen(first, waiting, close, hand_over));
    EXPECT_FALSE(waiting.done());
    return make_happen(second, waiting, close, hand_over);
  }

  /// The answer to the call of the second event must be that of a call that came too late.
  static void expect_too_late(std::error_code answer) {
    const auto [first, second] = GetParam();
    if (second == event::hand_over) {
      EXPECT_EQ(answer, is_close(first) ? errc::closed : errc::would_block);
    } else {
      EXPECT_EQ(answer, is_close(first) && is_close(second) ? make_error_code(errc::closed)
                                                            : std::error_code{});
    }
  }

  virtual_hub hub_;
  weir::pair<std::string> pipe_ = weir::pipe<std::string>();
  const holdings before_ = held_now();

 private:
  template <class Waiting, class Close, class HandOver>
  static std::error_code make_happen(event which, Waiting& waiting, Close close,
                                     HandOver hand_over) {
    switch (which) {
      case event::timeout:
        // The hub looks before this task goes on, and this task goes on before the one timed out.
        weir::yield();
        return {};
      case event::hand_over: return hand_over();
      case event::close_of_own_end:
      case event::close_of_other_end: return close(which);
      case event::cancel: waiting.cancel(); return {};
    }
    return {};
  }
};

using PipeRecvInOneTick = pipe_in_one_tick;
using PipeSendInOneTick = pipe_in_one_tick;

TEST_P(PipeRecvInOneTick, IsEndedByTheFirstOfTwoEventsAlone) {
  const event first = std::get<0>(GetParam());
  auto waiting = weir::spawn([this] { return pipe_.rx.recv(limit()); });
  std::string message = "message";
  const auto second_said = make_happen(
      waiting,
      [this](event which) {
        return error_of(which == event::close_of_own_end ? pipe_.rx.close() : pipe_.tx.close());
      },
      [this, &message] { return error_of(pipe_.tx.try_send(std::move(message))); });

  const auto answer = waiting.await();
  EXPECT_EQ(error_of(answer), outcome_of(first));
  EXPECT_EQ(answer.value_or(""), first == event::hand_over ? "message" : "");
  EXPECT_EQ(message, first == event::hand_over ? "" : "message");
  expect_too_late(second_said);
  EXPECT_EQ(held_now(), before_);
}

TEST_P(PipeSendInOneTick, IsEndedByTheFirstOfTwoEventsAlone) {
  const event first = std::get<0>(GetParam());
  std::string message = "message";
  auto waiting =
      weir::spawn([this, &message] { return pipe_.tx.send(std::move(message), limit()); });
  std::string taken;
  const auto second_said = make_happen(
      waiting,
      [this](event which) {
        return error_of(which == event::close_of_own_end ? pipe_.tx.close() : pipe_.rx.close());
      },
      [this, &taken] {
        auto received = pipe_.rx.try_recv();
        if (received) taken += *received;
        return error_of(received);
      });

  const auto answer = waiting.await();
  EXPECT_EQ(error_of(answer), outcome_of(first));
  EXPECT_EQ(taken, first == event::hand_over ? "message" : "");
  EXPECT_EQ(message, first == event::hand_over ? "" : "message");
  expect_too_late(second_said);
  EXPECT_EQ(held_now(), before_);
}

std::string name_of_both(const testing::TestParamInfo<std::tuple<event, event>>& info) {
  return name_of(std::get<0>(info.param)) + "Then" + name_of(std::get<1>(info.param));
}

const auto all_orders = testing::Combine(testing::ValuesIn(events), testing::ValuesIn(events));
INSTANTIATE_TEST_SUITE_P(Of, PipeRecvInOneTick, all_orders, name_of_both);
INSTANTIATE_TEST_SUITE_P(Of, PipeSendInOneTick, all_orders, name_of_both);

/// Sleeps until `time`, having begun to only when the caller has parked next.
template <class Function>
auto spawn_sleeper(weir::time_point time, Function function) {
  return weir::spawn_later(0ms, [time, function] {
    EXPECT_TRUE(weir::sleep(time));
    return function();
  });
}

class PipeAtOneTime : public testing::Test {
 protected:
  virtual_hub hub_;
  weir::pair<std::string> pipe_ = weir::pipe<std::string>();
  const weir::time_point time_ = weir::now() + 10ms;
  const holdings before_ = held_now();
};

TEST_F(PipeAtOneTime, ARecvThatTimesOutBeforeTheSenderWakesLeavesTheMessageWithIt) {
  auto sending = spawn_sleeper(time_, [this] { return pipe_.tx.send("message"); });
  EXPECT_EQ(error_of(pipe_.rx.recv(time_)), errc::timed_out);
  EXPECT_FALSE(sending.done());
  EXPECT_EQ(pipe_.rx.recv(), "message");
  EXPECT_TRUE(sending.await());
  EXPECT_EQ(held_now(), before_);
}

TEST_F(PipeAtOneTime, ARecvThatTimesOutAfterTheSenderWokeLeavesTheMessageWithItToo) {
  // The sender's sleep is set first, so it is ready first and sends before the receiver runs again;
  // but the time was up for both, and the receiver does not wait any more.
  auto sending = weir::spawn([this] {
    EXPECT_TRUE(weir::sleep(time_));
    return pipe_.tx.send("message");
  });
  EXPECT_EQ(error_of(pipe_.rx.recv(time_)), errc::timed_out);
  EXPECT_EQ(pipe_.rx.try_recv(), "message");
  EXPECT_TRUE(sending.await());
  EXPECT_EQ(held_now(), before_);
}

TEST_F(PipeAtOneTime, ASendThatTimesOutIsNotReceivedInEitherOrder) {
  std::string message = "message";
  auto later = spawn_sleeper(time_, [this] { return pipe_.rx.try_recv(); });
  EXPECT_EQ(error_of(pipe_.tx.send(std::move(message), time_)), errc::timed_out);
  EXPECT_EQ(error_of(later.await()), errc::would_block);

  const auto next = time_ + 10ms;
  auto earlier = weir::spawn([this, next] {
    EXPECT_TRUE(weir::sleep(next));
    return pipe_.rx.try_recv();
  });
  EXPECT_EQ(error_of(pipe_.tx.send(std::move(message), next)), errc::timed_out);
  EXPECT_EQ(error_of(earlier.await()), errc::would_block);
  EXPECT_EQ(message, "message");
  EXPECT_EQ(held_now(), before_);
}

TEST_F(PipeAtOneTime, BothSidesTimeOutAndTheMessageStays) {
  std::string message = "message";
  auto other = weir::pipe<std::string>();
  auto sending = weir::spawn([this, &message] { return pipe_.tx.send(std::move(message), time_); });
  EXPECT_EQ(error_of(other.rx.recv(time_)), errc::timed_out);
  EXPECT_EQ(error_of(pipe_.rx.try_recv()), errc::would_block);
  EXPECT_EQ(error_of(sending.await()), errc::timed_out);
  EXPECT_EQ(message, "message");
}

TEST_F(PipeAtOneTime, ACancelOfATaskThatTimedOutOnlyReachesItsNextCall) {
  weir::task<> waiting;
  // Sleeps before the other waits, so it is the first to be ready, and cancels before the other
  // runs.
  auto cancelling = weir::spawn([this, &waiting] {
    EXPECT_TRUE(weir::sleep(time_));
    waiting.cancel();
    EXPECT_FALSE(waiting.done());
  });
  waiting = weir::spawn([this] {
    EXPECT_EQ(error_of(pipe_.rx.recv(time_)), errc::timed_out);
    EXPECT_EQ(error_of(pipe_.rx.recv(time_)), errc::cancelled);
  });
  EXPECT_TRUE(cancelling.await());
  EXPECT_TRUE(waiting.await());
  EXPECT_EQ(held_now(), before_);
}

TEST_F(PipeAtOneTime, SenderAndReceiverWhoComeInTheSameTickMeet) {
  std::string received;
  auto receiving = spawn_sleeper(
      time_, [this, &received] { received = pipe_.rx.recv(0ms).value_or("nothing"); });
  EXPECT_TRUE(weir::sleep(time_));
  EXPECT_TRUE(pipe_.tx.send("message", 0ms));
  EXPECT_TRUE(receiving.await());
  EXPECT_EQ(received, "message");
  EXPECT_EQ(held_now(), before_);
}

}  // namespace
