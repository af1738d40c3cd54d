// SPDX-License-Identifier: MIT
// Deadlines, cancellations, data and closes, alone and all in one tick.
#include <array>
#include <chrono>
#include <cstddef>
#include <string>

#include <gtest/gtest.h>

#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/stream.hpp>
#include <weir/task.hpp>
#include <weir/testing.hpp>

#include "net/stream_suite.hpp"
#include "testing/holdings.hpp"

namespace {

using namespace std::chrono_literals;
using weir::errc;
using weir::testing::advance;
using weir::testing::error_of;
using weir::testing::held_now;
using weir::testing::settle;
using weir::testing::stream_suite;
using weir::testing::virtual_hub;

template <class Kind>
using StreamWait = stream_suite<Kind>;
TYPED_TEST_SUITE(StreamWait, weir::testing::stream_kinds, weir::testing::stream_kind_names);

/// What one `recv` with room for ten bytes says: the bytes, or why there are none.
weir::result<std::string> receive(weir::stream& from, weir::until until = {}) {
  std::array<char, 10> room{};
  const auto count = from.recv(room, until);
  if (!count) return std::unexpected(count.error());
  return std::string(room.data(), *count);
}

/// Makes the stream's ways full, so that another send has to wait.
void fill(weir::stream& into) {
  const std::string block(100'000, 'x');
  do {  // the system makes more room when it sees that there is need
    while (into.send_some(block, 0ms)) {
    }
    settle();
  } while (into.send_some(block, 0ms));
}

// ---- deadlines ----------------------------------------------------------------------------------

TYPED_TEST(StreamWait, NoTimeAtAllMeansOneTick) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  weir::yield();
  const auto start = weir::now();
  for (const weir::until none : {weir::until(0ms), weir::until(-5s), weir::until(start - 1h)}) {
    bool others_ran = false;
    auto other = weir::spawn_later(0ms, [&others_ran] { others_ran = true; });
    const auto tick = weir::stats().ticks;
    EXPECT_EQ(error_of(receive(right, none)), errc::timed_out);
    EXPECT_EQ(weir::stats().ticks, tick + 1);
    EXPECT_TRUE(others_ran);
    EXPECT_TRUE(other.await());
  }
  EXPECT_EQ(weir::now(), start);
}

TYPED_TEST(StreamWait, WhatIsThereIsReceivedThoughTheDeadlineHasPassed) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  EXPECT_TRUE(left.send("abcline\n"));
  TypeParam::arrive(right, 8);
  std::array<char, 3> room{};
  EXPECT_TRUE(right.recv_exactly(room, weir::now() - 1h));
  EXPECT_EQ(right.recv_until("\n", 10, -1s), "line\n");
  EXPECT_TRUE(right.send("back", weir::now() - 1h));
  TypeParam::arrive(left, 4);
  EXPECT_EQ(receive(left, 0ms), "back");
}

TYPED_TEST(StreamWait, ADeadlineIsMetToTheNanosecond) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  fill(left);
  auto reading = weir::spawn([&left] { return receive(left, 10s); });
  auto writing = weir::spawn([&left] { return left.send("x", weir::now() + 20s); });
  settle();
  EXPECT_EQ(weir::stats().timer_count, 2U);
  advance(10s - 1ns);
  EXPECT_FALSE(reading.done());
  advance(1ns);
  EXPECT_TRUE(reading.done());
  advance(10s - 1ns);
  EXPECT_FALSE(writing.done());
  advance(1ns);
  EXPECT_TRUE(writing.done());
  EXPECT_EQ(error_of(reading.await()), errc::timed_out);
  EXPECT_EQ(error_of(writing.await()), errc::timed_out);
}

TYPED_TEST(StreamWait, ADeadlineThatIsMetLeavesNothingBehind) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  const auto before = held_now();
  auto reading = weir::spawn([&right] { return receive(right, 10s); });
  settle();
  EXPECT_TRUE(left.send("x", 10s));
  EXPECT_EQ(reading.await(), "x");
  EXPECT_EQ(held_now(), before);
}

TYPED_TEST(StreamWait, DataInTheTickInWhichTheDeadlinePassesIsReceived) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  auto reading = weir::spawn([&right] { return receive(right, 0ms); });
  EXPECT_FALSE(reading.done());
  EXPECT_TRUE(left.send("x"));
  TypeParam::arrive(right, 1);
  EXPECT_EQ(reading.await(), "x");
}

TYPED_TEST(StreamWait, DataAfterTheDeadlineInTheSameTickStaysToBeReceived) {
  for (const bool sender_first : {true, false}) {
    virtual_hub hub;
    auto [left, right] = TypeParam::connect();
    const auto deadline = weir::now() + 1s;
    const auto send_then = [&left, &right, deadline] {
      EXPECT_TRUE(weir::sleep(deadline));
      EXPECT_TRUE(left.send("x"));
      TypeParam::arrive(right, 1);
    };
    auto sending = sender_first ? weir::spawn(send_then) : weir::task<void>();
    auto reading = weir::spawn([&right, deadline] { return receive(right, deadline); });
    if (!sender_first) sending = weir::spawn(send_then);
    advance(1s);
    EXPECT_EQ(error_of(reading.await()), errc::timed_out);
    EXPECT_TRUE(sending.await());
    EXPECT_EQ(right.received_count(), 0U);
    EXPECT_EQ(receive(right, 0ms), "x");
  }
}

// ---- cancellation -------------------------------------------------------------------------------

TYPED_TEST(StreamWait, ACancelledTaskIsRefusedFirstAndTakesNothing) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  EXPECT_TRUE(left.send("line\nmore"));
  TypeParam::arrive(right, 9);
  EXPECT_EQ(receive(right).value().substr(0, 1), "l");
  EXPECT_TRUE(left.send("line\n"));
  auto task = weir::spawn([&right] {
    EXPECT_EQ(error_of(weir::sleep(1h)), errc::cancelled);
    std::array<char, 3> room{};
    EXPECT_EQ(error_of(right.recv(room)), errc::cancelled);
    EXPECT_EQ(error_of(right.recv(std::span<char>{})), errc::cancelled);
    EXPECT_EQ(error_of(right.recv_exactly(room)), errc::cancelled);
    EXPECT_EQ(error_of(right.recv_until("\n", 100)), errc::cancelled);
    EXPECT_EQ(error_of(right.recv_until("", 100)), errc::cancelled);
    EXPECT_EQ(error_of(right.send("x")), errc::cancelled);
    EXPECT_EQ(error_of(right.send("")), errc::cancelled);
    EXPECT_EQ(error_of(right.send_some("x", 0ms)), errc::cancelled);
    EXPECT_TRUE(right.shutdown());  // no cancel point
  });
  settle();
  task.cancel();
  EXPECT_TRUE(task.await());
  EXPECT_EQ(right.sent_count(), 0U);
  EXPECT_EQ(right.received_count(), 9U);
  EXPECT_EQ(right.recv_until("\n", 100), "line\n");
}

TYPED_TEST(StreamWait, ACancelledTaskIsToldSoBeforeItIsToldOfACloseOrABusyEnd) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  auto reading = weir::spawn([&right] { return receive(right); });
  auto task = weir::spawn([&left, &right] {
    EXPECT_EQ(error_of(weir::sleep(1h)), errc::cancelled);
    EXPECT_EQ(error_of(receive(right)), errc::cancelled);
    EXPECT_EQ(error_of(receive(left)), errc::cancelled);
    EXPECT_EQ(error_of(left.send("x")), errc::cancelled);
  });
  settle();
  left.close();
  task.cancel();
  EXPECT_TRUE(task.await());
  EXPECT_EQ(error_of(reading.await()), errc::closed);
}

TYPED_TEST(StreamWait, ACancelWakesWhoWaits) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  fill(left);
  const auto before = held_now();
  auto reading = weir::spawn([&left] { return receive(left, 1h); });
  auto writing = weir::spawn([&left] { return left.send("x", 1h); });
  settle();
  reading.cancel();
  writing.cancel();
  EXPECT_EQ(error_of(reading.await()), errc::cancelled);
  EXPECT_EQ(error_of(writing.await()), errc::cancelled);
  EXPECT_EQ(held_now(), before);
}

TYPED_TEST(StreamWait, DataAndACancelInOneTickAreACancelAndTheDataStays) {
  for (const bool data_first : {true, false}) {
    virtual_hub hub;
    auto [left, right] = TypeParam::connect();
    auto reading = weir::spawn([&right] { return receive(right); });
    settle();
    if (!data_first) reading.cancel();
    EXPECT_TRUE(left.send("x"));
    TypeParam::arrive(right, 1);
    if (data_first) reading.cancel();
    EXPECT_EQ(error_of(reading.await()), errc::cancelled);
    EXPECT_EQ(right.received_count(), 0U);
    EXPECT_EQ(receive(right, 0ms), "x");
  }
}

TYPED_TEST(StreamWait, ADeadlineAndACancelInOneTickAreWhicheverCameFirst) {
  for (const bool cancel_first : {true, false}) {
    virtual_hub hub;
    auto [left, right] = TypeParam::connect();
    auto reading = weir::spawn([&right] { return receive(right, 1s); });
    settle();
    if (cancel_first) {
      advance(1s - 1ns);
      reading.cancel();
      advance(1ns);
      EXPECT_EQ(error_of(reading.await()), errc::cancelled);
    } else {
      auto cancelling = weir::spawn_later(weir::now() + 1s, [&reading] { reading.cancel(); });
      advance(1s);
      EXPECT_EQ(error_of(reading.await()), errc::timed_out);
      EXPECT_TRUE(cancelling.await());
    }
  }
}

// ---- closes -------------------------------------------------------------------------------------

TYPED_TEST(StreamWait, DataAndACloseHereInOneTickAreAClose) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  auto reading = weir::spawn([&right] { return receive(right); });
  settle();
  EXPECT_TRUE(left.send("x"));
  TypeParam::arrive(right, 1);
  EXPECT_TRUE(right.close());
  EXPECT_EQ(error_of(reading.await()), errc::closed);
  EXPECT_EQ(right.received_count(), 0U);
}

TYPED_TEST(StreamWait, DataAndACloseAtTheOtherEndInOneTickAreDataAndThenTheEnd) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  auto reading = weir::spawn([&right] { return receive(right); });
  settle();
  EXPECT_TRUE(left.send("x"));
  EXPECT_TRUE(left.close());
  TypeParam::arrive_end(right);
  EXPECT_EQ(reading.await(), "x");
  EXPECT_EQ(error_of(receive(right)), errc::closed);
}

TYPED_TEST(StreamWait, ADeadlineAndACloseInOneTickAreWhicheverCameFirst) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  auto reading = weir::spawn([&right] { return receive(right, 1s); });
  settle();
  auto closing = weir::spawn_later(weir::now() + 1s, [&right] { right.close(); });
  advance(1s);
  EXPECT_EQ(error_of(reading.await()), errc::timed_out);
  EXPECT_TRUE(closing.await());

  auto other = TypeParam::connect();
  auto closed = weir::spawn([&other] { return receive(other.first, 1s); });
  settle();
  advance(1s - 1ns);
  other.first.close();
  advance(1ns);
  EXPECT_EQ(error_of(closed.await()), errc::closed);
}

}  // namespace
