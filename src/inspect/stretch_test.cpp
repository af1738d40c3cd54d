// SPDX-License-Identifier: MIT
// Finding long stretches, at times of the tests' choosing.
#include "inspect/stretch.hpp"

#include <gtest/gtest.h>

#include "inspect/unanswered.hpp"

namespace weir::testing {
namespace {

using namespace std::chrono_literals;
using detail::stretch;
using detail::unanswered;

constexpr time_point begin{1000h};

TEST(Stretch, OneThatHasReachedTheLimitIsFound) {
  stretch watched(100ms);
  EXPECT_FALSE(watched.look(begin, 7));
  EXPECT_FALSE(watched.look(begin + 99ms, 7));
  EXPECT_EQ(watched.look(begin + 100ms, 7), 100ms);
}

TEST(Stretch, AtTheFirstLookNothingIsKnownOfItsLength) {
  stretch watched(100ms);
  EXPECT_FALSE(watched.look(begin, 0));
  EXPECT_FALSE(watched.look(begin + 50ms, 0));
}

TEST(Stretch, ASwitchBeginsAnother) {
  stretch watched(100ms);
  EXPECT_FALSE(watched.look(begin, 7));
  EXPECT_FALSE(watched.look(begin + 80ms, 8));
  EXPECT_FALSE(watched.look(begin + 179ms, 8));
  EXPECT_EQ(watched.look(begin + 200ms, 8), 120ms);
}

TEST(Stretch, ItIsFoundAgainUntilItWasTold) {
  stretch watched(100ms);
  EXPECT_FALSE(watched.look(begin, 7));
  EXPECT_EQ(watched.look(begin + 100ms, 7), 100ms);
  EXPECT_EQ(watched.look(begin + 125ms, 7), 125ms);
  watched.told();
  EXPECT_FALSE(watched.look(begin + 150ms, 7));
  EXPECT_FALSE(watched.look(begin + 1h, 7));
}

TEST(Stretch, TheNextOneIsFoundAfterOneWasTold) {
  stretch watched(100ms);
  EXPECT_FALSE(watched.look(begin, 7));
  EXPECT_TRUE(watched.look(begin + 100ms, 7));
  watched.told();
  EXPECT_FALSE(watched.look(begin + 200ms, 8));
  EXPECT_EQ(watched.look(begin + 300ms, 8), 100ms);
}

TEST(Unanswered, SilenceIsFoundOnce) {
  unanswered asked(1s);
  EXPECT_FALSE(asked.ask(begin, 3));
  EXPECT_FALSE(asked.ask(begin + 999ms, 3));
  EXPECT_EQ(asked.ask(begin + 1s, 3), 1s);
  EXPECT_FALSE(asked.ask(begin + 2s, 3));
}

TEST(Unanswered, AnAnswerEndsIt) {
  unanswered asked(1s);
  EXPECT_FALSE(asked.ask(begin, 3));
  EXPECT_FALSE(asked.ask(begin + 900ms, 4));
  EXPECT_FALSE(asked.ask(begin + 1899ms, 4));
  EXPECT_EQ(asked.ask(begin + 1900ms, 4), 1s);
  EXPECT_FALSE(asked.ask(begin + 2s, 5));
  EXPECT_EQ(asked.ask(begin + 3s, 5), 1s);
}

TEST(Unanswered, APauseIsNoSilence) {
  unanswered asked(1s);
  EXPECT_FALSE(asked.ask(begin, 3));
  asked.pause();
  EXPECT_FALSE(asked.ask(begin + 1h, 3));
  EXPECT_FALSE(asked.ask(begin + 1h + 999ms, 3));
  EXPECT_EQ(asked.ask(begin + 1h + 1s, 3), 1s);
}

}  // namespace
}  // namespace weir::testing
