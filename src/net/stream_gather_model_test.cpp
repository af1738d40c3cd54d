// SPDX-License-Identifier: MIT
// Random schedules of a gathering stream: every byte it took arrives, once and in order.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stream.hpp>
#include <weir/task.hpp>
#include <weir/testing.hpp>

#include "testing/holdings.hpp"
#include "testing/random_schedule.hpp"

namespace {

using namespace std::chrono_literals;
using weir::testing::held_now;
using weir::testing::random_schedule;
using weir::testing::scaled;
using weir::testing::virtual_hub;

/// What one task does to one end, and what the stream took of it.
class writer {
 public:
  writer(weir::stream& to, random_schedule& draw) : to_(to), draw_(draw) {}

  std::string run() {
    for (std::size_t steps = draw_.below(30); steps > 0; --steps) step();
    end();
    return taken_;
  }

 private:
  void step() {
    switch (draw_.below(8)) {
      case 0: (void)weir::yield(); break;
      case 1: (void)weir::sleep(std::chrono::milliseconds(draw_.below(4))); break;
      case 2: (void)to_.flush(limit()); break;
      case 3: {
        const std::string bytes = some(200);
        const auto count = to_.send_some(bytes, limit());
        if (count) taken_.append(bytes, 0, *count);
        break;
      }
      default: send(some(draw_.once_in(10) ? 40'000 : 200));
    }
  }

  void send(const std::string& bytes) {
    const std::uint64_t before = to_.sent_count();
    const auto sent = to_.send(bytes, limit());
    const std::uint64_t count = to_.sent_count() - before;
    EXPECT_TRUE(!sent || count == bytes.size());
    taken_.append(bytes, 0, count);
  }

  void end() {
    switch (draw_.below(4)) {
      case 0: (void)to_.close(limit()); break;
      case 1: (void)to_.shutdown(); break;
      case 2: (void)to_.close(); break;
      default: to_ = {};
    }
  }

  /// Up to `most` bytes that tell their place in all that was ever tried.
  std::string some(std::size_t most) {
    std::string bytes(draw_.below(most), '\0');
    for (char& each : bytes) each = static_cast<char>(' ' + tried_++ % 89);
    return bytes;
  }
  weir::until limit() {
    if (draw_.once_in(2)) return {};
    return std::chrono::milliseconds(draw_.below(5));
  }

  weir::stream& to_;
  random_schedule& draw_;
  std::string taken_;
  std::size_t tried_ = 0;
};

std::string read_all(weir::stream& from, random_schedule& draw) {
  std::string all;
  for (;;) {
    std::string part(1 + draw.below(20'000), '\0');
    const auto count = from.recv(part);
    if (!count) return all;
    all.append(part, 0, *count);
    if (draw.once_in(20)) (void)weir::sleep(std::chrono::milliseconds(draw.below(4)));
  }
}

TEST(StreamGatherModel, WhateverTheScheduleEveryByteTakenArrivesOnceAndInOrder) {
  const std::size_t schedules = scaled(3'000);
  for (std::uint64_t seed = 1; seed <= schedules; ++seed) {
    SCOPED_TRACE(seed);
    const auto shuffle = seed % 2 == 0 ? std::optional(seed) : std::nullopt;
    virtual_hub hub({.shuffle_seed = shuffle});
    const auto before = held_now();
    random_schedule draw(seed);
    {
      auto [left, right] = weir::testing::stream_pair(
          {.capacity = 1 + draw.below(draw.once_in(2) ? 300 : 30'000), .gather = true});
      auto writing = weir::spawn([&left, &draw] { return writer(left, draw).run(); });
      auto reading = weir::spawn([&right, &draw] { return read_all(right, draw); });
      const std::string taken = writing.await().value();
      ASSERT_EQ(reading.await().value(), taken);
    }
    ASSERT_EQ(held_now(), before);
  }
}

}  // namespace
