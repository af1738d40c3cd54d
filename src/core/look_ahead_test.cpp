// SPDX-License-Identifier: MIT
// Tests of when a hub looks again before it sleeps.
#include "core/look_ahead.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using weir::detail::look_ahead;

constexpr auto length = 20us;
constexpr std::size_t remembered = 8;  // wake-ups that tell whether it is a conversation

/// Woken by each of these in turn, the last eight times.
look_ahead woken_by(const std::vector<std::optional<std::uint32_t>>& sources,
                    std::size_t processors = 2) {
  look_ahead made(length, processors);
  for (std::size_t i = 0; i < remembered; ++i) made.woken_by(sources.at(i % sources.size()));
  return made;
}

/// Of `waits` waits in a row, each a miss or not at all tried, how many look first.
std::size_t looks_in(look_ahead& rule, std::size_t waits) {
  std::size_t looks = 0;
  for (std::size_t i = 0; i < waits; ++i) looks += rule.before_sleep({}) > 0ns ? 1 : 0;
  return looks;
}

TEST(LookAhead, LooksInAConversationOfOneOrTwoSources) {
  EXPECT_EQ(woken_by({7}).before_sleep({}), length);
  EXPECT_EQ(woken_by({7, 9}).before_sleep({}), length);
  EXPECT_EQ(woken_by({0, 0, 0, 9}).before_sleep({}), length);
}

TEST(LookAhead, DoesNotLookAmongThreeSources) {
  EXPECT_EQ(woken_by({7, 8, 9}).before_sleep({}), 0ns);
  EXPECT_EQ(woken_by({7, 7, 7, 7, 7, 7, 8, 9}).before_sleep({}), 0ns);
}

TEST(LookAhead, DoesNotLookBeforeEightWakeUpsHaveMadeAConversation) {
  look_ahead rule(length, 2);
  for (std::size_t i = 0; i < remembered; ++i) {
    EXPECT_EQ(rule.before_sleep({}), 0ns);
    rule.woken_by(7);
  }
  EXPECT_EQ(rule.before_sleep({}), length);
}

TEST(LookAhead, ATimerAmongTheLastEightBreaksTheConversation) {
  look_ahead rule = woken_by({7});
  rule.woken_by(std::nullopt);
  for (std::size_t i = 1; i < remembered; ++i) {
    rule.woken_by(7);
    EXPECT_EQ(rule.before_sleep({}), 0ns);
  }
  rule.woken_by(7);
  EXPECT_EQ(rule.before_sleep({}), length);
}

TEST(LookAhead, ForgetsAThirdSourceAfterEightWakeUps) {
  look_ahead rule = woken_by({7, 8});
  rule.woken_by(9);
  EXPECT_EQ(rule.before_sleep({}), 0ns);
  for (std::size_t i = 0; i < remembered; ++i) rule.woken_by(7);
  EXPECT_EQ(rule.before_sleep({}), length);
}

TEST(LookAhead, EachMissHalvesHowOftenItLooksDownToOneWaitInThirtyTwo) {
  look_ahead rule = woken_by({7});
  for (const std::size_t one_in : {1U, 2U, 4U, 8U, 16U, 32U, 32U, 32U}) {
    EXPECT_EQ(looks_in(rule, one_in - 1), 0U) << one_in;
    EXPECT_EQ(looks_in(rule, 1), 1U) << one_in;
    rule.missed();
  }
}

TEST(LookAhead, AHitHasItLookAtEveryWaitAgain) {
  look_ahead rule = woken_by({7});
  for (int i = 0; i < 10; ++i) rule.missed();
  EXPECT_EQ(looks_in(rule, 32), 1U);
  rule.hit();
  EXPECT_EQ(looks_in(rule, 32), 32U);
}

TEST(LookAhead, NeverLooksWithOneProcessor) {
  EXPECT_EQ(woken_by({7}, 1).before_sleep({}), 0ns);
  EXPECT_EQ(woken_by({7}, 0).before_sleep({}), 0ns);
}

TEST(LookAhead, NeverLooksWhenItIsSwitchedOff) {
  look_ahead rule(0ns, 2);
  for (std::size_t i = 0; i < remembered; ++i) rule.woken_by(7);
  EXPECT_EQ(rule.before_sleep({}), 0ns);
  EXPECT_EQ(rule.before_sleep(1s), 0ns);
}

TEST(LookAhead, NeverLooksTowardsATimerThatItWouldMeet) {
  look_ahead rule = woken_by({7});
  EXPECT_EQ(rule.before_sleep(length), 0ns);
  EXPECT_EQ(rule.before_sleep(length - 1ns), 0ns);
  EXPECT_EQ(rule.before_sleep(0ns), 0ns);
  EXPECT_EQ(rule.before_sleep(length + 1ns), length);
}

TEST(LookAhead, AWaitInWhichItMayNotLookIsNoneOfThoseItCounts) {
  look_ahead rule = woken_by({7});
  rule.missed();  // every second wait from now on
  EXPECT_EQ(rule.before_sleep({}), 0ns);
  EXPECT_EQ(rule.before_sleep(1ns), 0ns);
  EXPECT_EQ(rule.before_sleep({}), length);
}

}  // namespace
