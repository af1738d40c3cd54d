// SPDX-License-Identifier: MIT
// Tokens given to the calls of a stream.
#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <weir/cancel_token.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stream.hpp>
#include <weir/testing.hpp>

#include "net/stream_suite.hpp"
#include "testing/errors.hpp"
#include "testing/holdings.hpp"
#include "testing/much.hpp"

namespace {

using namespace std::chrono_literals;
using weir::cancel_token;
using weir::errc;
using weir::testing::advance;
using weir::testing::cancelled;
using weir::testing::error_of;
using weir::testing::held_now;
using weir::testing::much;
using weir::testing::settle;
using weir::testing::stream_suite;
using weir::testing::virtual_hub;

template <class Kind>
using StreamCancelToken = stream_suite<Kind>;
TYPED_TEST_SUITE(StreamCancelToken, weir::testing::stream_kinds, weir::testing::stream_kind_names);

TYPED_TEST(StreamCancelToken, ACancelledOneRefusesEveryCallFirstAndNothingIsTaken) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  EXPECT_TRUE(left.send("line\nmore"));
  TypeParam::arrive(right, 9);
  std::array<char, 1> first{};
  EXPECT_TRUE(right.recv(first));  // the rest was read ahead
  const cancel_token token;
  token.cancel();
  std::array<char, 3> room{};
  EXPECT_EQ(error_of(right.recv(room, token)), cancelled);
  EXPECT_EQ(error_of(right.recv_exactly(room, {1s, token})), cancelled);
  EXPECT_EQ(error_of(right.recv_until("\n", 100, token)), cancelled);
  EXPECT_EQ(error_of(right.recv_until("", 100, token)), cancelled);
  EXPECT_EQ(error_of(right.send("x", token)), cancelled);
  EXPECT_EQ(error_of(right.send("", token)), cancelled);
  EXPECT_EQ(error_of(right.send_some("x", {0s, token})), cancelled);
  EXPECT_EQ(error_of(right.flush(token)), cancelled);
  EXPECT_EQ(right.sent_count(), 0U);
  EXPECT_EQ(right.received_count(), 1U);
  EXPECT_EQ(right.recv_until("\n", 100), "ine\n");
  left.close();
  EXPECT_EQ(error_of(left.recv(room, token)), cancelled);  // before that it is closed
}

TYPED_TEST(StreamCancelToken, ACancelEndsAReceiveOfEveryKindAndTheStreamGoesOn) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  const auto before = held_now();
  const cancel_token token;
  std::array<char, 10> room{};
  for (const bool in_part : {false, true}) {
    const cancel_token this_time = token.child();
    auto exactly = weir::spawn([&] { return error_of(right.recv_exactly(room, {1h, this_time})); });
    EXPECT_TRUE(left.send(in_part ? "part" : ""));
    settle();
    EXPECT_FALSE(exactly.done());
    this_time.cancel();
    EXPECT_EQ(exactly.await(), cancelled);
  }
  auto line = weir::spawn([&] { return error_of(right.recv_until("\n", 100, token)); });
  settle();
  token.cancel();
  EXPECT_EQ(line.await(), cancelled);
  EXPECT_EQ(held_now(), before);
  EXPECT_TRUE(left.send("\n"));
  EXPECT_EQ(right.recv_until("\n", 100), "part\n");
}

TYPED_TEST(StreamCancelToken, TheEarlierOfTwoDeadlinesEndsACallThatWaitsSeveralTimes) {
  for (const std::chrono::seconds own : {3s, 10s}) {
    virtual_hub hub;
    auto [left, right] = TypeParam::connect();
    auto receiving = weir::spawn([&right, own] {
      std::array<char, 10> room{};
      const cancel_token token{5s};
      return error_of(right.recv_exactly(room, {own, token}));
    });
    for (int part = 0; part < 2; ++part) {
      advance(1s);
      EXPECT_TRUE(left.send("x"));
      settle();
      EXPECT_FALSE(receiving.done());
    }
    advance(std::min<std::chrono::nanoseconds>(own, 5s) - 2s - 1ns);
    EXPECT_FALSE(receiving.done());
    advance(1ns);
    EXPECT_TRUE(receiving.done());
    EXPECT_EQ(receiving.await(), own == 3s ? make_error_code(errc::timed_out) : cancelled);
  }
}

TYPED_TEST(StreamCancelToken, ACancelEndsASendThatWaitsForRoom) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  const cancel_token token;
  auto sending = weir::spawn([&] { return error_of(left.send(much(), token)); });
  settle();
  EXPECT_FALSE(sending.done());
  token.cancel();
  EXPECT_EQ(sending.await(), cancelled);
  EXPECT_LT(left.sent_count(), much().size());
}

TYPED_TEST(StreamCancelToken, DataAndACancelInOneTickLoseNothing) {
  for (const bool data_first : {true, false}) {
    virtual_hub hub;
    auto [left, right] = TypeParam::connect();
    const auto before = held_now();
    const cancel_token token;
    std::array<char, 10> room{};
    auto receiving = weir::spawn([&] { return error_of(right.recv(room, token)); });
    settle();
    if (!data_first) token.cancel();
    EXPECT_TRUE(left.send("x"));
    TypeParam::arrive(right, 1);
    if (data_first) token.cancel();
    // As with a cancellation of the task: a reader woken by data looks before it takes any.
    EXPECT_EQ(receiving.await(), cancelled);
    EXPECT_EQ(held_now(), before);
    EXPECT_EQ(right.recv(room), 1U);
  }
}

TEST(StreamCancelTokenGathered, ACancelEndsAFlushAndACloseAndLosesNothing) {
  virtual_hub hub;
  auto [left, right] = weir::testing::stream_pair({.capacity = 10, .gather = true});
  EXPECT_TRUE(left.send(std::string(25, 'x')));
  const cancel_token token;
  auto flushing = weir::spawn([&] { return error_of(left.flush(token.child())); });
  auto other = weir::spawn([&] { return error_of(left.flush({1h, token})); });
  token.cancel();
  EXPECT_EQ(flushing.await(), cancelled);
  EXPECT_NE(other.await(), std::error_code{});
  const cancel_token last;
  auto closing = weir::spawn([&] { return error_of(left.close(last)); });
  last.cancel();
  EXPECT_EQ(closing.await(), cancelled);
  std::string all(25, '\0');
  EXPECT_TRUE(right.recv_exactly(all));
}

}  // namespace
