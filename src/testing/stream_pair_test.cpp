// SPDX-License-Identifier: MIT
// What is particular to streams in memory; what they share with others, the stream suites test.
#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/stream.hpp>
#include <weir/task.hpp>
#include <weir/testing.hpp>

#include "testing/captured_log.hpp"
#include "testing/holdings.hpp"

namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using weir::errc;
using weir::testing::error_of;
using weir::testing::settle;
using weir::testing::stream_pair;
using weir::testing::virtual_hub;

TEST(StreamPair, HoldsAsManyBytesEachWayAsItWasMadeFor) {
  virtual_hub hub;
  for (const std::size_t capacity : {1UL, 2UL, 10UL, 1000UL, 100'000UL}) {
    auto [left, right] = stream_pair({.capacity = capacity});
    const std::string bytes(capacity + 1, 'x');
    EXPECT_EQ(left.send_some(bytes), capacity);
    EXPECT_EQ(error_of(left.send_some("x", 0ms)), errc::timed_out);
    EXPECT_EQ(right.send_some(bytes), capacity);
    EXPECT_EQ(error_of(right.send_some("x", 0ms)), errc::timed_out);
  }
}

TEST(StreamPair, HoldsAtLeastAByte) {
  virtual_hub hub;
  auto [left, right] = stream_pair({.capacity = 0});
  EXPECT_EQ(left.send_some("xy"), 1U);
}

TEST(StreamPair, TakesInAsMuchAsWasReceived) {
  virtual_hub hub;
  auto [left, right] = stream_pair({.capacity = 10'000});
  EXPECT_EQ(left.send_some(std::string(20'000, 'x')), 10'000U);
  std::string room(4096, '\0');  // so much is received without reading ahead
  EXPECT_EQ(right.recv(room), 4096U);
  EXPECT_EQ(left.send_some(std::string(20'000, 'y')), 4096U);
}

TEST(StreamPair, WaitingForItCostsNoRealTime) {
  virtual_hub hub;
  auto [left, right] = stream_pair();
  const auto virtual_start = weir::now();
  const auto real_start = std::chrono::steady_clock::now();
  std::array<char, 10> room{};
  EXPECT_EQ(error_of(right.recv(room, 10h)), errc::timed_out);
  EXPECT_EQ(weir::now() - virtual_start, 10h);
  EXPECT_LT(std::chrono::steady_clock::now() - real_start, 1h);
}

TEST(StreamPair, OneTickPassesBetweenASendAndTheWaitingReceiver) {
  virtual_hub hub;
  auto [left, right] = stream_pair();
  std::vector<std::string> events;
  auto receiving = weir::spawn([&right, &events] {
    std::array<char, 10> room{};
    EXPECT_TRUE(right.recv(room));
    events.emplace_back("received");
  });
  const auto tick = weir::stats().ticks;
  EXPECT_TRUE(left.send("x"));
  events.emplace_back("sent");
  EXPECT_EQ(weir::stats().ticks, tick);  // a send that has room does not let others run
  EXPECT_TRUE(receiving.await());
  EXPECT_THAT(events, ElementsAre("sent", "received"));
}

TEST(StreamPair, RoomAndACancelInOneTickAreACancelAndNothingIsSent) {
  virtual_hub hub;
  auto [left, right] = stream_pair({.capacity = 10});
  EXPECT_TRUE(left.send("0123456789"));
  auto writing = weir::spawn([&left] { return left.send("x"); });
  settle();
  std::array<char, 10> room{};
  EXPECT_TRUE(right.recv_exactly(room));
  writing.cancel();
  EXPECT_EQ(error_of(writing.await()), errc::cancelled);
  EXPECT_EQ(left.sent_count(), 10U);
  EXPECT_EQ(error_of(right.recv(room, 0ms)), errc::timed_out);
}

TEST(StreamPair, HasNoAddresses) {
  virtual_hub hub;
  const auto [left, right] = stream_pair();
  EXPECT_TRUE(left.open());
  EXPECT_EQ(left.local(), weir::address{});
  EXPECT_EQ(left.remote(), weir::address{});
}

TEST(StreamPair, AnEndThatNobodyUsesAnyMoreIsADeadlockThatTheMainTaskIsTold) {
  const weir::testing::captured_log log;
  virtual_hub hub;
  auto [left, right] = stream_pair();
  std::array<char, 10> room{};
  EXPECT_EQ(error_of(right.recv(room)), errc::deadlock);
  EXPECT_EQ(log.count("waits for recv"), 1U);
}

}  // namespace
