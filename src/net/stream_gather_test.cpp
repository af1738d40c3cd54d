// SPDX-License-Identifier: MIT
// What a gathering stream keeps, when it sends it, and what becomes of bytes that nobody takes.
#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <tuple>
#include <utility>

#include <gtest/gtest.h>

#include <weir/run.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stream.hpp>
#include <weir/task.hpp>
#include <weir/testing.hpp>

#include "testing/captured_log.hpp"
#include "testing/holdings.hpp"
#include "testing/received.hpp"

namespace {

using namespace std::chrono_literals;
using weir::errc;
using weir::testing::advance;
using weir::testing::captured_log;
using weir::testing::error_of;
using weir::testing::held_now;
using weir::testing::received_until_end;
using weir::testing::settle;
using weir::testing::stream_pair;
using weir::testing::virtual_hub;

constexpr std::size_t most_kept = std::size_t{16} * 1024;

/// Two gathering streams; `capacity` bytes fit between them.
std::pair<weir::stream, weir::stream> joined(std::size_t capacity) {
  return stream_pair({.capacity = capacity, .gather = true});
}

/// `size` bytes in which each tells its place.
std::string numbered(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>('a' + i % 23);
  return bytes;
}

TEST(StreamGather, TheHubSendsWhatDidNotFitWhileItsTaskDoesOtherThings) {
  virtual_hub hub;
  auto [left, right] = joined(10);
  const std::string message = numbered(95);
  EXPECT_TRUE(left.send(message, 0ms));
  EXPECT_EQ(left.sent_count(), message.size());
  auto reading = weir::spawn([&right, size = message.size()] {
    std::string got(size, '\0');
    EXPECT_TRUE(right.recv_exactly(got));
    return got;
  });
  EXPECT_EQ(reading.await(), message);
}

TEST(StreamGather, SendWaitsWhenItsRoomIsFullAndKeepsNothingOfWhatItRefuses) {
  virtual_hub hub;
  auto [left, right] = joined(10);
  const std::string first = numbered(most_kept);
  EXPECT_TRUE(left.send(first, 0ms));
  auto sending = weir::spawn([&left] { return left.send("the one refused", 5s); });
  advance(5s - 1ns);
  EXPECT_FALSE(sending.done());
  advance(1ns);
  EXPECT_EQ(error_of(sending.await()), errc::timed_out);
  EXPECT_EQ(left.sent_count(), first.size());
  auto next = weir::spawn([&left] { return left.send("the next message"); });
  EXPECT_TRUE(left.shutdown());
  EXPECT_EQ(received_until_end(right), first);
  EXPECT_EQ(error_of(next.await()), std::errc::broken_pipe);
}

TEST(StreamGather, SendGoesOnWhenWhatWasKeptHasGone) {
  virtual_hub hub;
  auto [left, right] = joined(10);
  const std::string first = numbered(most_kept);
  auto sending = weir::spawn([&left, &first] {
    EXPECT_TRUE(left.send(first));
    EXPECT_TRUE(left.send("and more"));
    EXPECT_TRUE(left.close());
  });
  EXPECT_EQ(received_until_end(right), first + "and more");
  EXPECT_TRUE(sending.await());
}

TEST(StreamGather, SendSomeTakesWhatThereIsRoomFor) {
  virtual_hub hub;
  auto [left, right] = joined(10);
  EXPECT_TRUE(left.send(numbered(most_kept - 3)));
  EXPECT_EQ(left.send_some("abcdef"), 3U);
  EXPECT_EQ(error_of(left.send_some("def", 0ms)), errc::timed_out);
  EXPECT_EQ(left.sent_count(), most_kept);
}

TEST(StreamGather, ALargeMessageComesBehindTheSmallOnes) {
  virtual_hub hub;
  auto [left, right] = joined(1000);
  const std::string large = numbered(3 * most_kept + 7);
  auto sending = weir::spawn([&left, &large] {
    EXPECT_TRUE(left.send("small, "));
    EXPECT_TRUE(left.send(large));
    EXPECT_TRUE(left.send(", small"));
    EXPECT_TRUE(left.close());
    return left.sent_count();
  });
  EXPECT_EQ(received_until_end(right), "small, " + large + ", small");
  EXPECT_EQ(sending.await(), large.size() + 14);
}

TEST(StreamGather, FlushWaitsUntilEverythingIsTaken) {
  virtual_hub hub;
  auto [left, right] = joined(10);
  EXPECT_TRUE(left.flush(0ms));
  EXPECT_TRUE(left.send(numbered(15)));
  auto flushing = weir::spawn([&left] { return left.flush(); });
  EXPECT_FALSE(flushing.done());
  std::string part(5, '\0');
  EXPECT_TRUE(right.recv_exactly(part));
  EXPECT_TRUE(flushing.await());
}

TEST(StreamGather, AFlushThatTimesOutOrIsCancelledLosesNothing) {
  virtual_hub hub;
  auto [left, right] = joined(10);
  const std::string message = numbered(25);
  EXPECT_TRUE(left.send(message));
  EXPECT_EQ(error_of(left.flush(1s)), errc::timed_out);
  auto flushing = weir::spawn([&left] { return left.flush(); });
  flushing.cancel();
  EXPECT_EQ(error_of(flushing.await()), errc::cancelled);
  EXPECT_TRUE(left.shutdown());
  EXPECT_EQ(received_until_end(right), message);
}

TEST(StreamGather, WhenRoomAndDeadlineComeInOneTickTheFirstDecides) {
  virtual_hub hub;
  const auto before = held_now();
  for (const bool room_first : {true, false}) {
    auto [left, right] = joined(10);
    EXPECT_TRUE(left.send(numbered(20)));
    weir::task<void> reading;
    std::string part(10, '\0');
    const auto read = [&right, &part] { EXPECT_TRUE(right.recv_exactly(part)); };
    if (room_first) reading = weir::spawn_later(1s, read);
    auto flushing = weir::spawn([&left] { return left.flush(1s); });
    settle();
    if (!room_first) reading = weir::spawn_later(1s, read);
    advance(1s);
    const auto flushed = flushing.await();
    if (flushed) {
      EXPECT_TRUE(left.flush(0ms));
    } else {
      EXPECT_EQ(error_of(flushed), errc::timed_out);
    }
    EXPECT_TRUE(reading.await());
    EXPECT_TRUE(right.recv_exactly(part)) << "what was kept has gone either way";
  }
  EXPECT_EQ(held_now(), before);
}

TEST(StreamGather, WhenRoomAndACancellationComeInOneTickTheFirstDecides) {
  virtual_hub hub;
  for (const bool room_first : {true, false}) {
    auto [left, right] = joined(10);
    EXPECT_TRUE(left.send(numbered(20)));
    auto flushing = weir::spawn([&left] { return left.flush(); });
    settle();
    std::string part(10, '\0');
    if (!room_first) flushing.cancel();
    EXPECT_TRUE(right.recv_exactly(part));
    if (room_first) flushing.cancel();
    EXPECT_EQ(error_of(flushing.await()),
              room_first ? std::error_code() : make_error_code(errc::cancelled));
    EXPECT_TRUE(right.recv_exactly(part));
  }
}

TEST(StreamGather, CloseWaitsUntilEverythingIsTaken) {
  virtual_hub hub;
  auto [left, right] = joined(10);
  const std::string message = numbered(25);
  EXPECT_TRUE(left.send(message));
  auto closing = weir::spawn([&left] { return left.close(); });
  settle();
  EXPECT_FALSE(closing.done());
  EXPECT_FALSE(left.open());
  EXPECT_EQ(error_of(left.send("more")), errc::closed);
  EXPECT_EQ(error_of(left.close()), errc::closed);
  EXPECT_EQ(received_until_end(right), message);
  EXPECT_TRUE(closing.await());
}

TEST(StreamGather, ACloseThatTimesOutOrIsCancelledLeavesTheRestToTheHub) {
  virtual_hub hub;
  const auto before = held_now();
  const captured_log log;
  for (const bool cancelled : {false, true}) {
    auto [left, right] = joined(10);
    const std::string message = numbered(25);
    EXPECT_TRUE(left.send(message));
    auto closing = weir::spawn([&left] { return left.close(1s); });
    cancelled ? closing.cancel() : advance(1s);
    EXPECT_EQ(error_of(closing.await()), cancelled ? errc::cancelled : errc::timed_out);
    EXPECT_EQ(received_until_end(right), message);
  }
  EXPECT_EQ(held_now(), before);
  EXPECT_EQ(log.messages().size(), 0U);
}

TEST(StreamGather, WhatADestroyedStreamHasKeptStillArrives) {
  virtual_hub hub;
  auto [left, right] = joined(10);
  const std::string message = numbered(95);
  EXPECT_TRUE(left.send(message));
  left = {};
  EXPECT_EQ(received_until_end(right), message);
}

TEST(StreamGather, WhatADestroyedStreamHasKeptIsDroppedAndLoggedWhenNobodyTakesIt) {
  virtual_hub hub({.hub = {.linger = 3s}});
  const auto before = held_now();
  const captured_log log;
  auto [left, right] = joined(10);
  EXPECT_TRUE(left.send(numbered(95)));
  left = {};
  advance(3s - 1ns);
  EXPECT_EQ(log.messages().size(), 0U);
  advance(1ns);
  EXPECT_EQ(log.count("not all that it had gathered could be sent: timed out"), 1U);
  EXPECT_EQ(received_until_end(right), numbered(10));
  EXPECT_EQ(held_now(), before);
}

TEST(StreamGather, WhenRoomAndTheLimitComeInOneTickTheLimitIsKept) {
  for (const bool reader_first : {true, false}) {
    virtual_hub hub({.hub = {.linger = 3s}});
    const auto before = held_now();
    const captured_log log;
    auto [left, right] = joined(10);
    EXPECT_TRUE(left.send(numbered(20)));
    weir::task<void> reading;
    std::string part(10, '\0');
    const auto read = [&right, &part] { EXPECT_TRUE(right.recv_exactly(part)); };
    if (reader_first) reading = weir::spawn_later(3s, read);
    left = {};
    if (!reader_first) reading = weir::spawn_later(3s, read);
    advance(3s);
    EXPECT_TRUE(reading.await());
    EXPECT_EQ(part, numbered(10));
    EXPECT_EQ(received_until_end(right), "");
    EXPECT_EQ(log.messages().size(), 1U);
    right = {};
    EXPECT_EQ(held_now(), before);
  }
}

TEST(StreamGather, ACloserIsToldThatNobodyTookTheRest) {
  virtual_hub hub({.hub = {.linger = 3s}});
  const captured_log log;
  auto [left, right] = joined(10);
  EXPECT_TRUE(left.send(numbered(95)));
  EXPECT_EQ(error_of(left.close()), errc::timed_out);
  EXPECT_EQ(log.messages().size(), 0U);
}

TEST(StreamGather, TheHubDoesNotEndBeforeWhatIsKeptHasGoneOrItsLimitHasPassed) {
  for (const bool destroyed : {true, false}) {
    const captured_log log;
    weir::stream left;
    weir::stream right;
    {
      virtual_hub hub({.hub = {.linger = 3s}});
      std::tie(left, right) = joined(10);
      EXPECT_TRUE(left.send(numbered(95)));
      if (destroyed) left = {};
    }
    EXPECT_EQ(log.messages().size(), destroyed ? 1U : 0U);
    left = {};
    EXPECT_EQ(log.messages().size(), 1U);
  }
}

TEST(StreamGather, ShutdownIsToldBehindWhatIsKept) {
  virtual_hub hub;
  auto [left, right] = joined(10);
  const std::string message = numbered(25);
  EXPECT_TRUE(left.send(message));
  EXPECT_TRUE(left.shutdown());
  EXPECT_EQ(error_of(left.send("more")), std::errc::broken_pipe);
  EXPECT_EQ(received_until_end(right), message);
  EXPECT_TRUE(right.send("an answer"));
  std::string answer(9, '\0');
  EXPECT_TRUE(left.recv_exactly(answer));
}

TEST(StreamGather, CloseWakesWhoReadsAndWhoWaitsForRoom) {
  virtual_hub hub;
  auto [left, right] = joined(10);
  auto reading = weir::spawn([&left] {
    std::string part(1, '\0');
    return left.recv(part);
  });
  EXPECT_TRUE(left.send(numbered(most_kept)));
  auto sending = weir::spawn([&left] { return left.send("more than there is room for"); });
  auto other = weir::spawn([&left] { return left.flush(); });
  EXPECT_EQ(error_of(other.await()), errc::busy);
  left = {};
  EXPECT_EQ(error_of(reading.await()), errc::closed);
  EXPECT_EQ(error_of(sending.await()), errc::closed);
  EXPECT_EQ(received_until_end(right), numbered(most_kept));
}

TEST(StreamGather, AStreamDestroyedWhileATaskFlushesOrClosesItStillSendsEverything) {
  virtual_hub hub;
  for (const bool closing : {false, true}) {
    auto [left, right] = joined(10);
    EXPECT_TRUE(left.send(numbered(95)));
    auto waiting = weir::spawn([&left, closing] { return closing ? left.close() : left.flush(); });
    settle();
    left = {};
    EXPECT_EQ(received_until_end(right), numbered(95));
    EXPECT_EQ(error_of(waiting.await()),
              closing ? std::error_code() : make_error_code(errc::closed));
  }
}

TEST(StreamGather, ASenderThatWasWokenForRoomIsRefusedWhenItsStreamHasGoneMeanwhile) {
  for (const bool destroyed : {false, true}) {
    virtual_hub hub;
    const auto before = held_now();
    auto [left, right] = joined(100);
    EXPECT_TRUE(left.send(numbered(most_kept)));
    auto sending = weir::spawn([&left] { return left.send(numbered(most_kept)); });
    std::string all(most_kept, '\0');
    std::size_t count = 0;
    while (count < all.size()) {
      count += right.recv(std::span(all).subspan(count), 0ms).value_or(0);
    }
    destroyed ? void(left = {}) : void(left.close());
    EXPECT_EQ(error_of(sending.await()), errc::closed);
    EXPECT_EQ(received_until_end(right), "");
    right = {};
    EXPECT_EQ(held_now(), before);
  }
}

TEST(StreamGather, AReaderThatWasWokenIsToldThatItsStreamWasClosedMeanwhile) {
  virtual_hub hub;
  auto [left, right] = joined(100);
  auto reading = weir::spawn([&left] {
    std::string part(20, '\0');
    return left.recv_exactly(part);
  });
  EXPECT_TRUE(left.send(numbered(200)));
  EXPECT_TRUE(right.send("ten bytes."));
  EXPECT_TRUE(right.flush());
  auto closing = weir::spawn([&left] { return left.close(); });
  EXPECT_TRUE(right.send("ten bytes."));
  EXPECT_TRUE(right.flush());
  EXPECT_EQ(error_of(reading.await()), errc::closed);
  EXPECT_EQ(received_until_end(right), numbered(200));
  EXPECT_TRUE(closing.await());
}

TEST(StreamGather, ALimitOfForEverIsNoLimit) {
  virtual_hub hub({.hub = {.linger = std::chrono::nanoseconds::max()}});
  auto [left, right] = joined(10);
  EXPECT_TRUE(left.send(numbered(95)));
  left = {};
  EXPECT_EQ(weir::stats().timer_count, 0U);
  advance(1000h);
  EXPECT_EQ(received_until_end(right), numbered(95));
}

TEST(StreamGather, ReceivingFromItDoesNotWaitForWhatIsKept) {
  virtual_hub hub;
  auto [left, right] = joined(10);
  EXPECT_TRUE(left.send(numbered(95)));
  EXPECT_TRUE(right.send("hello"));
  std::string part(5, '\0');
  EXPECT_TRUE(left.recv_exactly(part));
  EXPECT_EQ(part, "hello");
}

}  // namespace
