// SPDX-License-Identifier: MIT
// How a stream ends under those who use it: closed, destroyed, moved, or used by two at once.
#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include <gtest/gtest.h>

#include <weir/hub.hpp>
#include <weir/run.hpp>
#include <weir/spawn.hpp>
#include <weir/stream.hpp>
#include <weir/task.hpp>
#include <weir/testing.hpp>

#include "net/stream_suite.hpp"
#include "testing/holdings.hpp"
#include "testing/much.hpp"

namespace {

using namespace std::chrono_literals;
using weir::errc;
using weir::testing::error_of;
using weir::testing::held_now;
using weir::testing::much;
using weir::testing::settle;
using weir::testing::stream_suite;
using weir::testing::virtual_hub;

static_assert(!std::is_copy_constructible_v<weir::stream>);
static_assert(std::is_nothrow_move_constructible_v<weir::stream>);
static_assert(std::is_nothrow_move_assignable_v<weir::stream>);

template <class Kind>
using StreamEnd = stream_suite<Kind>;
TYPED_TEST_SUITE(StreamEnd, weir::testing::stream_kinds, weir::testing::stream_kind_names);

auto spawn_reader(weir::stream& from) {
  return weir::spawn([&from] {
    std::array<char, 10> room{};
    return error_of(from.recv(room));
  });
}

auto spawn_writer(weir::stream& into) {
  return weir::spawn([&into] { return error_of(into.send(much())); });
}

TYPED_TEST(StreamEnd, CloseWakesBothWhoReceivesAndWhoSends) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  const auto before = held_now();
  auto reading = spawn_reader(left);
  auto writing = spawn_writer(left);
  settle();
  EXPECT_TRUE(left.close());
  EXPECT_FALSE(reading.done());  // close does not yield
  EXPECT_FALSE(left.open());
  EXPECT_EQ(reading.await(), errc::closed);
  EXPECT_EQ(writing.await(), errc::closed);
  right.close();
  auto after = before;
  after.registered_fds = 0;
  EXPECT_EQ(held_now(), after);
}

TYPED_TEST(StreamEnd, CloseWakesEveryReceivingCall) {
  virtual_hub hub;
  auto [first, first_peer] = TypeParam::connect();
  auto [second, second_peer] = TypeParam::connect();
  EXPECT_TRUE(first_peer.send("abc"));
  EXPECT_TRUE(second_peer.send("abc"));
  auto exactly = weir::spawn([&first] {
    std::array<char, 10> room{};
    return error_of(first.recv_exactly(room));
  });
  auto line = weir::spawn([&second] { return error_of(second.recv_until("\n", 100)); });
  settle();
  first.close();
  second.close();
  EXPECT_EQ(exactly.await(), errc::closed);
  EXPECT_EQ(line.await(), errc::closed);
}

TYPED_TEST(StreamEnd, AClosedStreamSaysSoToEveryCall) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  EXPECT_TRUE(right.send("left over\nabc"));
  EXPECT_EQ(left.recv_until("\n", 100), "left over\n");
  EXPECT_TRUE(left.close());
  std::array<char, 10> room{};
  EXPECT_EQ(error_of(left.recv(room)), errc::closed);  // what was read ahead is gone
  EXPECT_EQ(error_of(left.recv_exactly(room)), errc::closed);
  EXPECT_EQ(error_of(left.recv_until("\n", 100)), errc::closed);
  EXPECT_EQ(error_of(left.send("x")), errc::closed);
  EXPECT_EQ(error_of(left.send_some("x")), errc::closed);
  EXPECT_EQ(left.local(), weir::address{});
  EXPECT_EQ(left.remote(), weir::address{});
}

TYPED_TEST(StreamEnd, ASecondCloseSaysClosed) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  EXPECT_TRUE(left.close());
  EXPECT_EQ(error_of(left.close()), errc::closed);
  EXPECT_TRUE(right.close());
}

TYPED_TEST(StreamEnd, ADefaultConstructedStreamIsClosed) {
  virtual_hub hub;
  weir::stream none;
  std::array<char, 10> room{};
  EXPECT_FALSE(none.open());
  EXPECT_EQ(error_of(none.recv(room)), errc::closed);
  EXPECT_EQ(error_of(none.recv_exactly(room)), errc::closed);
  EXPECT_EQ(error_of(none.recv_until("\n", 10)), errc::closed);
  EXPECT_EQ(error_of(none.send("x")), errc::closed);
  EXPECT_EQ(error_of(none.send_some("x")), errc::closed);
  EXPECT_EQ(error_of(none.close()), errc::closed);
  EXPECT_EQ(none.received_count(), 0U);
  EXPECT_EQ(none.local(), weir::address{});
}

TYPED_TEST(StreamEnd, AStreamMayBeDestroyedUnderWhoReceivesAndWhoSends) {
  virtual_hub hub;
  const auto before = held_now();
  auto [left, right] = TypeParam::connect();
  auto doomed = std::make_unique<weir::stream>(std::move(left));
  auto reading = spawn_reader(*doomed);
  auto writing = spawn_writer(*doomed);
  settle();
  doomed.reset();
  EXPECT_EQ(reading.await(), errc::closed);
  EXPECT_EQ(writing.await(), errc::closed);
  right.close();
  EXPECT_EQ(held_now(), before);
}

TYPED_TEST(StreamEnd, AStreamMayBeDestroyedUnderACallThatNeedsSeveralParts) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  EXPECT_TRUE(right.send("part"));
  auto doomed = std::make_unique<weir::stream>(std::move(left));
  auto reading = weir::spawn([&doomed] { return error_of(doomed->recv_until("\n", 100)); });
  settle();
  doomed.reset();
  EXPECT_EQ(reading.await(), errc::closed);
}

TYPED_TEST(StreamEnd, AssigningAnotherStreamClosesTheOneThatWasThere) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  auto reading = spawn_reader(left);
  settle();
  left = weir::stream();
  EXPECT_EQ(reading.await(), errc::closed);
  std::array<char, 10> room{};
  EXPECT_EQ(error_of(right.recv(room)), errc::closed);
}

TYPED_TEST(StreamEnd, AStreamMayBeMovedUnderWhoReceivesAndWhoSends) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  std::string line;
  auto reading = weir::spawn([&left, &line] { line = left.recv_until("\n", 100).value(); });
  auto writing = weir::spawn([&left] { return error_of(left.send(much())); });
  settle();
  weir::stream moved = std::move(left);
  EXPECT_TRUE(right.send("to who waits\n"));
  EXPECT_TRUE(reading.await());
  EXPECT_EQ(line, "to who waits\n");
  std::string all(much().size(), '\0');
  EXPECT_TRUE(right.recv_exactly(all));
  EXPECT_EQ(writing.await(), std::error_code{});
  EXPECT_EQ(moved.sent_count(), much().size());
  EXPECT_TRUE(right.send("next\n"));
  EXPECT_EQ(moved.recv_until("\n", 100), "next\n");
}

TYPED_TEST(StreamEnd, ASecondReaderIsBusyAndTheFirstGoesOn) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  auto reading = weir::spawn([&left] { return left.recv_until("\n", 100); });
  settle();
  std::array<char, 10> room{};
  EXPECT_EQ(error_of(left.recv(room)), errc::busy);
  EXPECT_EQ(error_of(left.recv(room, 0ms)), errc::busy);
  EXPECT_EQ(error_of(left.recv_exactly(room)), errc::busy);
  EXPECT_EQ(error_of(left.recv_until("\n", 100)), errc::busy);
  EXPECT_TRUE(right.send("line\n"));
  EXPECT_EQ(reading.await(), "line\n");
}

TYPED_TEST(StreamEnd, AReaderBetweenTwoPartsOfALineIsStillTheReader) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  auto reading = weir::spawn([&left] { return left.recv_until("\n", 100); });
  settle();
  EXPECT_TRUE(right.send("part"));
  TypeParam::arrive(left, 4);
  settle();
  std::array<char, 10> room{};
  EXPECT_EQ(error_of(left.recv(room)), errc::busy);
  EXPECT_TRUE(right.send("s\n"));
  EXPECT_EQ(reading.await(), "parts\n");
}

TYPED_TEST(StreamEnd, ASecondWriterIsBusyAndTheFirstGoesOn) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  auto writing = spawn_writer(left);
  settle();
  EXPECT_EQ(error_of(left.send("x")), errc::busy);
  EXPECT_EQ(error_of(left.send_some("x", 0ms)), errc::busy);
  EXPECT_EQ(error_of(left.send("")), errc::busy);
  std::string all(much().size(), '\0');
  EXPECT_TRUE(right.recv_exactly(all));
  EXPECT_EQ(writing.await(), std::error_code{});
  EXPECT_TRUE(left.send("x"));
}

TYPED_TEST(StreamEnd, OneMayReceiveWhileAnotherSends) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  auto reading = weir::spawn([&left] { return left.recv_until("\n", 100); });
  auto writing = spawn_writer(left);
  settle();
  EXPECT_FALSE(reading.done());
  EXPECT_FALSE(writing.done());
  EXPECT_TRUE(right.send("line\n"));
  EXPECT_EQ(reading.await(), "line\n");
  right.close();
  EXPECT_NE(writing.await(), std::error_code{});
}

TYPED_TEST(StreamEnd, AHubThatEndsWakesWhoWaitsAtAStream) {
  weir::result<void> sent;
  std::error_code received;
  {
    virtual_hub hub;
    auto [left, right] = TypeParam::connect();
    auto task = weir::spawn([mine = std::move(left), &sent, &received]() mutable {
      auto reading = spawn_reader(mine);
      sent = mine.send(much());
      while (!reading.done()) received = reading.await().value_or(errc::cancelled);
    });
    task.detach();
    settle();
  }
  EXPECT_EQ(error_of(sent), errc::cancelled);
  EXPECT_EQ(received, errc::cancelled);
}

TYPED_TEST(StreamEnd, AStreamMayOutliveItsHub) {
  weir::stream left;
  weir::stream right;
  {
    virtual_hub hub;
    std::tie(left, right) = TypeParam::connect();
  }
  EXPECT_TRUE(left.open());
  EXPECT_TRUE(left.close());
  EXPECT_FALSE(left.open());
}

TYPED_TEST(StreamEnd, AStreamThatOutlivedItsHubDoesNothingToTheNext) {
  weir::stream old_left;
  weir::stream old_right;
  {
    virtual_hub hub;
    std::tie(old_left, old_right) = TypeParam::connect();
  }
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  const auto before = held_now();
  old_left.close();
  old_right = {};
  EXPECT_EQ(held_now(), before);
  EXPECT_TRUE(left.send("still there\n"));
  EXPECT_EQ(right.recv_until("\n", 100), "still there\n");
}

TYPED_TEST(StreamEnd, WorksInARealHub) {
  const auto ended = weir::run({.spin = 0us}, [] {
    auto [left, right] = TypeParam::connect();
    auto answering = weir::spawn([&right] {
      while (auto line = right.recv_until("\n", 100, 10s)) {
        EXPECT_TRUE(right.send(*line + *line, 10s));
      }
      EXPECT_TRUE(right.close());
    });
    for (int i = 0; i < 100; ++i) {
      EXPECT_TRUE(left.send("line\n", 10s));
      EXPECT_EQ(left.recv_until("\n", 100, 10s), "line\n");
      EXPECT_EQ(left.recv_until("\n", 100, 10s), "line\n");
    }
    std::array<char, 10> room{};
    EXPECT_EQ(error_of(left.recv(room, 1ms)), errc::timed_out);
    EXPECT_TRUE(left.shutdown());
    EXPECT_EQ(error_of(left.recv(room, 10s)), errc::closed);
    return answering.await();
  });
  EXPECT_TRUE(ended);
}

}  // namespace
