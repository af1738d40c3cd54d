// SPDX-License-Identifier: MIT
// How a stream receives up to a delimiter, wherever its parts are cut.
#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

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
using weir::testing::received_exactly;
using weir::testing::settle;
using weir::testing::stream_suite;
using weir::testing::virtual_hub;

template <class Kind>
using StreamRecvUntil = stream_suite<Kind>;
TYPED_TEST_SUITE(StreamRecvUntil, weir::testing::stream_kinds, weir::testing::stream_kind_names);

/// What one `recv` with ample room returns.
std::string received(weir::stream& from) {
  std::string bytes(100, '\0');
  bytes.resize(from.recv(bytes).value());
  return bytes;
}

TYPED_TEST(StreamRecvUntil, RecvUntilReturnsOneLineAfterAnother) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  EXPECT_TRUE(left.send("first\r\n\r\nthird\r\nrest"));
  TypeParam::arrive(right, 20);
  EXPECT_EQ(right.recv_until("\r\n", 100), "first\r\n");
  EXPECT_EQ(right.recv_until("\r\n", 100), "\r\n");
  EXPECT_EQ(right.recv_until("\r\n", 100), "third\r\n");
  EXPECT_EQ(received(right), "rest");
}

TYPED_TEST(StreamRecvUntil, RecvUntilFindsADelimiterThatComesInParts) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  auto receiving = weir::spawn([&right] { return right.recv_until("<end>", 100); });
  for (const std::string_view part : {"a<en", "b<", "e", "n", "d>c"}) {
    settle();
    EXPECT_FALSE(receiving.done());
    EXPECT_TRUE(left.send(part));
    TypeParam::arrive(right, 1);
  }
  EXPECT_EQ(receiving.await(), "a<enb<end>");
  EXPECT_EQ(received(right), "c");
}

TYPED_TEST(StreamRecvUntil, RecvUntilFindsADelimiterThatBeginsWithinItself) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  auto receiving = weir::spawn([&right] { return right.recv_until("aab", 100); });
  for (const char byte : std::string_view("caaab")) {
    settle();
    EXPECT_FALSE(receiving.done());
    EXPECT_TRUE(left.send(std::string(1, byte)));
    TypeParam::arrive(right, 1);
  }
  EXPECT_EQ(receiving.await(), "caaab");
}

TYPED_TEST(StreamRecvUntil, ADelimiterMayHoldAnyByte) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  EXPECT_TRUE(left.send(std::string_view("a\0b\0", 4)));
  EXPECT_EQ(right.recv_until(std::string_view("\0", 1), 100), std::string("a\0", 2));
  EXPECT_EQ(right.recv_until(std::string_view("\0", 1), 100), std::string("b\0", 2));
}

TYPED_TEST(StreamRecvUntil, RecvUntilTakesALineOfExactlyTheMostBytesAndRefusesALongerOne) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  EXPECT_TRUE(left.send("1234\n12345\n"));
  TypeParam::arrive(right, 11);
  EXPECT_EQ(right.recv_until("\n", 5), "1234\n");
  EXPECT_EQ(error_of(right.recv_until("\n", 5)), std::errc::message_size);
  EXPECT_EQ(right.received_count(), 5U);
  EXPECT_EQ(right.recv_until("\n", 6), "12345\n");
}

TYPED_TEST(StreamRecvUntil, RecvUntilRefusesAsSoonAsTheLineCannotBeShortEnough) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  EXPECT_TRUE(left.send("12345"));
  TypeParam::arrive(right, 5);
  EXPECT_EQ(error_of(right.recv_until("\n", 5)), std::errc::message_size);
  EXPECT_EQ(error_of(right.recv_until("\n", 0)), std::errc::message_size);
  EXPECT_EQ(received(right), "12345");
}

TYPED_TEST(StreamRecvUntil, RecvUntilTakesALineLongerThanWhatIsReadAtOnce) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  const std::string line = std::string(100'000, 'x') + '\n';
  auto sending = weir::spawn([&left, &line] {
    EXPECT_TRUE(left.send(line));
    EXPECT_TRUE(left.send("next\n"));
  });
  EXPECT_EQ(error_of(right.recv_until("\n", 50'000)), std::errc::message_size);
  EXPECT_EQ(right.recv_until("\n", line.size()), line);
  EXPECT_EQ(right.recv_until("\n", 100), "next\n");
  EXPECT_TRUE(sending.await());
}

TYPED_TEST(StreamRecvUntil, AnEmptyDelimiterIsRefused) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  EXPECT_TRUE(left.send("abc"));
  EXPECT_EQ(error_of(right.recv_until("", 100)), std::errc::invalid_argument);
  EXPECT_EQ(received_exactly(right, 3), "abc");
}

TYPED_TEST(StreamRecvUntil, RecvUntilThatTimesOutTakesNothingAndLaterSucceeds) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  EXPECT_TRUE(left.send("half a "));
  TypeParam::arrive(right, 7);
  auto receiving = weir::spawn([&right] { return right.recv_until("\n", 100, 10s); });
  settle();
  advance(9s);
  EXPECT_FALSE(receiving.done());
  advance(1s);
  EXPECT_EQ(error_of(receiving.await()), errc::timed_out);
  EXPECT_EQ(right.received_count(), 0U);
  EXPECT_TRUE(left.send("line\n"));
  EXPECT_EQ(right.recv_until("\n", 100, 10s), "half a line\n");
  EXPECT_EQ(right.received_count(), 12U);
}

TYPED_TEST(StreamRecvUntil, OneDeadlineHoldsForAllThePartsOfACall) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  auto line = weir::spawn([&right] { return right.recv_until("\n", 100, 10s); });
  for (int second = 0; second < 10; ++second) {
    settle();
    EXPECT_FALSE(line.done());
    EXPECT_TRUE(left.send("x"));
    TypeParam::arrive(right, 1);
    advance(1s);
  }
  EXPECT_EQ(error_of(line.await()), errc::timed_out);

  std::array<char, 100> room{};
  auto exactly = weir::spawn([&right, &room] { return right.recv_exactly(room, 10s); });
  for (int second = 0; second < 10; ++second) {
    settle();
    EXPECT_FALSE(exactly.done());
    EXPECT_TRUE(left.send("x"));
    TypeParam::arrive(right, 1);
    advance(1s);
  }
  EXPECT_EQ(error_of(exactly.await()), errc::timed_out);
  EXPECT_EQ(received_exactly(right, 20), std::string(20, 'x'));
}

TYPED_TEST(StreamRecvUntil, AnUnfinishedLineStaysToBeReceivedWhenTheStreamEnds) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  EXPECT_TRUE(left.send("no end of line"));
  EXPECT_TRUE(left.shutdown());
  EXPECT_EQ(error_of(right.recv_until("\n", 100)), errc::closed);
  EXPECT_EQ(error_of(right.recv_until("\n", 100)), errc::closed);
  EXPECT_EQ(right.recv_until("end", 100), "no end");
  EXPECT_EQ(received(right), " of line");
  EXPECT_EQ(error_of(right.recv_until("\n", 100)), errc::closed);
}

}  // namespace
