// SPDX-License-Identifier: MIT
// How often a task may use a stream in a row before others have their turn.
#include <array>
#include <chrono>
#include <span>
#include <string>

#include <gtest/gtest.h>

#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stream.hpp>
#include <weir/task.hpp>
#include <weir/testing.hpp>

#include "net/stream_suite.hpp"

namespace {

using namespace std::chrono_literals;
using weir::testing::settle;
using weir::testing::stream_suite;
using weir::testing::virtual_hub;

template <class Kind>
using StreamTurns = stream_suite<Kind>;
TYPED_TEST_SUITE(StreamTurns, weir::testing::stream_kinds, weir::testing::stream_kind_names);

/// Makes the stream's ways full, so that another send has to wait.
void fill_at_once(weir::stream& into) {
  const std::string block(100'000, 'x');
  while (into.send_some(block, 0ms)) {
  }
}

/// How many calls in a row this task makes before another that is ready has its turn.
template <class Call>
int calls_before_others_run(Call call) {
  settle();
  bool others_ran = false;
  auto other = weir::spawn_later(0ms, [&others_ran] { others_ran = true; });
  int calls = 0;
  for (; !others_ran && calls < 1000; ++calls) call();
  EXPECT_TRUE(other.await());
  return calls;
}

TYPED_TEST(StreamTurns, CallsThatNeedNotWaitLetOthersRunAfter128) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  std::string lines;
  for (int i = 0; i < 5000; ++i) lines += "a\n";
  EXPECT_TRUE(left.send(lines));
  TypeParam::arrive(right, lines.size());
  std::array<char, 1> byte{};
  EXPECT_TRUE(right.recv(byte));
  EXPECT_TRUE(right.recv(byte));
  const auto in_a_row = [](int calls) { return calls == 128; };
  EXPECT_PRED1(in_a_row, calls_before_others_run([&] { (void)right.recv(byte); }));
  EXPECT_PRED1(in_a_row, calls_before_others_run([&] { (void)right.recv_exactly(byte); }));
  EXPECT_PRED1(in_a_row, calls_before_others_run([&] { (void)right.recv_until("\n", 10); }));
  EXPECT_PRED1(in_a_row, calls_before_others_run([&] { (void)right.recv_until("\n", 0); }));
  EXPECT_PRED1(in_a_row, calls_before_others_run([&] { (void)right.recv(std::span<char>{}); }));
  EXPECT_PRED1(in_a_row, calls_before_others_run([&] { (void)right.send("x"); }));
  EXPECT_PRED1(in_a_row, calls_before_others_run([&] { (void)right.send_some("x"); }));
  EXPECT_PRED1(in_a_row, calls_before_others_run([&] { (void)right.send(""); }));
  EXPECT_PRED1(in_a_row, calls_before_others_run([&] { (void)right.send_some(""); }));
  right.close();
  EXPECT_PRED1(in_a_row, calls_before_others_run([&] { (void)right.recv(byte); }));
  EXPECT_PRED1(in_a_row, calls_before_others_run([&] { (void)right.send("x"); }));
}

TYPED_TEST(StreamTurns, AReaderOfAStreamThatIsNeverEmptyLetsOthersRunAfter128) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  fill_at_once(left);
  std::string block(4096, '\0');  // large enough not to be read ahead
  int calls = 0;
  // Only as long as there is something: a stream that is empty lets others run by itself.
  EXPECT_LE(calls_before_others_run([&] { calls += right.recv(block, 0ms) ? 1 : 0; }), 128);
  EXPECT_GT(calls, 8);
}

TYPED_TEST(StreamTurns, TwoTalkersDoNotKeepAThirdTaskFromItsTurn) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  bool over = false;
  auto answering = weir::spawn([&right] {
    while (auto line = right.recv_until("\n", 10)) {
      if (!right.send(*line)) return;
    }
  });
  auto asking = weir::spawn([&left, &over] {
    while (!over) {
      EXPECT_TRUE(left.send("x\n"));
      EXPECT_EQ(left.recv_until("\n", 10), "x\n");
    }
    left.close();
  });
  for (int turn = 0; turn < 1000; ++turn) weir::yield();
  over = true;
  EXPECT_TRUE(asking.await());
  EXPECT_TRUE(answering.await());
}

}  // namespace
