// SPDX-License-Identifier: MIT
// What a stream receives, call by call, and what a call that fails leaves behind.
#include <array>
#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stream.hpp>
#include <weir/task.hpp>
#include <weir/testing.hpp>

#include "net/stream_suite.hpp"
#include "testing/holdings.hpp"
#include "testing/received.hpp"

namespace {

using namespace std::chrono_literals;
using weir::errc;
using weir::testing::advance;
using weir::testing::error_of;
using weir::testing::held_now;
using weir::testing::received_exactly;
using weir::testing::settle;
using weir::testing::stream_suite;
using weir::testing::virtual_hub;

template <class Kind>
using StreamRecv = stream_suite<Kind>;
TYPED_TEST_SUITE(StreamRecv, weir::testing::stream_kinds, weir::testing::stream_kind_names);

/// What one `recv` with room for `room` bytes returns.
std::string received(weir::stream& from, std::size_t room, weir::until until = {}) {
  std::string bytes(room, '\0');
  bytes.resize(from.recv(bytes, until).value());
  return bytes;
}

std::string numbered_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<char>(i * 7 + i / 251);
  return bytes;
}

TYPED_TEST(StreamRecv, ReceivesWhatTheOtherEndSentInOrder) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  EXPECT_TRUE(left.send("one "));
  EXPECT_TRUE(left.send("two"));
  TypeParam::arrive(right, 7);
  EXPECT_EQ(received(right, 100), "one two");
  EXPECT_TRUE(right.send("and back"));
  EXPECT_EQ(received_exactly(left, 8), "and back");
}

TYPED_TEST(StreamRecv, TakesAnyKindOfBytes) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  EXPECT_TRUE(left.send(std::vector<std::byte>{std::byte{'a'}, std::byte{'b'}}));
  EXPECT_TRUE(left.send(std::array<unsigned char, 2>{'c', '\0'}));
  EXPECT_TRUE(left.send(std::string("d")));
  EXPECT_TRUE(left.send(std::string_view("e")));
  std::array<std::byte, 6> bytes{};
  EXPECT_TRUE(right.recv_exactly(bytes));
  EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(bytes.data()), 6),
            std::string_view("abc\0de", 6));
}

TYPED_TEST(StreamRecv, WaitsUntilThereIsSomething) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  auto receiving = weir::spawn([&right] { return received(right, 100); });
  settle();
  EXPECT_FALSE(receiving.done());
  EXPECT_TRUE(left.send("late"));
  EXPECT_EQ(receiving.await(), "late");
}

TYPED_TEST(StreamRecv, WhatWasReadAheadComesFirstAndThenWhatFollowed) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  const std::string sent = numbered_bytes(20'000);
  EXPECT_TRUE(left.send(sent));
  TypeParam::arrive(right, sent.size());
  EXPECT_EQ(received(right, 1), sent.substr(0, 1));  // reads ahead
  const std::string ahead = received(right, 100'000);
  EXPECT_FALSE(ahead.empty());
  EXPECT_EQ(ahead, sent.substr(1, ahead.size()));
  EXPECT_EQ(received_exactly(right, sent.size() - 1 - ahead.size()), sent.substr(1 + ahead.size()));
}

TYPED_TEST(StreamRecv, LargeAndSmallReceivesMix) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  const std::string sent = numbered_bytes(60'000);
  EXPECT_TRUE(left.send(sent));
  std::string got;
  for (std::size_t room = 1; got.size() < sent.size(); room = room % 20'000 * 3 + 1) {
    got += received(right, std::min(room, sent.size() - got.size()));
  }
  EXPECT_EQ(got, sent);
}

TYPED_TEST(StreamRecv, ReceivingIntoNoRoomAtAllReturnsAtOnce) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  EXPECT_EQ(right.recv(std::span<char>{}), 0U);
  EXPECT_TRUE(right.recv_exactly(std::span<char>{}));
  EXPECT_EQ(right.received_count(), 0U);
  EXPECT_TRUE(left.shutdown());
  TypeParam::arrive_end(right);
  EXPECT_EQ(right.recv(std::span<char>{}), 0U);  // the end comes to who asks for a byte
}

// ---- recv_exactly -------------------------------------------------------------------------------

TYPED_TEST(StreamRecv, RecvExactlyPutsTogetherWhatComesInParts) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  auto receiving = weir::spawn([&right] { return received_exactly(right, 9); });
  for (const std::string_view part : {"abc", "def", "ghijk"}) {
    EXPECT_FALSE(receiving.done());
    EXPECT_TRUE(left.send(part));
    TypeParam::arrive(right, 1);
    settle();
  }
  EXPECT_EQ(receiving.await(), "abcdefghi");
  EXPECT_EQ(received(right, 100), "jk");
}

TYPED_TEST(StreamRecv, RecvExactlyFillsALargeRoom) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  const std::string sent = numbered_bytes(300'000);
  auto sending = weir::spawn([&left, &sent] { return left.send(sent); });
  EXPECT_EQ(received_exactly(right, sent.size()), sent);
  EXPECT_TRUE(sending.await());
  EXPECT_EQ(right.received_count(), sent.size());
}

/// Has a task receive exactly `room` bytes of which only the first come, before `fail` ends it.
template <class Kind, class Fail>
void fail_halfway(std::size_t sent, std::size_t room, std::error_code expected, Fail fail) {
  virtual_hub hub;
  auto [left, right] = Kind::connect();
  const std::string bytes = numbered_bytes(sent);
  EXPECT_TRUE(left.send(bytes));
  std::string into(room, '\0');
  auto receiving =
      weir::spawn([&right, &into] { return right.recv_exactly(into, weir::now() + 1h); });
  settle();
  EXPECT_FALSE(receiving.done());
  fail(left, right, receiving);
  EXPECT_EQ(error_of(receiving.await()), expected);
  EXPECT_EQ(right.received_count(), 0U);
  EXPECT_EQ(received_exactly(right, sent), bytes);
  EXPECT_EQ(right.received_count(), sent);
}

constexpr std::array<std::pair<std::size_t, std::size_t>, 3> halves{
    {{5, 10}, {5, 50'000}, {30'000, 50'000}}};

TYPED_TEST(StreamRecv, RecvExactlyThatTimesOutHalfwayLeavesWhatHadCome) {
  for (const auto& [sent, room] : halves) {
    fail_halfway<TypeParam>(sent, room, errc::timed_out,
                            [](auto& /*left*/, auto& /*right*/, auto& /*receiving*/) {
                              advance(1h - 1ns);
                              settle();
                              advance(1ns);
                            });
  }
}

TYPED_TEST(StreamRecv, RecvExactlyThatMeetsTheEndHalfwayLeavesWhatHadCome) {
  for (const auto& [sent, room] : halves) {
    fail_halfway<TypeParam>(
        sent, room, errc::closed,
        [](auto& left, auto& /*right*/, auto& /*receiving*/) { EXPECT_TRUE(left.shutdown()); });
  }
}

TYPED_TEST(StreamRecv, RecvExactlyThatIsCancelledHalfwayLeavesWhatHadCome) {
  for (const auto& [sent, room] : halves) {
    fail_halfway<TypeParam>(
        sent, room, errc::cancelled,
        [](auto& /*left*/, auto& /*right*/, auto& receiving) { receiving.cancel(); });
  }
}

TYPED_TEST(StreamRecv, RecvExactlyThatFailsPutsBackInFrontOfWhatWasReadAhead) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  EXPECT_TRUE(left.send("line\nabc"));
  EXPECT_EQ(right.recv_until("\n", 100), "line\n");
  std::array<char, 10> room{};
  EXPECT_EQ(error_of(right.recv_exactly(room, 0ms)), errc::timed_out);
  EXPECT_EQ(right.received_count(), 5U);
  EXPECT_TRUE(left.send("def\nghi"));
  EXPECT_EQ(right.recv_until("\n", 100), "abcdef\n");
  EXPECT_EQ(error_of(right.recv_exactly(room, 0ms)), errc::timed_out);
  EXPECT_EQ(received(right, 2), "gh");
  EXPECT_EQ(received(right, 2), "i");
  EXPECT_EQ(right.received_count(), 15U);
}

// ---- the end of the stream ----------------------------------------------------------------------

TYPED_TEST(StreamRecv, TheEndIsToldAgainAndAgainAfterAllThatWasSent) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  EXPECT_TRUE(left.send("last words"));
  left.close();
  EXPECT_EQ(received_exactly(right, 10), "last words");
  std::array<char, 10> room{};
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(error_of(right.recv(room)), errc::closed);
    EXPECT_EQ(error_of(right.recv(room, 0ms)), errc::closed);
    EXPECT_EQ(error_of(right.recv_exactly(room)), errc::closed);
    EXPECT_EQ(error_of(right.recv_until("\n", 10)), errc::closed);
  }
  EXPECT_TRUE(right.open());
}

TYPED_TEST(StreamRecv, TheEndWakesWhoReceives) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  auto receiving = weir::spawn([&right] {
    std::array<char, 10> room{};
    return error_of(right.recv(room));
  });
  settle();
  EXPECT_FALSE(receiving.done());
  EXPECT_TRUE(left.shutdown());
  EXPECT_EQ(receiving.await(), errc::closed);
}

TYPED_TEST(StreamRecv, DataAndTheEndThatCameTogetherAreBothReceived) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  EXPECT_TRUE(left.send("all"));
  left.close();
  TypeParam::arrive_end(right);
  settle();  // the hub has heard of both before anyone asks
  EXPECT_EQ(received(right, 100), "all");
  std::array<char, 10> room{};
  EXPECT_EQ(error_of(right.recv(room)), errc::closed);
}

TYPED_TEST(StreamRecv, CountsTheBytesThatCallersWereGiven) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  EXPECT_TRUE(left.send("1line\n34567890"));
  TypeParam::arrive(right, 14);
  EXPECT_EQ(received(right, 1), "1");
  EXPECT_EQ(right.received_count(), 1U);
  EXPECT_EQ(right.recv_until("\n", 100), "line\n");
  EXPECT_EQ(right.received_count(), 6U);
  EXPECT_EQ(received_exactly(right, 4), "3456");
  EXPECT_EQ(right.received_count(), 10U);
  EXPECT_EQ(received(right, 10'000), "7890");
  EXPECT_EQ(right.received_count(), 14U);
  right.close();
  EXPECT_EQ(right.received_count(), 14U);
  EXPECT_EQ(left.received_count(), 0U);
}

TYPED_TEST(StreamRecv, LeavesNothingBehind) {
  virtual_hub hub;
  const auto before = held_now();
  {
    auto [left, right] = TypeParam::connect();
    EXPECT_TRUE(left.send("some bytes"));
    EXPECT_EQ(received(right, 2), "so");
    std::array<char, 100> room{};
    EXPECT_EQ(error_of(right.recv_exactly(room, 0ms)), errc::timed_out);
  }
  EXPECT_EQ(held_now(), before);
}

}  // namespace
