// SPDX-License-Identifier: MIT
// Random schedules of all calls against the plain model of a stream: the bytes come in order, once.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stream.hpp>
#include <weir/task.hpp>
#include <weir/testing.hpp>

#include "net/stream_suite.hpp"
#include "testing/holdings.hpp"
#include "testing/random_schedule.hpp"

namespace {

using namespace std::chrono_literals;
using weir::errc;
using weir::testing::error_of;
using weir::testing::held_now;
using weir::testing::random_schedule;
using weir::testing::scaled;
using weir::testing::stream_suite;
using weir::testing::virtual_hub;

template <class Kind>
using StreamTransfer = stream_suite<Kind>;
TYPED_TEST_SUITE(StreamTransfer, weir::testing::stream_kinds, weir::testing::stream_kind_names);

/// Text of random lines, which are short most times.
std::string random_text(random_schedule& random, std::size_t size) {
  std::string text(size, '\0');
  for (char& byte : text) {
    byte = random.once_in(60) ? '\n' : static_cast<char>('a' + random.below(26));
  }
  return text;
}

/// A size that is small, middling or large.
std::size_t random_size(random_schedule& random) {
  constexpr std::size_t most[] = {16, 3000, 60'000};
  return 1 + random.below(most[random.below(3)]);
}

/// No time at all, some, or all the time there is.
weir::until random_until(random_schedule& random) {
  if (random.once_in(4)) return 0ms;
  if (random.once_in(2)) return weir::now() + std::chrono::hours(1);
  return {};
}

/// Sends the text by random calls; what a call that fails has sent, only its count tells.
void send_randomly(weir::stream& into, std::string_view text, random_schedule random) {
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view part = rest.substr(0, random_size(random));
    const auto before = into.sent_count();
    if (random.once_in(3)) {
      (void)into.send_some(part, random_until(random));
    } else {
      const auto sent = into.send(part, random_until(random));
      EXPECT_TRUE(sent || sent.error() == errc::timed_out);
      if (sent) {
        EXPECT_EQ(into.sent_count() - before, part.size());
      }
    }
    rest.remove_prefix(static_cast<std::size_t>(into.sent_count() - before));
    if (random.once_in(5)) weir::yield();
  }
  EXPECT_TRUE(into.shutdown());
}

/// Receives by random calls and compares with what is to come; false at the end of the stream.
class checking_receiver {
 public:
  checking_receiver(weir::stream& from, std::string_view expected, random_schedule random)
      : from_(from), rest_(expected), size_(expected.size()), random_(random) {}

  void run() {
    while (step()) {
      ASSERT_EQ(from_.received_count(), size_ - rest_.size());
      if (random_.once_in(5)) weir::yield();
    }
    EXPECT_EQ(rest_.size(), 0U);
  }

 private:
  bool step() {
    switch (random_.below(3)) {
      case 0: return receive_some();
      case 1: return receive_exactly();
      default: return receive_line();
    }
  }

  bool receive_some() {
    std::string room(random_size(random_), '\0');
    const auto count = from_.recv(room, random_until(random_));
    if (count) take(std::string_view(room).substr(0, *count));
    return count || count.error() == errc::timed_out;
  }
  bool receive_exactly() {
    std::string room(random_size(random_), '\0');
    const auto filled = from_.recv_exactly(room, random_until(random_));
    if (filled) take(room);
    if (error_of(filled) != errc::closed) return true;
    EXPECT_LT(rest_.size(), room.size());
    return !rest_.empty();
  }
  bool receive_line() {
    const std::size_t most = random_size(random_);
    const auto line = from_.recv_until("\n", most, random_until(random_));
    if (line) {
      EXPECT_EQ(line->find('\n'), line->size() - 1);
      EXPECT_LE(line->size(), most);
      take(*line);
    } else if (line.error() == std::errc::message_size) {
      EXPECT_GE(std::min(rest_.find('\n'), rest_.size()), most);
    }
    if (error_of(line) != errc::closed) return true;
    EXPECT_EQ(rest_.find('\n'), rest_.npos);
    return !rest_.empty();
  }
  void take(std::string_view bytes) {
    EXPECT_EQ(bytes, rest_.substr(0, bytes.size()));
    rest_.remove_prefix(std::min(rest_.size(), bytes.size()));
  }

  weir::stream& from_;
  std::string_view rest_;  ///< what is to come
  std::size_t size_;
  random_schedule random_;
};

TYPED_TEST(StreamTransfer, RandomCallsGetEveryByteOnceAndInOrderBothWays) {
  for (std::uint64_t seed = 1; seed <= scaled(20); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    virtual_hub hub(weir::testing::virtual_hub_options{.shuffle_seed = seed});
    random_schedule random(seed);
    auto [left, right] = TypeParam::connect();
    const auto before = held_now();
    const std::string there = random_text(random, 300'000);
    const std::string back = random_text(random, 300'000);
    const random_schedule for_senders(seed + 1000);
    const random_schedule for_receivers(seed + 2000);
    auto left_sends = weir::spawn([&] { send_randomly(left, there, for_senders); });
    auto right_sends = weir::spawn([&] { send_randomly(right, back, for_senders); });
    auto left_receives = weir::spawn([&] { checking_receiver(left, back, for_receivers).run(); });
    checking_receiver(right, there, for_receivers).run();
    EXPECT_TRUE(left_sends.await());
    EXPECT_TRUE(right_sends.await());
    EXPECT_TRUE(left_receives.await());
    EXPECT_EQ(left.sent_count(), there.size());
    EXPECT_EQ(left.received_count(), back.size());
    EXPECT_EQ(held_now(), before);
    if (this->HasFailure()) return;
  }
}

TYPED_TEST(StreamTransfer, MegabytesArriveWhole) {
  virtual_hub hub;
  random_schedule random(42);
  auto [left, right] = TypeParam::connect();
  const std::string sent = random_text(random, scaled(20'000'000));
  auto sending = weir::spawn([&left, &sent] {
    EXPECT_TRUE(left.send(sent));
    EXPECT_TRUE(left.close());
  });
  std::string got;
  std::string part(1'000'000, '\0');
  while (const auto count = right.recv(std::span(part).first(random_size(random)))) {
    got.append(part, 0, *count);
  }
  EXPECT_TRUE(sending.await());
  EXPECT_TRUE(got == sent);  // too long to be printed
}

/// Calls are cancelled at random; each of them has taken all it returned, and else nothing.
TYPED_TEST(StreamTransfer, WhatCancelledCallsLeaveTheNextReceives) {
  for (std::uint64_t seed = 1; seed <= scaled(20); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    virtual_hub hub(weir::testing::virtual_hub_options{.shuffle_seed = seed});
    random_schedule random(seed);
    auto [left, right] = TypeParam::connect();
    const std::string text = random_text(random, 100'000);
    std::size_t sent = 0;
    std::size_t got = 0;
    while (got < text.size()) {
      const std::size_t to_send = std::min(random_size(random), text.size() - sent);
      auto sending = weir::spawn([&, to_send] {
        (void)left.send(std::string_view(text).substr(sent, to_send));
        sent = static_cast<std::size_t>(left.sent_count());
      });
      const std::size_t room = std::min(random_size(random), text.size() - got);
      auto receiving = weir::spawn([&, room]() -> weir::result<void> {
        std::string into(room, '\0');
        if (auto filled = right.recv_exactly(into); !filled) return filled;
        EXPECT_EQ(into, text.substr(got, room));
        got += room;
        return {};
      });
      for (std::size_t pass = random.below(4); pass > 0; --pass) weir::yield();
      sending.cancel();
      receiving.cancel();
      EXPECT_TRUE(sending.await());
      (void)receiving.await();
      ASSERT_EQ(right.received_count(), got);
      // What is left is received in another way, so that the schedule ends.
      std::string some(room, '\0');
      if (const auto count =
              right.recv(std::span(some).first(std::min(room, text.size() - got)), 0ms)) {
        ASSERT_EQ(some.substr(0, *count), text.substr(got, *count));
        got += *count;
      }
    }
    EXPECT_EQ(left.sent_count(), text.size());
    if (this->HasFailure()) return;
  }
}

}  // namespace
