// SPDX-License-Identifier: MIT
// Tests of what ends a wait at a pipe without a message: a timeout, a cancellation, another task.
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
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
#include "testing/in_cancelled_task.hpp"

namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using weir::errc;
using weir::testing::advance;
using weir::testing::error_of;
using weir::testing::held_now;
using weir::testing::in_cancelled_task;
using weir::testing::settle;
using weir::testing::virtual_hub;

TEST(PipeWait, OfARecvEndsWhenItsTimeIsUpAndNoSooner) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  const auto before = held_now();
  const auto start = weir::now();
  EXPECT_EQ(error_of(rx.recv(10s)), errc::timed_out);
  EXPECT_EQ(weir::now() - start, 10s);
  EXPECT_EQ(error_of(rx.recv(start + 15s)), errc::timed_out);
  EXPECT_EQ(weir::now() - start, 15s);
  EXPECT_EQ(held_now(), before);
  EXPECT_TRUE(rx.open());
}

TEST(PipeWait, OfASendEndsWhenItsTimeIsUpAndTheMessageStaysWithTheSender) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<std::string>();
  const auto before = held_now();
  const auto start = weir::now();
  std::string message = "a message too long to be kept within the string itself";
  const std::string same = message;
  EXPECT_EQ(error_of(tx.send(std::move(message), 10s)), errc::timed_out);
  EXPECT_EQ(weir::now() - start, 10s);
  EXPECT_EQ(message, same);
  EXPECT_EQ(error_of(rx.try_recv()), errc::would_block);
  EXPECT_EQ(held_now(), before);

  auto sending = weir::spawn([&tx, &message] { return tx.send(std::move(message), 10s); });
  EXPECT_EQ(rx.recv(), same);
  EXPECT_TRUE(sending.await());
}

TEST(PipeWait, AMessageInTimeLeavesNoTimerBehind) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  const auto before = held_now();
  auto receiving = weir::spawn([&rx] { return rx.recv(10s); });
  EXPECT_EQ(weir::stats().timer_count, 1U);
  advance(9999ms);
  EXPECT_TRUE(tx.send(1));
  EXPECT_EQ(receiving.await(), 1);
  auto sending = weir::spawn([&tx] { return tx.send(2, 10s); });
  advance(9999ms);
  EXPECT_EQ(rx.recv(), 2);
  EXPECT_EQ(weir::stats().timer_count, 0U);
  EXPECT_TRUE(sending.await());
  EXPECT_EQ(held_now(), before);
}

TEST(PipeWait, OfNoTimeOrATimePassedTakesExactlyOneTick) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  advance(1s);
  const auto past = weir::now() - 500ms;
  for (const weir::until until : {weir::until(0s), weir::until(-5s), weir::until(past)}) {
    auto tick = weir::stats().ticks;
    EXPECT_EQ(error_of(rx.recv(until)), errc::timed_out);
    EXPECT_EQ(weir::stats().ticks, tick + 1);
    tick = weir::stats().ticks;
    EXPECT_EQ(error_of(tx.send(1, until)), errc::timed_out);
    EXPECT_EQ(weir::stats().ticks, tick + 1);
  }
}

TEST(PipeWait, OfNoTimeTakesExactlyOneTickInABusyRealHubToo) {
  const weir::hub hub({.spin = 0ns});
  auto [tx, rx] = weir::pipe<int>();
  auto busy = weir::spawn([] {
    while (weir::yield()) {
    }
  });
  for (int i = 0; i < 100; ++i) {
    const auto tick = weir::stats().ticks;
    EXPECT_EQ(error_of(rx.recv(0s)), errc::timed_out);
    EXPECT_EQ(weir::stats().ticks, tick + 1);
  }
  busy.cancel();
  EXPECT_TRUE(busy.await());
}

TEST(PipeWait, OfNoTimeTakesWhatTheOthersOfTheSameTickSend) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  const auto start = weir::now();
  // Of those who sleep until the same time, this task is the first to sleep and so the first to go
  // on.
  auto sending = weir::spawn_later(0ms, [&tx, start] {
    EXPECT_TRUE(weir::sleep(start + 1s));
    EXPECT_TRUE(tx.send(1));
  });
  EXPECT_TRUE(weir::sleep(start + 1s));
  EXPECT_EQ(rx.recv(0ms), 1);
  EXPECT_TRUE(sending.await());

  auto receiving = weir::spawn_later(0ms, [&rx, start] {
    EXPECT_TRUE(weir::sleep(start + 2s));
    EXPECT_EQ(rx.recv(), 2);
  });
  EXPECT_TRUE(weir::sleep(start + 2s));
  EXPECT_TRUE(tx.send(2, 0ms));
  EXPECT_TRUE(receiving.await());
}

TEST(PipeWait, IsNotNeededWhereTheCallCanSucceedHoweverLateItIs) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  advance(1s);
  auto sending = weir::spawn([&tx] { return tx.send(1); });
  EXPECT_EQ(rx.recv(weir::now() - 500ms), 1);
  EXPECT_TRUE(sending.await());
  auto receiving = weir::spawn([&rx] { return rx.recv(); });
  EXPECT_TRUE(tx.send(2, weir::now() - 500ms));
  EXPECT_EQ(receiving.await(), 2);
}

TEST(PipeWait, OfARecvEndsWhenItsTaskIsCancelled) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  const auto before = held_now();
  auto receiving = weir::spawn([&rx] { return rx.recv(10s); });
  receiving.cancel();
  EXPECT_EQ(error_of(receiving.await()), errc::cancelled);
  EXPECT_EQ(held_now(), before);
  EXPECT_EQ(error_of(tx.try_send(1)), errc::would_block);
}

TEST(PipeWait, OfASendEndsWhenItsTaskIsCancelledAndTheMessageStaysWithIt) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<std::unique_ptr<int>>();
  const auto before = held_now();
  auto message = std::make_unique<int>(3);
  auto sending = weir::spawn([&tx, &message] { return tx.send(std::move(message), 10s); });
  sending.cancel();
  EXPECT_EQ(error_of(sending.await()), errc::cancelled);
  EXPECT_NE(message, nullptr);
  EXPECT_EQ(held_now(), before);
  EXPECT_EQ(error_of(rx.try_recv()), errc::would_block);
}

TEST(PipeWait, ACancelledTaskTakesNothingAndGivesNothingEvenWhereItCouldAtOnce) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  auto sending = weir::spawn([&tx] { return tx.send(1); });
  in_cancelled_task([&rx] {
    EXPECT_EQ(error_of(rx.recv()), errc::cancelled);
    EXPECT_EQ(error_of(rx.recv(0s)), errc::cancelled);
  });
  EXPECT_EQ(rx.recv(), 1);
  EXPECT_TRUE(sending.await());

  auto receiving = weir::spawn([&rx] { return rx.recv(); });
  in_cancelled_task([&tx] {
    EXPECT_EQ(error_of(tx.send(2)), errc::cancelled);
    EXPECT_EQ(error_of(tx.pass(2)), errc::cancelled);
    EXPECT_EQ(error_of(tx.error(std::make_error_code(std::errc::io_error))), errc::cancelled);
  });
  EXPECT_TRUE(tx.send(3));
  EXPECT_EQ(receiving.await(), 3);
}

TEST(PipeWait, ACancelledTaskIsToldSoRatherThanThatTheChannelIsClosed) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  EXPECT_TRUE(tx.close());
  in_cancelled_task([&tx, &rx] {
    EXPECT_EQ(error_of(rx.recv()), errc::cancelled);
    EXPECT_EQ(error_of(tx.send(1)), errc::cancelled);
  });
}

TEST(PipeWait, TryCallsAndCloseAreNoCancelPoints) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  auto sending = weir::spawn([&tx] { return tx.send(1); });
  in_cancelled_task([&rx] { EXPECT_EQ(rx.try_recv(), 1); });
  EXPECT_TRUE(sending.await());
  auto receiving = weir::spawn([&rx] { return rx.recv(); });
  in_cancelled_task([&tx] {
    EXPECT_TRUE(tx.try_send(2));
    EXPECT_TRUE(tx.close());
  });
  EXPECT_EQ(receiving.await(), 2);
}

TEST(PipeWait, AMessageHandedOverBeforeItsReceiverIsCancelledIsReceived) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  std::vector<std::string> events;
  auto receiving = weir::spawn([&rx, &events] {
    EXPECT_EQ(rx.recv(), 1);
    EXPECT_EQ(error_of(rx.recv()), errc::cancelled);
    events.emplace_back("ended");
  });
  EXPECT_TRUE(tx.try_send(1));
  receiving.cancel();
  EXPECT_TRUE(receiving.await());
  EXPECT_THAT(events, ElementsAre("ended"));
}

TEST(PipeWait, ASecondTaskAtOneEndIsToldBusyAndTheFirstGoesOnWaiting) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  auto receiving = weir::spawn([&rx] { return rx.recv(); });
  const auto before = held_now();
  EXPECT_EQ(error_of(rx.recv()), errc::busy);
  EXPECT_EQ(error_of(rx.recv(1s)), errc::busy);
  EXPECT_EQ(error_of(rx.try_recv()), errc::busy);
  EXPECT_EQ(held_now(), before);
  EXPECT_TRUE(tx.send(1));
  EXPECT_EQ(receiving.await(), 1);

  auto sending = weir::spawn([&tx] { return tx.send(2); });
  int message = 3;
  EXPECT_EQ(error_of(tx.send(std::move(message))), errc::busy);
  EXPECT_EQ(error_of(tx.send(message, 0s)), errc::busy);
  EXPECT_EQ(error_of(tx.try_send(message)), errc::busy);
  EXPECT_EQ(error_of(tx.error(std::make_error_code(std::errc::io_error))), errc::busy);
  EXPECT_EQ(error_of(tx.pass(4)), errc::busy);
  EXPECT_EQ(rx.recv(), 2);
  EXPECT_TRUE(sending.await());
}

TEST(PipeWait, IsOverForOthersAsSoonAsItIsDecided) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  auto first = weir::spawn([&rx] { return rx.recv(); });
  EXPECT_TRUE(tx.try_send(1));
  // The first has not run yet, but waits no more: the place is free.
  auto second = weir::spawn([&rx] { return rx.recv(); });
  EXPECT_TRUE(tx.try_send(2));
  EXPECT_EQ(first.await(), 1);
  EXPECT_EQ(second.await(), 2);
}

}  // namespace
