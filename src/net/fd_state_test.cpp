// SPDX-License-Identifier: MIT
// Watching an fd, being told, and ending it.
#include <weir/fd_state.hpp>

#include <chrono>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <weir/error.hpp>
#include <weir/hub.hpp>
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
namespace os = weir::os;

class FdState : public fd_state_suite {};

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) != -1; }

// -- readiness

TEST_F(FdState, AReadinessThatComesWhileNobodyWaitsIsKeptAndToldOnce) {
  const watched near(std::move(pair.near));
  settle();
  EXPECT_EQ(error_of(near.readable()), errc::timed_out);
  send_all(pair.far, "abc");
  send_all(pair.far, "def");
  settle();
  EXPECT_EQ(near.readable(), readiness::ready);
  EXPECT_EQ(error_of(near.readable()), errc::timed_out);  // though nobody has read
}

TEST_F(FdState, AReadinessWakesWhoWaits) {
  const watched near(std::move(pair.near));
  auto waiting = weir::spawn([&near] { return near.reading.recv(); });
  settle();
  EXPECT_FALSE(waiting.done());
  send_all(pair.far, "abc");
  EXPECT_EQ(waiting.await(), readiness::ready);
  EXPECT_EQ(error_of(near.readable()), errc::timed_out);
}

TEST_F(FdState, WhatWasThereBeforeTheRegistrationIsTold) {
  send_all(pair.far, "abc");
  const watched near(std::move(pair.near));
  EXPECT_EQ(near.readable(), readiness::ready);
}

TEST_F(FdState, EachSideIsToldForItself) {
  const watched near(std::move(pair.near));
  EXPECT_EQ(near.writable(), readiness::ready);
  EXPECT_EQ(error_of(near.writable()), errc::timed_out);
  auto reading = weir::spawn([&near] { return near.reading.recv(); });
  auto writing = weir::spawn([&near] { return near.writing.recv(); });
  settle();
  EXPECT_EQ(weir::stats().waiting_fds, 2U);
  send_all(pair.far, "abc");
  EXPECT_EQ(reading.await(), readiness::ready);
  near.unregister();
  EXPECT_TRUE(writing.await());
}

TEST_F(FdState, TheWriterIsToldWhenThereIsRoomAgain) {
  pipe_ends pipe;
  const watched write(std::move(pipe.write));
  EXPECT_EQ(write.writable(), readiness::ready);
  std::string block(4096, 'x');
  while (::write(write.fd(), block.data(), block.size()) > 0) {
  }
  EXPECT_EQ(error_of(write.writable()), errc::timed_out);
  auto waiting = weir::spawn([&write] { return write.writing.recv(); });
  settle();
  EXPECT_FALSE(waiting.done());
  while (::read(pipe.read.get(), block.data(), block.size()) > 0) {
  }
  EXPECT_EQ(waiting.await(), readiness::ready);
}

TEST_F(FdState, TimesOutToTheNanosecondAndHasLostNothing) {
  const watched near(std::move(pair.near));
  auto waiting = weir::spawn([&near] { return near.reading.recv(10s); });
  settle();
  advance(10s - 1ns);
  EXPECT_FALSE(waiting.done());
  advance(1ns);
  EXPECT_EQ(error_of(waiting.await()), errc::timed_out);
  send_all(pair.far, "abc");
  EXPECT_EQ(near.readable(), readiness::ready);
}

TEST_F(FdState, ASecondTaskAtOneSideIsBusyAndTheFirstGoesOn) {
  const watched near(std::move(pair.near));
  auto waiting = weir::spawn([&near] { return near.reading.recv(); });
  settle();
  EXPECT_EQ(error_of(near.reading.recv()), errc::busy);
  EXPECT_EQ(near.writable(), readiness::ready);
  send_all(pair.far, "abc");
  EXPECT_EQ(waiting.await(), readiness::ready);
}

TEST_F(FdState, ACancelledTaskIsToldSoFirst) {
  const watched near(std::move(pair.near));
  auto task = weir::spawn([&near] {
    EXPECT_EQ(error_of(near.reading.recv()), errc::cancelled);
    EXPECT_EQ(error_of(near.reading.recv()), errc::cancelled);
    near.unregister();
    EXPECT_EQ(error_of(near.reading.recv()), errc::cancelled);
  });
  settle();
  task.cancel();
  send_all(pair.far, "abc");
  EXPECT_TRUE(task.await());
}

TEST(FdStateReal, WorksInARealHub) {
  const weir::hub hub({.spin = 0us});
  pipe_ends pipe;
  const watched read(std::move(pipe.read));
  auto waiting = weir::spawn([&read] { return read.reading.recv(10s); });
  EXPECT_EQ(error_of(read.writing.recv(1ms)), errc::timed_out);
  EXPECT_EQ(::write(pipe.write.get(), "x", 1), 1);
  EXPECT_EQ(waiting.await(), readiness::ready);
}

// -- registering

TEST_F(FdState, TheSideNotAskedForIsRefusedAndTheOtherWorks) {
  const int fd = pair.near.release();
  auto [reading, none] = weir::register_fd(fd, true, false);
  EXPECT_EQ(error_of(none), std::errc::invalid_argument);
  send_all(pair.far, "abc");
  EXPECT_EQ(reading.value().recv(), readiness::ready);
  EXPECT_TRUE(weir::unregister_fd(fd));

  auto other = unix_pair();
  const int second = other.near.release();
  auto [no_reading, writing] = weir::register_fd(second, false, true);
  EXPECT_EQ(error_of(no_reading), std::errc::invalid_argument);
  EXPECT_EQ(writing.value().recv(), readiness::ready);
  EXPECT_TRUE(weir::unregister_fd(second));
}

TEST_F(FdState, AskingForNeitherSideRegistersNothing) {
  const auto [reading, writing] = weir::register_fd(pair.near.get(), false, false);
  EXPECT_EQ(error_of(reading), std::errc::invalid_argument);
  EXPECT_EQ(error_of(writing), std::errc::invalid_argument);
  EXPECT_EQ(held_now(), before);
  EXPECT_EQ(error_of(weir::unregister_fd(pair.near.get())), std::errc::bad_file_descriptor);
  EXPECT_TRUE(is_open(pair.near.get()));
}

TEST_F(FdState, AnFdIsRegisteredOnceAtATime) {
  const watched near(std::move(pair.near));
  const auto [reading, writing] = weir::register_fd(near.fd(), true, true);
  EXPECT_EQ(error_of(reading), std::errc::file_exists);
  EXPECT_EQ(error_of(writing), std::errc::file_exists);
  send_all(pair.far, "abc");
  EXPECT_EQ(near.readable(), readiness::ready);
  EXPECT_TRUE(near.unregister());
}

TEST_F(FdState, WhatTheSystemRefusesIsNotRegistered) {
  const auto [reading, writing] = weir::register_fd(-1, true, true);
  EXPECT_EQ(error_of(reading), std::errc::bad_file_descriptor);
  EXPECT_EQ(error_of(writing), std::errc::bad_file_descriptor);
  EXPECT_EQ(error_of(weir::unregister_fd(-1)), std::errc::bad_file_descriptor);
  EXPECT_EQ(held_now(), before);
}

// -- unregistering

TEST_F(FdState, UnregisteringClosesTheFd) {
  const watched near(std::move(pair.near));
  EXPECT_EQ(weir::stats().registered_fds, 1U);
  EXPECT_TRUE(near.unregister());
  EXPECT_FALSE(is_open(near.fd()));
  EXPECT_EQ(receive_all(pair.far, 1), "");
  EXPECT_EQ(held_now(), before);
  EXPECT_EQ(watched_by_kernel(), 0U);
  EXPECT_EQ(error_of(near.unregister()), std::errc::bad_file_descriptor);
}

TEST_F(FdState, UnregisteringWhatIsNotRegisteredLeavesItOpen) {
  EXPECT_EQ(error_of(weir::unregister_fd(pair.near.get())), std::errc::bad_file_descriptor);
  EXPECT_TRUE(is_open(pair.near.get()));
}

TEST_F(FdState, UnregisteringTellsClosedToWhoWaitsAndToWhoAsksLater) {
  const watched near(std::move(pair.near));
  EXPECT_EQ(near.writable(), readiness::ready);
  auto reading = weir::spawn([&near] { return near.reading.recv(10s); });
  auto writing = weir::spawn([&near] { return near.writing.recv(); });
  settle();
  near.unregister();
  EXPECT_EQ(reading.await(), readiness::closed);
  EXPECT_EQ(writing.await(), readiness::closed);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(near.reading.recv(), readiness::closed);
    EXPECT_EQ(near.writing.recv(10s), readiness::closed);
  }
  EXPECT_EQ(held_now(), before);
}

TEST_F(FdState, AReadinessThatWasKeptEndsWithTheRegistration) {
  const watched near(std::move(pair.near));
  send_all(pair.far, "abc");
  settle();
  near.unregister();
  EXPECT_EQ(near.readable(), readiness::closed);
}

TEST_F(FdState, TheNextFdOfTheSameNumberIsAnother) {
  const watched old(std::move(pair.near));
  old.unregister();
  auto other = unix_pair();
  const watched fresh(std::move(other.near));
  ASSERT_EQ(fresh.fd(), old.fd());
  EXPECT_EQ(old.readable(), readiness::closed);
  EXPECT_EQ(error_of(fresh.readable()), errc::timed_out);
  send_all(other.far, "abc");
  settle();
  EXPECT_EQ(old.readable(), readiness::closed);
  EXPECT_EQ(fresh.readable(), readiness::ready);
}

TEST_F(FdState, NeedsAHub) {
  const watched near(std::move(pair.near));
  std::thread([&near] {
    EXPECT_THROW((void)near.reading.recv(), std::logic_error);
    EXPECT_THROW((void)weir::register_fd(0, true, true), std::logic_error);
    EXPECT_THROW((void)weir::unregister_fd(0), std::logic_error);
  }).join();
}

}  // namespace
