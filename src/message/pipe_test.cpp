// SPDX-License-Identifier: MIT
// Tests of how a pipe hands messages over, and who goes on when.
#include <weir/pipe.hpp>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <weir/hub.hpp>
#include <weir/run.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/task.hpp>
#include <weir/testing.hpp>

#include "testing/errors.hpp"
#include "testing/holdings.hpp"

namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using weir::errc;
using weir::testing::error_of;
using weir::testing::held_now;
using weir::testing::settle;
using weir::testing::some_error;
using weir::testing::virtual_hub;
using log = std::vector<std::string>;

static_assert(!std::is_copy_constructible_v<weir::sender<int>>);
static_assert(!std::is_copy_constructible_v<weir::receiver<int>>);
static_assert(std::is_nothrow_move_constructible_v<weir::sender<int>>);
static_assert(std::is_nothrow_move_constructible_v<weir::receiver<int>>);

TEST(Pipe, DeliversEveryMessageOnceAndInOrderWhenTheSenderIsFirst) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  const auto before = held_now();
  auto sending = weir::spawn([&tx] {
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(tx.send(i));
  });
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(rx.recv(), i);
  EXPECT_TRUE(sending.await());
  EXPECT_EQ(held_now(), before);
}

TEST(Pipe, DeliversEveryMessageOnceAndInOrderWhenTheReceiverIsFirst) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  const auto before = held_now();
  std::vector<int> received;
  auto receiving = weir::spawn([&rx, &received] {
    while (received.size() < 1000) received.push_back(rx.recv().value());
  });
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(tx.send(i));
  EXPECT_TRUE(receiving.await());
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(received[static_cast<std::size_t>(i)], i);
  EXPECT_EQ(held_now(), before);
}

TEST(Pipe, WorksInARealHub) {
  const auto sum = weir::run([] {
    auto [tx, rx] = weir::pipe<int>();
    auto sending = weir::spawn([&tx] {
      for (int i = 1; i <= 10; ++i) EXPECT_TRUE(tx.send(i, 10s));
      tx.close();
    });
    int total = 0;
    for (const int each : rx) total += each;
    EXPECT_TRUE(sending.await());
    return total;
  });
  EXPECT_EQ(sum, 55);
}

TEST(Pipe, AWaitingReceiverRunsBeforeTheSenderWhoGoesOnOneTickLater) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  log events;
  auto receiving = weir::spawn([&rx, &events] {
    EXPECT_EQ(rx.recv(), 5);
    events.emplace_back("received");
  });
  const auto tick = weir::stats().ticks;
  EXPECT_TRUE(tx.send(5));
  EXPECT_EQ(weir::stats().ticks, tick + 1);
  events.emplace_back("sent");
  EXPECT_THAT(events, ElementsAre("received", "sent"));
}

TEST(Pipe, ASendToAWaitingReceiverLetsThoseRunWhoWereReadyBefore) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  log events;
  auto receiving = weir::spawn([&rx, &events] {
    EXPECT_TRUE(rx.recv());
    events.emplace_back("received");
  });
  auto other = weir::spawn_later(0ms, [&events] { events.emplace_back("other"); });
  EXPECT_TRUE(tx.send(5));
  events.emplace_back("sent");
  EXPECT_THAT(events, ElementsAre("other", "received", "sent"));
}

TEST(Pipe, ARecvTakesFromAWaitingSenderAtOnceAndTheSenderGoesOnTheTickAfter) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  log events;
  auto sending = weir::spawn([&tx, &events] {
    EXPECT_TRUE(tx.send(5));
    events.emplace_back("sent");
  });
  const auto switches = weir::stats().switches;
  const auto tick = weir::stats().ticks;
  EXPECT_EQ(rx.recv(), 5);
  EXPECT_EQ(weir::stats().switches, switches);
  events.emplace_back("received");
  EXPECT_EQ(weir::stats().ready_count, 1U);
  weir::yield();
  EXPECT_EQ(weir::stats().ticks, tick + 1);
  EXPECT_THAT(events, ElementsAre("received", "sent"));
}

TEST(Pipe, AParkedRecvGoesOnOneTickAfterTheSend) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  std::uint64_t sent_at = 0;
  std::uint64_t received_at = 0;
  auto receiving = weir::spawn([&rx, &received_at] {
    EXPECT_TRUE(rx.recv());
    received_at = weir::stats().ticks;
  });
  for (int i = 0; i < 5; ++i) weir::yield();
  sent_at = weir::stats().ticks;
  EXPECT_TRUE(tx.send(1));
  EXPECT_EQ(received_at, sent_at + 1);
}

TEST(Pipe, ASecondMessageWaitsUntilTheFirstIsTaken) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  log events;
  auto sending = weir::spawn([&tx, &events] {
    EXPECT_TRUE(tx.send(1));
    events.emplace_back("sent 1");
    EXPECT_TRUE(tx.send(2));
    events.emplace_back("sent 2");
  });
  settle();
  EXPECT_THAT(events, ElementsAre());
  EXPECT_EQ(rx.recv(), 1);
  settle();
  EXPECT_THAT(events, ElementsAre("sent 1"));
  EXPECT_EQ(rx.recv(), 2);
  settle();
  EXPECT_THAT(events, ElementsAre("sent 1", "sent 2"));
}

TEST(Pipe, TrySendHandsOverToAWaitingReceiverOnlyAndDoesNotYield) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<std::string>();
  std::string message = "a message too long to be kept within the string itself";
  const std::string same = message;
  EXPECT_EQ(error_of(tx.try_send(std::move(message))), errc::would_block);
  EXPECT_EQ(message, same);

  auto receiving = weir::spawn([&rx] { return rx.recv(); });
  const auto switches = weir::stats().switches;
  EXPECT_TRUE(tx.try_send(std::move(message)));
  EXPECT_EQ(weir::stats().switches, switches);
  EXPECT_EQ(message, "");
  // The receiver has its message and waits no more.
  EXPECT_EQ(error_of(tx.try_send("another")), errc::would_block);
  EXPECT_EQ(receiving.await(), same);
}

TEST(Pipe, TryRecvTakesFromAWaitingSenderOnlyAndDoesNotYield) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  EXPECT_EQ(error_of(rx.try_recv()), errc::would_block);
  auto sending = weir::spawn([&tx] { return tx.send(3); });
  const auto switches = weir::stats().switches;
  EXPECT_EQ(rx.try_recv(), 3);
  EXPECT_EQ(weir::stats().switches, switches);
  EXPECT_EQ(error_of(rx.try_recv()), errc::would_block);
  EXPECT_TRUE(sending.await());
}

TEST(Pipe, APairSendsReceivesPassesAndClosesUnderOneName) {
  virtual_hub hub;
  weir::pair<int> pipe = weir::pipe<int>();
  const int copied = 2;
  auto sending = weir::spawn([&pipe, &copied] {
    EXPECT_TRUE(pipe.send(1));
    EXPECT_TRUE(pipe.send(copied, 1s));
    EXPECT_TRUE(pipe.pass(3, 1s));
    EXPECT_TRUE(pipe.error(some_error, 1s));
    EXPECT_TRUE(pipe.close());
    EXPECT_EQ(error_of(pipe.close()), errc::closed);
  });
  EXPECT_EQ(pipe.recv(), 1);
  EXPECT_EQ(pipe.recv(1s), 2);
  EXPECT_EQ(pipe.recv(), 3);
  EXPECT_EQ(error_of(pipe.recv()), some_error);
  EXPECT_EQ(error_of(pipe.recv()), errc::closed);
  EXPECT_FALSE(pipe.tx.open());
  EXPECT_FALSE(pipe.rx.open());
  EXPECT_TRUE(sending.await());
}

TEST(Pipe, ATaskMaySendToAnotherAndReceiveFromItInTurn) {
  virtual_hub hub;
  auto there = weir::pipe<int>();
  auto back = weir::pipe<int>();
  auto echo = weir::spawn([&there, &back] {
    for (const int each : there.rx) EXPECT_TRUE(back.tx.send(each + 1));
  });
  int value = 0;
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(there.tx.send(value));
    value = back.rx.recv().value();
  }
  EXPECT_EQ(value, 100);
  there.tx.close();
  EXPECT_TRUE(echo.await());
}

TEST(Pipe, EndsMadeByDefaultAreClosed) {
  virtual_hub hub;
  weir::sender<int> tx;
  weir::receiver<int> rx;
  EXPECT_FALSE(tx.open());
  EXPECT_FALSE(rx.open());
  EXPECT_EQ(error_of(tx.send(1)), errc::closed);
  EXPECT_EQ(error_of(tx.try_send(1)), errc::closed);
  EXPECT_EQ(error_of(tx.close()), errc::closed);
  EXPECT_EQ(error_of(rx.recv()), errc::closed);
  EXPECT_EQ(error_of(rx.try_recv()), errc::closed);
  EXPECT_EQ(error_of(rx.close()), errc::closed);
}

TEST(Pipe, SendAndRecvOutsideAHubAreLogicErrors) {
  auto [tx, rx] = weir::pipe<int>();
  EXPECT_THROW(static_cast<void>(tx.send(1)), std::logic_error);
  EXPECT_THROW(static_cast<void>(rx.recv()), std::logic_error);
}

}  // namespace
