// SPDX-License-Identifier: MIT
// Tests of waiting for the first of several receivers.
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <variant>

#include <gtest/gtest.h>

#include <weir/testing.hpp>
#include <weir/weir.hpp>

#include "testing/errors.hpp"
#include "testing/holdings.hpp"

namespace weir::testing {
namespace {

using namespace std::chrono_literals;

TEST(Select, ReturnsWhatIsThereAndLeavesTheOthersUntouched) {
  virtual_hub hub;
  auto numbers = weir::pipe<int>();
  auto texts = weir::queue<std::string>(2);
  EXPECT_TRUE(texts.tx.send("x"));
  const auto text = weir::select(numbers.rx, texts.rx, 10ms);
  ASSERT_TRUE(text);
  EXPECT_EQ(text->index(), 1U);
  EXPECT_EQ(std::get<1>(*text), "x");
  EXPECT_TRUE(texts.tx.send("y"));
  auto sending = weir::spawn([&numbers] { return numbers.tx.send(7); });
  const auto number = weir::select(numbers.rx, texts.rx);
  EXPECT_EQ(std::get<0>(number.value()), 7);  // the first in the list
  EXPECT_TRUE(sending.await());
  EXPECT_EQ(texts.rx.recv(), "y");
}

TEST(Select, WaitsForTheFirstToHaveSomething) {
  virtual_hub hub;
  auto numbers = weir::pipe<int>();
  auto texts = weir::pipe<std::unique_ptr<int>>();
  const auto before = held_now();
  for (const std::size_t which : {0U, 1U, 1U, 0U}) {
    auto selecting = weir::spawn([&] { return weir::select(numbers.rx, texts.rx, 1h); });
    if (which == 0) {
      EXPECT_TRUE(numbers.tx.send(3));
    } else {
      EXPECT_TRUE(texts.tx.try_send(std::make_unique<int>(3)));
    }
    const auto got = selecting.await();
    ASSERT_TRUE(got);
    EXPECT_EQ(got->index(), which);
    EXPECT_EQ(held_now(), before);
  }
  EXPECT_EQ(error_of(numbers.tx.try_send(1)), errc::would_block);  // nobody waits there any more
}

TEST(Select, GivesUpWhenItsTimeIsOverOrItIsCancelled) {
  virtual_hub hub;
  auto one = weir::pipe<int>();
  auto two = weir::stalk<int>(1);
  const auto before = held_now();
  EXPECT_EQ(error_of(weir::select(one.rx, two.rx, 5ms)), errc::timed_out);
  EXPECT_EQ(error_of(weir::select(one.rx, two.rx, 0ms)), errc::timed_out);
  auto selecting = weir::spawn([&] { return weir::select(one.rx, two.rx); });
  selecting.cancel();
  EXPECT_EQ(error_of(selecting.await()), errc::cancelled);
  const weir::cancel_token token;
  auto with_token = weir::spawn([&] { return weir::select(one.rx, two.rx, token); });
  token.cancel();
  EXPECT_EQ(error_of(with_token.await()), errc::cancelled);
  EXPECT_TRUE(two.tx.send(1));
  EXPECT_EQ(error_of(weir::select(one.rx, two.rx, token)), errc::cancelled);  // nothing is taken
  EXPECT_EQ(std::get<1>(weir::select(one.rx, two.rx).value()), 1U);
  EXPECT_EQ(held_now(), before);
}

TEST(Select, TakesOneOfTwoThatComeInOneTickAndLeavesTheOtherToItsSender) {
  virtual_hub hub;
  auto one = weir::pipe<int>();
  auto two = weir::pipe<int>();
  auto selecting = weir::spawn([&] { return weir::select(one.rx, two.rx); });
  EXPECT_TRUE(two.tx.try_send(2));
  EXPECT_EQ(error_of(one.tx.try_send(1)), errc::would_block);
  EXPECT_EQ(std::get<1>(selecting.await().value()), 2);
  auto again = weir::spawn([&] { return weir::select(one.rx, two.rx, 5ms); });
  EXPECT_TRUE(weir::sleep(5ms));  // its deadline is in this tick, and was first
  EXPECT_EQ(error_of(two.tx.try_send(2)), errc::would_block);
  EXPECT_EQ(error_of(again.await()), errc::timed_out);
}

TEST(Select, TellsTheErrorOrTheCloseThatCameFirst) {
  virtual_hub hub;
  auto one = weir::pipe<int>();
  auto two = weir::gate<std::string>();
  auto selecting = weir::spawn([&] { return weir::select(one.rx, two.rx); });
  auto failing = weir::spawn([&two] { return two.tx.error(some_error); });
  EXPECT_EQ(error_of(selecting.await()), some_error);
  auto again = weir::spawn([&] { return weir::select(one.rx, two.rx); });
  EXPECT_TRUE(failing.await());
  EXPECT_TRUE(one.tx.close());
  EXPECT_EQ(error_of(again.await()), errc::closed);
  EXPECT_FALSE(one.rx.open());
  EXPECT_TRUE(two.rx.open());
  EXPECT_EQ(error_of(weir::select(two.rx, one.rx)), errc::closed);
}

TEST(Select, IsRefusedWhereSomeoneWaits) {
  virtual_hub hub;
  auto one = weir::pipe<int>();
  auto two = weir::stalk<int>(1);
  auto receiving = weir::spawn([&two] { return two.rx.recv(); });
  EXPECT_EQ(error_of(weir::select(one.rx, two.rx)), errc::busy);
  auto selecting = weir::spawn([&one] { return weir::select(one.rx); });
  EXPECT_EQ(error_of(one.rx.recv()), errc::busy);
  EXPECT_TRUE(one.tx.send(1));
  EXPECT_TRUE(two.tx.send(1));
  EXPECT_TRUE(selecting.await());
  EXPECT_TRUE(receiving.await());
}

TEST(Select, ComesBackToAGate) {
  virtual_hub hub;
  auto one = weir::gate<int>();
  auto two = weir::pipe<int>();
  auto sending = weir::spawn([&one] { return one.tx.send(1); });
  EXPECT_EQ(std::get<0>(weir::select(one.rx, two.rx).value()), 1);
  settle();
  EXPECT_FALSE(sending.done());
  EXPECT_EQ(error_of(weir::select(two.rx, one.rx, 1ms)), errc::timed_out);
  EXPECT_TRUE(sending.done());
}

TEST(Select, AmongSelectorsAndStalksOneOfWhichIsEmptiedBeforeItRuns) {
  virtual_hub hub;
  auto channel = weir::pipe<int>();
  auto selecting = weir::selector<int>();
  const auto key = selecting.add(std::move(channel.rx));
  auto stalk = weir::stalk<int>(2);
  auto first = weir::spawn([&] { return weir::select(selecting, stalk.rx, 1s); });
  EXPECT_TRUE(stalk.tx.send(1));
  auto moved = std::move(stalk.rx);
  EXPECT_TRUE(moved.remove(1));  // what it was woken for is gone
  EXPECT_EQ(std::get<1>(first.await().value()), 0U);
  stalk.rx = std::move(moved);
  auto sending = weir::spawn([&channel] { return channel.tx.send(4); });
  const auto got = weir::select(selecting, stalk.rx);
  ASSERT_TRUE(got);
  EXPECT_EQ(std::get<0>(*got).from, key);
  EXPECT_EQ(std::get<0>(*got).value, 4);
  auto second = weir::spawn([&] { return weir::select(selecting, stalk.rx); });
  EXPECT_TRUE(stalk.tx.send(1));
  EXPECT_TRUE(stalk.tx.send(2));
  EXPECT_EQ(std::get<1>(second.await().value()), 2U);
}

TEST(Select, WhoseEndsAreMovedOrDestroyedMeanwhileGoesOn) {
  virtual_hub hub;
  auto one = weir::pipe<int>();
  auto two = std::make_unique<weir::queue_pair<int>>(weir::queue<int>(1));
  auto selecting = weir::spawn([&] { return weir::select(one.rx, two->rx); });
  auto elsewhere = std::move(one.rx);
  two.reset();
  EXPECT_EQ(error_of(selecting.await()), errc::closed);
  EXPECT_TRUE(elsewhere.open());
}

TEST(Select, OfAnEndThatWasMovedFromSaysClosed) {
  virtual_hub hub;
  auto one = weir::pipe<int>();
  auto elsewhere = std::move(one.rx);
  EXPECT_EQ(error_of(weir::select(one.rx)), errc::closed);
}

TEST(Select, CannotKeepAHubAliveThatNobodyCouldWake) {
  const auto got = weir::run([] {
    auto one = weir::pipe<int>();
    auto two = weir::pipe<int>();
    return error_of(weir::select(one.rx, two.rx));
  });
  EXPECT_EQ(got.value(), errc::deadlock);
}

TEST(Select, GivesOthersTurnsWhenItNeverWaits) {
  virtual_hub hub;
  auto value = weir::value<int>(1);
  bool ran = false;
  auto other = weir::spawn_later(0ms, [&ran] { ran = true; });
  int calls = 0;
  while (!ran) {
    EXPECT_TRUE(weir::select(value.rx));
    ++calls;
  }
  EXPECT_EQ(calls, 128);
}

TEST(Select, ReturnsAnErrorThatWasSentWhateverItIs) {
  virtual_hub hub;
  auto one = weir::pipe<int>();
  auto two = weir::queue<int>(2);
  auto sending = weir::spawn([&one] { return one.tx.error(errc::would_block); });
  EXPECT_EQ(error_of(weir::select(one.rx, two.rx, 5ms)), errc::would_block);
  EXPECT_TRUE(sending.await());
  EXPECT_TRUE(two.tx.error(errc::busy));
  EXPECT_EQ(error_of(weir::select(one.rx, two.rx, 5ms)), errc::busy);
  EXPECT_EQ(error_of(weir::select(one.rx, two.rx, 5ms)), errc::timed_out);
}

TEST(Select, IsRoomForAGateThatWasJoinedToAQueueOfNone) {
  virtual_hub hub;
  auto from = weir::gate<int>();
  auto to = weir::queue<int>(0);
  auto other = weir::pipe<int>();
  EXPECT_TRUE(weir::redirect(std::move(from.rx), std::move(to.tx)));
  auto sending = weir::spawn([&from] {
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(from.tx.send(i, 1s));
  });
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(std::get<1>(weir::select(other.rx, to.rx, 1s).value()), i);
  }
  EXPECT_EQ(error_of(weir::select(other.rx, to.rx, 1ms)), errc::timed_out);
  EXPECT_TRUE(sending.done());
}

}  // namespace
}  // namespace weir::testing
