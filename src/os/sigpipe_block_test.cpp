// SPDX-License-Identifier: MIT
// Keeping SIGPIPE from a thread without anyone else noticing.
#include "os/sigpipe_block.hpp"

#include <array>
#include <csignal>
#include <thread>

#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using weir::os::sigpipe_block;

sigset_t only_sigpipe() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGPIPE);
  return set;
}

bool sigpipe_blocked() {
  sigset_t mask;
  ::pthread_sigmask(SIG_BLOCK, nullptr, &mask);
  return ::sigismember(&mask, SIGPIPE) == 1;
}

bool sigpipe_pending() {
  sigset_t pending;
  ::sigpending(&pending);
  return ::sigismember(&pending, SIGPIPE) == 1;
}

/// Writes to a socket whose other end is closed; write(2) raises SIGPIPE, as OpenSSL's would.
void write_into_the_void() {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  ::close(ends[1]);
  EXPECT_EQ(::write(ends[0], "x", 1), -1);
  EXPECT_EQ(errno, EPIPE);
  ::close(ends[0]);
}

TEST(SigpipeBlock, KeepsTheSignalFromTheThreadAndTakesThePendingOne) {
  // With the default disposition the signal would end the process.
  ASSERT_FALSE(sigpipe_blocked());
  {
    const sigpipe_block block;
    EXPECT_TRUE(sigpipe_blocked());
    write_into_the_void();
    EXPECT_TRUE(sigpipe_pending());
  }
  EXPECT_FALSE(sigpipe_blocked());
  EXPECT_FALSE(sigpipe_pending());
}

TEST(SigpipeBlock, LeavesTheDispositionOfTheProcessAlone) {
  struct sigaction before{};
  ASSERT_EQ(::sigaction(SIGPIPE, nullptr, &before), 0);
  struct sigaction during{};
  {
    const sigpipe_block block;
    ASSERT_EQ(::sigaction(SIGPIPE, nullptr, &during), 0);
  }
  struct sigaction after{};
  ASSERT_EQ(::sigaction(SIGPIPE, nullptr, &after), 0);
  EXPECT_EQ(during.sa_handler, before.sa_handler);
  EXPECT_EQ(after.sa_handler, before.sa_handler);
}

TEST(SigpipeBlock, LeavesAMaskThatBlockedTheSignalAlready) {
  const sigset_t set = only_sigpipe();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  {
    const sigpipe_block block;
  }
  EXPECT_TRUE(sigpipe_blocked());
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

TEST(SigpipeBlock, LeavesASignalThatWasPendingBefore) {
  const sigset_t set = only_sigpipe();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  ::pthread_kill(::pthread_self(), SIGPIPE);
  {
    const sigpipe_block block;
    write_into_the_void();
  }
  EXPECT_TRUE(sigpipe_pending());
  const timespec at_once{};
  EXPECT_EQ(::sigtimedwait(&set, nullptr, &at_once), SIGPIPE);
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

TEST(SigpipeBlock, OtherThreadsKeepTheirMask) {
  const sigpipe_block block;
  bool blocked_there = true;
  // A thread inherits the mask, so it is given a plain one first, as one started before would have.
  std::thread([&blocked_there] {
    const sigset_t set = only_sigpipe();
    ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
    {
      const sigpipe_block inner;
    }
    blocked_there = sigpipe_blocked();
  }).join();
  EXPECT_FALSE(blocked_there);
  EXPECT_TRUE(sigpipe_blocked());
}

}  // namespace
