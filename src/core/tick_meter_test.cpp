// SPDX-License-Identifier: MIT
// Tests of how a busy hub tells that it is due to look. They only say how soon it may be due at the
// earliest: how late it is depends on what else the machine does.
#include "core/tick_meter.hpp"

#include <chrono>
#include <cstdint>

#include <gtest/gtest.h>

#include <weir/until.hpp>

#include "core/cycle_counter.hpp"

namespace {

using namespace std::chrono_literals;
using weir::detail::cycle_count;
using weir::detail::tick_meter;

const weir::time_point start{1h};

std::uint64_t cycles_until_due(tick_meter& meter, std::uint64_t from) {
  while (!meter.due()) {
  }
  return cycle_count() - from;
}

void pass_cycles(std::uint64_t count) {
  const std::uint64_t from = cycle_count();
  while (cycle_count() - from < count) {
  }
}

TEST(TickMeter, IsDueAtOnceBeforeTheFirstLook) {
  tick_meter meter;
  EXPECT_TRUE(meter.due());
}

TEST(TickMeter, IsDueSomeTimeAfterALookAndNoSooner) {
  tick_meter meter;
  const std::uint64_t before = cycle_count();
  meter.looked(start);
  EXPECT_GE(cycles_until_due(meter, before), 10 * weir::detail::assumed_cycles_per_microsecond());
}

TEST(TickMeter, EveryLookPutsTheNextOff) {
  tick_meter meter;
  meter.looked(start);
  for (int i = 0; i < 10; ++i) {
    const std::uint64_t before = cycle_count();
    meter.looked(start);
    EXPECT_GE(cycles_until_due(meter, before), 10 * weir::detail::assumed_cycles_per_microsecond());
  }
}

TEST(TickMeter, LearnsFromTheClockHowManyCyclesTenMicrosecondsAre) {
  constexpr std::uint64_t cycles = 20'000'000;
  tick_meter meter;
  meter.looked(start);
  pass_cycles(cycles);
  const std::uint64_t before = cycle_count();
  meter.looked(start + 2ms);  // says the clock, so 10 us are a two-hundredth of what has passed
  EXPECT_GE(cycles_until_due(meter, before), cycles / 200);
}

TEST(TickMeter, IsDueAtOnceWhereTheClockSaysThatAgesPassInACycle) {
  tick_meter meter;
  meter.looked(start);
  meter.looked(start + 100'000h);
  EXPECT_TRUE(meter.due());
}

TEST(TickMeter, IsAskedSeldomWhileSwitchesAreShortAndOftenWhenTheyAreLong) {
  tick_meter meter;
  meter.looked(start);
  EXPECT_EQ(meter.stride(), 1U);
  for (int i = 0; i < 20; ++i) {
    meter.looked(start);
    (void)meter.due();
  }
  EXPECT_EQ(meter.stride(), 256U);
  meter.looked(start);
  pass_cycles(10 * weir::detail::assumed_cycles_per_microsecond());
  (void)meter.due();
  EXPECT_LE(meter.stride(), 256U / 8);
  pass_cycles(1'000 * weir::detail::assumed_cycles_per_microsecond());
  (void)meter.due();
  EXPECT_EQ(meter.stride(), 1U);
}

TEST(TickMeter, LearnsNothingFromALookThatComesTooSoonAfterTheFirst) {
  tick_meter meter;
  meter.looked(start);
  pass_cycles(1'000);
  const std::uint64_t before = cycle_count();
  meter.looked(start + 1ms);  // 10 us would be ten cycles
  EXPECT_GE(cycles_until_due(meter, before), 10 * weir::detail::assumed_cycles_per_microsecond());
}

TEST(TickMeter, IsDueAtOnceWhereTheCounterHasGoneBack) {
  constexpr std::uint64_t far = 1'000'000'000'000;
  tick_meter meter;
  meter.looked(start, far);
  EXPECT_FALSE(meter.due(far + 1));
  EXPECT_TRUE(meter.due(1'000));
  meter.looked(start + 2ms, 2'000);
  EXPECT_FALSE(meter.due(2'001));  // as soon after a look as ever
  meter.looked(start + 4ms, 4'002'000);
  EXPECT_FALSE(meter.due(4'002'000 + 19'000));  // 10 us have 20,000 cycles: learnt anew
  EXPECT_TRUE(meter.due(4'002'000 + 21'000));
}

}  // namespace
