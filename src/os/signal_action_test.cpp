// SPDX-License-Identifier: MIT
// Handling a signal for a while.
#include "os/signal_action.hpp"

#include <optional>
#include <system_error>
#include <utility>

#include <gtest/gtest.h>
#include <unistd.h>

#include "testing/kept_action.hpp"

namespace weir::testing {
namespace {

using os::signal_action;

constexpr int tried = SIGURG;

// What the handlers below have seen.
int ours = 0;
int theirs = 0;
int theirs_with_value = 0;
struct sigaction below{};

void count_ours(int /*number*/, siginfo_t* /*info*/, void* /*context*/) noexcept { ++ours; }
void pass_on(int number, siginfo_t* info, void* context) noexcept {
  ++ours;
  signal_action::pass_on(number, info, context);
}
void count_theirs(int number) { theirs += number == tried ? 1 : 0; }
void count_value(int number, siginfo_t* info, void* context) {
  if (number == tried && context != nullptr) theirs_with_value = info->si_value.sival_int;
}
/// Hands on to what was there before it.
void hand_on(int number, siginfo_t* info, void* context) {
  ++theirs;
  if (theirs < 10) below.sa_sigaction(number, info, context);
}

class SignalAction : public ::testing::Test {
 protected:
  SignalAction() { ours = theirs = theirs_with_value = 0; }
  kept_action action{tried};
};

TEST_F(SignalAction, HandlesItsSignalAndGivesTheFormerActionBack) {
  action.put(count_theirs);
  {
    const signal_action handled(tried, count_ours);
    ::raise(tried);
    EXPECT_EQ(ours, 1);
  }
  EXPECT_TRUE(action.is(count_theirs));
  ::raise(tried);
  EXPECT_EQ(ours, 1);
  EXPECT_EQ(theirs, 1);
}

TEST_F(SignalAction, TheFormerActionComesBackWithTheLastOnly) {
  action.put(count_theirs);
  std::optional<signal_action> first(std::in_place, tried, count_ours);
  std::optional<signal_action> second(std::in_place, tried, count_ours);
  first.reset();
  ::raise(tried);
  EXPECT_EQ(ours, 1);
  second.reset();
  EXPECT_TRUE(action.is(count_theirs));
}

TEST_F(SignalAction, PassesOnToAFormerHandler) {
  action.put(count_theirs);
  {
    const signal_action handled(tried, pass_on);
    ::raise(tried);
    EXPECT_EQ(theirs, 1);
  }
  action.put(count_value);
  const signal_action handled(tried, pass_on);
  ::sigqueue(::getpid(), tried, {.sival_int = 7});
  ::kill(::getpid(), 0);  // ThreadSanitizer hands out signals in calls that it knows, as this one
  EXPECT_EQ(theirs_with_value, 7);
  EXPECT_EQ(ours, 2);
}

TEST_F(SignalAction, PassesNothingOnToADefaultOrAnIgnoringAction) {
  for (auto* const former : {SIG_DFL, SIG_IGN}) {
    action.put(former);
    const signal_action handled(tried, pass_on);
    ::raise(tried);
  }
  EXPECT_EQ(ours, 2);
}

TEST_F(SignalAction, AHandlerThatWasPutInPlaceMeanwhileStays) {
  {
    const signal_action handled(tried, count_ours);
    action.put(count_theirs);
  }
  EXPECT_TRUE(action.is(count_theirs));
  // And is the former one the next time.
  {
    const signal_action handled(tried, count_ours);
  }
  EXPECT_TRUE(action.is(count_theirs));
}

TEST_F(SignalAction, AHandlerPutOverItMayHandOnToItWhenItIsOnTopAgain) {
  {
    const signal_action handled(tried, pass_on);
    below = action.present();
    action.put(hand_on);
  }
  const signal_action handled(tried, pass_on);
  ::raise(tried);
  EXPECT_EQ(theirs, 1);
  EXPECT_EQ(ours, 2);
}

TEST_F(SignalAction, AHandlerPutOverItMayBeTakenOffAgain) {
  action.put(count_theirs);
  {
    const signal_action handled(tried, pass_on);
    below = action.present();
    action.put(hand_on);
  }
  action.put(below);
  {
    const signal_action handled(tried, pass_on);
  }
  EXPECT_TRUE(action.is(count_theirs));
}

TEST_F(SignalAction, RestartsSystemCallsAndUsesASignalStack) {
  const signal_action handled(tried, count_ours);
  EXPECT_EQ(action.present().sa_flags & (SA_RESTART | SA_ONSTACK), SA_RESTART | SA_ONSTACK);
}

TEST_F(SignalAction, WhatIsNoSignalOrCannotBeHandledIsRefused) {
  for (const int number : {0, -1, NSIG, SIGKILL}) {
    EXPECT_THROW(signal_action(number, count_ours), std::system_error) << number;
  }
}

}  // namespace
}  // namespace weir::testing
