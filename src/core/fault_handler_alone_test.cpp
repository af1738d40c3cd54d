// SPDX-License-Identifier: MIT
// Faults that are no stack overflow go to the handler that was there before the hub.
#include <array>
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>

#include <weir/hub.hpp>
#include <weir/run.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>

#include "testing/child_process.hpp"

namespace {

using weir::testing::in_child;

/// An address where nothing is.
volatile char* nowhere() {
  volatile std::uintptr_t address = 16;
  return reinterpret_cast<volatile char*>(address);
}

int fault() {
  *nowhere() = 1;
  return 1;
}

void exit_with_3(int /*number*/) { ::_exit(3); }
void exit_with_4(int /*number*/, siginfo_t* info, void* /*context*/) {
  ::_exit(info->si_addr == const_cast<const char*>(nowhere()) ? 4 : 5);
}

void set_handler(void (*plain)(int)) {
  struct sigaction action{};
  action.sa_handler = plain;
  ::sigaction(SIGSEGV, &action, nullptr);
}

void set_handler(void (*informed)(int, siginfo_t*, void*)) {
  struct sigaction action{};
  action.sa_sigaction = informed;
  action.sa_flags = SA_SIGINFO;
  ::sigaction(SIGSEGV, &action, nullptr);
}

template <class Handler, class Work>
weir::testing::child_outcome in_child_with(Handler handler, Work work) {
  return in_child([&] {
    set_handler(handler);
    return weir::run(work).value_or(9);
  });
}

TEST(FaultHandler, AnotherFaultGoesToTheFormerHandler) {
  EXPECT_TRUE(in_child_with(exit_with_3, fault).exited_with(3));
  EXPECT_TRUE(in_child_with(exit_with_4, fault).exited_with(4));
}

TEST(FaultHandler, AFaultOnAThreadWithoutAHubGoesToTheFormerHandler) {
  const auto on_thread = [] {
    std::thread(fault).join();
    return 1;
  };
  EXPECT_TRUE(in_child_with(exit_with_4, on_thread).exited_with(4));
}

TEST(FaultHandler, WithoutAFormerHandlerAnotherFaultEndsTheProcess) {
  const auto outcome = in_child_with(SIG_DFL, fault);
  EXPECT_TRUE(outcome.killed_by(SIGSEGV)) << outcome.status;
  EXPECT_EQ(outcome.said, "");
}

TEST(FaultHandler, AFaultCannotBeIgnored) {
  EXPECT_TRUE(in_child_with(SIG_IGN, fault).killed_by(SIGSEGV));
}

TEST(FaultHandler, ASignalThatAnotherProcessSentEndsTheProcess) {
  const auto sent = [] {
    ::kill(::getpid(), SIGSEGV);
    return 0;
  };
  EXPECT_TRUE(in_child_with(SIG_DFL, sent).killed_by(SIGSEGV));
}

TEST(FaultHandler, ASignalThatAnotherProcessSentIsIgnoredWhereItWas) {
  const auto sent_twice = [] {
    ::kill(::getpid(), SIGSEGV);
    ::kill(::getpid(), SIGSEGV);
    return 0;
  };
  EXPECT_TRUE(in_child_with(SIG_IGN, sent_twice).exited_with(0));
}

bool handled_by(void (*plain)(int)) {
  struct sigaction present{};
  ::sigaction(SIGSEGV, nullptr, &present);
  return present.sa_handler == plain;
}

TEST(FaultHandler, TheFormerHandlerComesBackWithTheEndOfTheLastHub) {
  const auto outcome = in_child([] {
    set_handler(exit_with_3);
    for (int round = 0; round < 3; ++round) {
      const weir::hub hub;
      if (handled_by(exit_with_3)) return 1;
      std::thread([] { static_cast<void>(weir::run([] {})); }).join();
      if (handled_by(exit_with_3)) return 2;
    }
    return handled_by(exit_with_3) ? 0 : 3;
  });
  EXPECT_TRUE(outcome.exited_with(0)) << outcome.status;
}

TEST(FaultHandler, AHandlerSetMeanwhileStays) {
  const auto outcome = in_child([] {
    {
      const weir::hub hub;
      set_handler(exit_with_3);
    }
    return handled_by(exit_with_3) ? 0 : 1;
  });
  EXPECT_TRUE(outcome.exited_with(0)) << outcome.status;
}

struct sigaction below{};
int handed_on = 0;

void exit_with_handed_on(int /*number*/) { ::_exit(10 + handed_on); }

/// Hands on to what was there before it, as a crash reporter does.
void hand_on(int number, siginfo_t* info, void* context) {
  if (++handed_on > 1) ::_exit(6);
  if ((below.sa_flags & SA_SIGINFO) != 0) below.sa_sigaction(number, info, context);
  ::_exit(7);
}

void put_hand_on_on_top() {
  ::sigaction(SIGSEGV, nullptr, &below);
  set_handler(hand_on);
}

TEST(FaultHandler, AHandlerPutOverOursMayHandOnToItWhenOursIsOnTopAgain) {
  const auto outcome = in_child([] {
    set_handler(exit_with_handed_on);
    {
      const weir::hub hub;
      put_hand_on_on_top();
    }
    return weir::run(fault).value_or(9);
  });
  EXPECT_TRUE(outcome.exited_with(11)) << outcome.status;
}

TEST(FaultHandler, AHandlerPutOverOursMayBeTakenOffAgain) {
  const auto outcome = in_child([] {
    set_handler(exit_with_3);
    {
      const weir::hub hub;
      put_hand_on_on_top();
    }
    ::sigaction(SIGSEGV, &below, nullptr);
    {
      const weir::hub hub;
    }
    return handled_by(exit_with_3) ? 0 : 1;
  });
  EXPECT_TRUE(outcome.exited_with(0)) << outcome.status;
}

TEST(FaultHandler, HowEverOftenAHandlerIsPutOverOursItStays) {
  const auto outcome = in_child([] {
    for (int round = 0; round < 10; ++round) {
      const weir::hub hub;
      set_handler(exit_with_3);
    }
    return weir::run(fault).value_or(9);
  });
  EXPECT_TRUE(outcome.exited_with(3)) << outcome.status;
}

TEST(FaultHandler, SwitchedOffItLeavesTheHandlerAlone) {
  const auto outcome = in_child([] {
    set_handler(exit_with_3);
    const weir::hub hub({.report_stack_overflow = false});
    return handled_by(exit_with_3) ? 0 : 1;
  });
  EXPECT_TRUE(outcome.exited_with(0)) << outcome.status;
}

TEST(FaultHandler, TheThreadsOwnSignalStackComesBack) {
  std::array<std::byte, 65536> own{};
  stack_t chosen{};
  chosen.ss_sp = own.data();
  chosen.ss_size = own.size();
  stack_t former{};
  ASSERT_EQ(::sigaltstack(&chosen, &former), 0);
  stack_t during{};
  {
    const weir::hub hub;
    ASSERT_EQ(::sigaltstack(nullptr, &during), 0);
  }
  stack_t after{};
  ASSERT_EQ(::sigaltstack(&former, &after), 0);
  EXPECT_NE(during.ss_sp, own.data());
  EXPECT_EQ(after.ss_sp, own.data());
}

/// Has SIGUSR1 end the process with 3, handled on the thread's alternate signal stack.
void exit_with_3_on_the_signal_stack() {
  struct sigaction action{};
  action.sa_handler = exit_with_3;
  action.sa_flags = SA_ONSTACK;
  ::sigaction(SIGUSR1, &action, nullptr);
}

TEST(FaultHandler, TheEndOfAHubInAForkedChildLeavesItASignalStack) {
  const auto ran = weir::run([] {
    const auto outcome = in_child([] {
      static_cast<void>(weir::run([] {}));
      exit_with_3_on_the_signal_stack();
      ::raise(SIGUSR1);
      return 0;
    });
    return outcome.status;
  });
  ASSERT_TRUE(ran);
  EXPECT_TRUE(WIFEXITED(*ran) && WEXITSTATUS(*ran) == 3) << *ran;
}

TEST(FaultHandler, ASignalStackOutlivesWhatEndsTheProcessFromInsideATask) {
  const auto outcome = in_child([] {
    exit_with_3_on_the_signal_stack();
    std::atexit([] { ::raise(SIGUSR1); });
    static_cast<void>(weir::run([] { std::exit(0); }));  // NOLINT(concurrency-mt-unsafe)
    return 1;
  });
  EXPECT_TRUE(outcome.exited_with(3)) << outcome.status;
}

}  // namespace
