// SPDX-License-Identifier: MIT
// What a stream sends, and what it says when the other end reads nothing or is gone.
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
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
using weir::testing::held_now;
using weir::testing::received_until_end;
using weir::testing::settle;
using weir::testing::stream_suite;
using weir::testing::virtual_hub;

/// More than fits between the two ends of any kind.
constexpr std::size_t too_much = std::size_t{16} * 1024 * 1024;

template <class Kind>
using StreamSend = stream_suite<Kind>;
TYPED_TEST_SUITE(StreamSend, weir::testing::stream_kinds, weir::testing::stream_kind_names);

/// How many bytes came before the end of the stream.
std::size_t count_until_end(weir::stream& from) {
  std::size_t all = 0;
  std::string part(100'000, '\0');
  while (const auto count = from.recv(part)) all += *count;
  return all;
}

TYPED_TEST(StreamSend, ReturnsWhenAllIsHandedOverAndDoesNotWaitForTheReceiver) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  EXPECT_TRUE(left.send("a message", 0ms));
  EXPECT_EQ(left.sent_count(), 9U);
  EXPECT_EQ(right.sent_count(), 0U);
}

TYPED_TEST(StreamSend, SendSomeTakesAtLeastAByteAndSaysHowMany) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  EXPECT_EQ(left.send_some("abc"), 3U);
  const std::string much(too_much, 'x');
  const auto some = left.send_some(much);
  ASSERT_TRUE(some);
  EXPECT_GT(*some, 0U);
  EXPECT_LT(*some, much.size());
  EXPECT_EQ(left.sent_count(), 3 + *some);
}

TYPED_TEST(StreamSend, SendingNothingSucceedsAtOnce) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  EXPECT_TRUE(left.send("", 0ms));
  EXPECT_EQ(left.send_some("", 0ms), 0U);
  EXPECT_EQ(left.sent_count(), 0U);
}

TYPED_TEST(StreamSend, WaitsWhileTheOtherEndReadsNothingAndGoesOnWhenItDoes) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  const std::string much(too_much, 'x');
  auto sending = weir::spawn([&left, &much] {
    auto sent = left.send(much);
    left.close();
    return sent;
  });
  settle();
  EXPECT_FALSE(sending.done());
  EXPECT_EQ(count_until_end(right), much.size());
  EXPECT_TRUE(sending.await());
  EXPECT_EQ(left.sent_count(), much.size());
}

TYPED_TEST(StreamSend, ASendThatTimesOutSaysHowMuchHasGoneByItsCount) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  const std::string much(too_much, 'x');
  auto sending = weir::spawn([&left, &much] { return left.send(much, 5s); });
  settle();
  advance(5s - 1ns);
  EXPECT_FALSE(sending.done());
  advance(1ns);
  EXPECT_EQ(error_of(sending.await()), errc::timed_out);
  const std::uint64_t gone = left.sent_count();
  EXPECT_GT(gone, 0U);
  EXPECT_LT(gone, much.size());
  EXPECT_TRUE(left.shutdown());
  EXPECT_EQ(count_until_end(right), gone);
}

TYPED_TEST(StreamSend, OneDeadlineHoldsForAllThePartsOfASend) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  const std::string much(too_much, 'x');
  auto sending = weir::spawn([&left, &much] { return left.send(much, 10s); });
  std::string part(50'000, '\0');
  for (int second = 0; second < 10; ++second) {
    settle();
    EXPECT_FALSE(sending.done());
    EXPECT_TRUE(right.recv_exactly(part));
    advance(1s);
  }
  EXPECT_EQ(error_of(sending.await()), errc::timed_out);
}

TYPED_TEST(StreamSend, ASendThatIsCancelledSaysHowMuchHasGoneByItsCount) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  const std::string much(too_much, 'x');
  auto sending = weir::spawn([&left, &much] { return left.send(much); });
  settle();
  sending.cancel();
  EXPECT_EQ(error_of(sending.await()), errc::cancelled);
  const std::uint64_t gone = left.sent_count();
  EXPECT_TRUE(left.shutdown());
  EXPECT_EQ(count_until_end(right), gone);
}

TYPED_TEST(StreamSend, AFullStreamCanBeClosedAtBothEnds) {
  virtual_hub hub;
  const auto before = held_now();
  {
    auto [left, right] = TypeParam::connect();
    const std::string much(too_much, 'x');
    EXPECT_EQ(error_of(left.send(much, 0ms)), errc::timed_out);
    EXPECT_EQ(error_of(right.send(much, 0ms)), errc::timed_out);
    EXPECT_TRUE(left.close());
    EXPECT_TRUE(right.close());
  }
  EXPECT_EQ(held_now(), before);
}

TYPED_TEST(StreamSend, BothWaysAtOnceDoNotGetInEachOthersWay) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  const std::string there(3'000'000, 't');
  const std::string back(2'000'000, 'b');
  auto left_sends = weir::spawn([&left, &there] {
    EXPECT_TRUE(left.send(there));
    EXPECT_TRUE(left.shutdown());
  });
  auto right_sends = weir::spawn([&right, &back] {
    EXPECT_TRUE(right.send(back));
    EXPECT_TRUE(right.shutdown());
  });
  auto left_receives = weir::spawn([&left] { return received_until_end(left); });
  EXPECT_EQ(received_until_end(right), there);
  EXPECT_EQ(left_receives.await(), back);
  EXPECT_TRUE(left_sends.await());
  EXPECT_TRUE(right_sends.await());
}

// ---- half-closes, and an end that is gone -------------------------------------------------------

TYPED_TEST(StreamSend, AfterShutdownReceivingGoesOn) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  EXPECT_TRUE(left.send("question"));
  EXPECT_TRUE(left.shutdown());
  EXPECT_EQ(received_until_end(right), "question");
  EXPECT_TRUE(left.open());
  EXPECT_TRUE(right.send("answer"));
  EXPECT_TRUE(right.shutdown());
  EXPECT_EQ(received_until_end(left), "answer");
}

TYPED_TEST(StreamSend, AfterShutdownNothingMoreIsSent) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  EXPECT_TRUE(left.shutdown());
  EXPECT_EQ(error_of(left.send("more")), std::errc::broken_pipe);
  EXPECT_EQ(error_of(left.send_some("more")), std::errc::broken_pipe);
  EXPECT_EQ(left.sent_count(), 0U);
  EXPECT_EQ(received_until_end(right), "");
}

TYPED_TEST(StreamSend, AShutdownWakesWhoSends) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  const std::string much(too_much, 'x');
  auto sending = weir::spawn([&left, &much] { return left.send(much); });
  settle();
  EXPECT_TRUE(left.shutdown());
  EXPECT_EQ(error_of(sending.await()), std::errc::broken_pipe);
  EXPECT_EQ(count_until_end(right), left.sent_count());
}

TYPED_TEST(StreamSend, ShutdownAfterCloseSaysClosed) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  left.close();
  EXPECT_EQ(error_of(left.shutdown()), errc::closed);
  EXPECT_EQ(error_of(weir::stream().shutdown()), errc::closed);
}

TYPED_TEST(StreamSend, SendingToAnEndThatIsClosedFailsSoon) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  right.close();
  const std::string much(too_much, 'x');
  auto sent = left.send(much);  // over a network, the first bytes may go before the word comes
  for (int i = 0; i < 100 && sent; ++i) sent = left.send(much);
  EXPECT_TRUE(error_of(sent) == std::errc::broken_pipe ||
              error_of(sent) == std::errc::connection_reset)
      << error_of(sent).message();
  sent = left.send("x");
  if (sent) sent = left.flush();
  EXPECT_EQ(error_of(sent), std::errc::broken_pipe);
}

TYPED_TEST(StreamSend, WhoSendsIsWokenWhenTheOtherEndIsClosed) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  const std::string much(too_much, 'x');
  auto sending = weir::spawn([&left, &much] { return left.send(much); });
  settle();
  EXPECT_FALSE(sending.done());
  right.close();
  const auto why = error_of(sending.await());
  EXPECT_TRUE(why == std::errc::broken_pipe || why == std::errc::connection_reset) << why.message();
}

TYPED_TEST(StreamSend, CountsTheBytesThatWereHandedOver) {
  virtual_hub hub;
  auto [left, right] = TypeParam::connect();
  EXPECT_TRUE(left.send("12345"));
  EXPECT_EQ(left.send_some("678"), 3U);
  EXPECT_EQ(left.sent_count(), 8U);
  left.close();
  EXPECT_EQ(error_of(left.send("9")), errc::closed);
  EXPECT_EQ(left.sent_count(), 8U);
  EXPECT_EQ(weir::stream().sent_count(), 0U);
}

}  // namespace
