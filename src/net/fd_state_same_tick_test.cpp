// SPDX-License-Identifier: MIT
// Two things that would end a wait for an fd, in one tick: the first does.
#include <array>
#include <chrono>
#include <utility>

#include <gtest/gtest.h>
#include <unistd.h>

#include <weir/error.hpp>
#include <weir/fd_state.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/task.hpp>
#include <weir/testing.hpp>

#include "core/poller_suite.hpp"
#include "net/fd_state_suite.hpp"
#include "testing/holdings.hpp"

namespace {

using namespace std::chrono_literals;
using namespace weir::testing;  // NOLINT(google-build-using-namespace): the suites' names
using weir::errc;
using weir::readiness;

/// A task that waits for a socket to become readable.
class FdStateSameTick : public fd_state_suite {
 protected:
  [[nodiscard]] weir::task<readiness> wait(weir::until until = {}) {
    auto waiting = weir::spawn([this, until] { return near.reading.recv(until); });
    EXPECT_EQ(weir::stats().waiting_fds, 1U);
    return waiting;
  }
  /// Makes the socket ready; the hub has not heard of it.
  void become_ready() { send_all(pair.far, "abc"); }
  /// Has the hub hear of it; who waited is ready to run, and has not run.
  static void hear() { EXPECT_TRUE(registered::io().poll(0ns).has_value()); }

  watched near{std::move(pair.near)};
};

TEST_F(FdStateSameTick, ReadyAndThenUnregistered) {
  auto waiting = wait();
  become_ready();
  hear();
  near.unregister();
  EXPECT_EQ(waiting.await(), readiness::closed);
  EXPECT_EQ(held_now(), before);
}

TEST_F(FdStateSameTick, ReadyThoughNobodyHasHeardAndThenUnregistered) {
  auto waiting = wait();
  become_ready();
  near.unregister();
  EXPECT_EQ(waiting.await(), readiness::closed);
  EXPECT_EQ(held_now(), before);
}

TEST_F(FdStateSameTick, ReadyAndThenAskedByAnother) {
  auto waiting = wait();
  become_ready();
  hear();
  EXPECT_EQ(error_of(near.reading.recv(0ms)), errc::busy);
  EXPECT_EQ(waiting.await(), readiness::ready);
  near.unregister();
  EXPECT_EQ(held_now(), before);
}

TEST_F(FdStateSameTick, ReadyAndThenTimedOut) {
  auto waiting = wait(10ms);
  advance(10ms - 1ns);
  become_ready();
  advance(1ns);
  EXPECT_EQ(waiting.await(), readiness::ready);
  EXPECT_EQ(weir::stats().timer_count, 0U);
}

TEST_F(FdStateSameTick, TimedOutAndThenReady) {
  auto waiting = wait(0s);
  weir::yield();  // the hub has looked, and the task is behind this one
  become_ready();
  EXPECT_EQ(error_of(waiting.await()), errc::timed_out);
  EXPECT_EQ(near.readable(), readiness::ready);
}

TEST_F(FdStateSameTick, ReadyAndThenCancelled) {
  auto waiting = wait();
  become_ready();
  hear();
  waiting.cancel();
  EXPECT_EQ(error_of(waiting.await()), errc::cancelled);
  EXPECT_EQ(near.readable(), readiness::ready);
}

TEST_F(FdStateSameTick, CancelledAndThenReady) {
  auto waiting = wait();
  waiting.cancel();
  become_ready();
  EXPECT_EQ(error_of(waiting.await()), errc::cancelled);
  EXPECT_EQ(near.readable(), readiness::ready);
}

TEST_F(FdStateSameTick, CancelledAndThenUnregistered) {
  auto waiting = wait();
  waiting.cancel();
  near.unregister();
  EXPECT_EQ(error_of(waiting.await()), errc::cancelled);
  EXPECT_EQ(near.readable(), readiness::closed);
  EXPECT_EQ(held_now(), before);
}

TEST_F(FdStateSameTick, UnregisteredAndThenCancelled) {
  auto waiting = wait();
  near.unregister();
  waiting.cancel();
  EXPECT_EQ(waiting.await(), readiness::closed);
  EXPECT_EQ(held_now(), before);
}

TEST_F(FdStateSameTick, TimedOutAndThenUnregistered) {
  auto waiting = wait(0s);
  weir::yield();
  near.unregister();
  EXPECT_EQ(error_of(waiting.await()), errc::timed_out);
  EXPECT_EQ(held_now(), before);
}

TEST_F(FdStateSameTick, UnregisteredAndThenTimedOut) {
  auto waiting = wait(0s);
  near.unregister();
  EXPECT_EQ(waiting.await(), readiness::closed);
  EXPECT_EQ(held_now(), before);
}

TEST_F(FdStateSameTick, ReadyAndClosedByTheOtherSideIsClosedWithWhatItSent) {
  auto waiting = wait();
  become_ready();
  pair.far.reset();
  EXPECT_EQ(waiting.await(), readiness::closed);
  std::array<char, 10> room{};
  EXPECT_EQ(::read(near.fd(), room.data(), room.size()), 3);
}

}  // namespace
