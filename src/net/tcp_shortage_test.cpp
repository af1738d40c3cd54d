// SPDX-License-Identifier: MIT
// Accepting while the system says that there are no file descriptors.
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <memory>
#include <numeric>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/task.hpp>
#include <weir/tcp.hpp>
#include <weir/testing.hpp>

#include "testing/captured_log.hpp"
#include "testing/holdings.hpp"
#include "testing/loopback.hpp"
#include "testing/raw_socket.hpp"

namespace {

using namespace std::chrono_literals;
using weir::errc;
using weir::testing::advance;
using weir::testing::captured_log;
using weir::testing::error_of;
using weir::testing::fault;
using weir::testing::held_now;
using weir::testing::io_call;
using weir::testing::own_loopback;
using weir::testing::raw_socket;
using weir::testing::settle;
using weir::testing::virtual_hub;

/// Plans: the `at`-th accept fails so.
fault failing(std::size_t at, int error = EMFILE) {
  return {.call = io_call::accept, .at = at, .error = error};
}

/// The first `count` accepts find no descriptor.
std::vector<fault> shortage(std::size_t count) {
  std::vector<fault> faults;
  for (std::size_t at = 1; at <= count; ++at) faults.push_back(failing(at));
  return faults;
}

/// A listener with a connection that waits, in a hub whose time stands still.
struct waiting_connection {
  explicit waiting_connection(std::vector<fault> faults) : hub({.faults = std::move(faults)}) {}

  [[nodiscard]] weir::task<std::error_code> accept(weir::until until = {}) const {
    auto accepting = weir::spawn([this, until] { return error_of(listener->accept(until)); });
    settle();
    return accepting;
  }

  captured_log log;
  virtual_hub hub;
  std::unique_ptr<weir::tcp::listener> listener =
      std::make_unique<weir::tcp::listener>(weir::tcp::listen(own_loopback()).value());
  raw_socket client = raw_socket::connected_to(listener->local());
};

TEST(TcpShortage, AcceptTriesAgainAfterTenMillisecondsThenTwiceAsLongUpToASecond) {
  const std::vector<std::chrono::milliseconds> pauses{10ms,  20ms,  40ms,    80ms,   160ms,
                                                      320ms, 640ms, 1'000ms, 1'000ms};
  for (std::size_t count = 1; count <= pauses.size(); ++count) {
    SCOPED_TRACE(count);
    const waiting_connection at(shortage(count));
    auto accepting = at.accept();
    advance(
        std::accumulate(pauses.begin(), pauses.begin() + static_cast<std::ptrdiff_t>(count), -1ns));
    EXPECT_FALSE(accepting.done());
    advance(1ns);
    EXPECT_TRUE(accepting.done());
    EXPECT_EQ(accepting.await(), std::error_code{});
  }
}

TEST(TcpShortage, ItIsSaidOnceAndOnceMoreAfterASuccess) {
  const waiting_connection at({failing(1), failing(2), failing(3), failing(5), failing(6)});
  const auto second = raw_socket::connected_to(at.listener->local());
  EXPECT_EQ(at.accept(15ms).await(), errc::timed_out);
  EXPECT_EQ(at.log.count("Too many open files"), 1U);
  EXPECT_EQ(at.log.count(at.listener->local().to_string()), 1U);
  EXPECT_EQ(at.accept().await(), std::error_code{});
  EXPECT_EQ(at.log.messages().size(), 1U);
  EXPECT_EQ(at.accept().await(), std::error_code{});
  EXPECT_EQ(at.log.count("Too many open files"), 2U);
  EXPECT_EQ(at.log.messages().size(), 2U);
}

TEST(TcpShortage, EveryShortageIsWaitedOut) {
  for (const int error : {EMFILE, ENFILE, ENOBUFS, ENOMEM}) {
    SCOPED_TRACE(error);
    const waiting_connection at({failing(1, error)});
    const auto start = weir::now();
    EXPECT_EQ(at.accept().await(), std::error_code{});
    EXPECT_EQ(weir::now() - start, 10ms);
    EXPECT_EQ(at.log.messages().size(), 1U);
  }
}

TEST(TcpShortage, AConnectionThatIsGoneIsPassedOverAtOnceAndNotCountedAsATry) {
  const waiting_connection at({failing(1, ECONNABORTED), failing(2, EPROTO), failing(3, ENETDOWN),
                               failing(4), failing(5, ECONNABORTED)});
  const auto start = weir::now();
  EXPECT_EQ(at.accept().await(), std::error_code{});
  EXPECT_EQ(weir::now() - start, 10ms);
  EXPECT_EQ(at.log.messages().size(), 1U);
}

TEST(TcpShortage, AnyOtherErrorIsTold) {
  const waiting_connection at({failing(1, EINVAL)});
  EXPECT_EQ(at.accept().await(), std::errc::invalid_argument);
  EXPECT_EQ(at.accept().await(), std::error_code{});
  EXPECT_EQ(at.log.messages().size(), 0U);
}

// -- what ends the wait

TEST(TcpShortage, ATimeoutEndsTheWaitToTheNanosecond) {
  const auto later = [](std::chrono::nanoseconds length) { return weir::now() + length; };
  for (const auto length : {5ms, 10ms, 12ms, 30ms, 500ms}) {
    SCOPED_TRACE(length.count());
    for (const bool relative : {true, false}) {
      const waiting_connection at(shortage(20));
      const auto before = held_now();
      auto accepting = at.accept(relative ? weir::until(length) : weir::until(later(length)));
      advance(length - 1ns);
      EXPECT_FALSE(accepting.done());
      advance(1ns);
      EXPECT_TRUE(accepting.done());
      EXPECT_EQ(accepting.await(), errc::timed_out);
      EXPECT_EQ(held_now(), before);
    }
  }
}

TEST(TcpShortage, AnAcceptWithoutTimeToWaitTakesOneTick) {
  const waiting_connection at(shortage(3));
  for (const weir::until none :
       {weir::until(0s), weir::until(-1s), weir::until(weir::now() - 1h)}) {
    const auto tick = weir::stats().ticks;
    const auto start = weir::now();
    EXPECT_EQ(error_of(at.listener->accept(none)), errc::timed_out);
    EXPECT_EQ(weir::stats().ticks, tick + 1);
    EXPECT_EQ(weir::now(), start);
  }
  EXPECT_TRUE(at.listener->accept(0s));
}

TEST(TcpShortage, ACancellationEndsTheWait) {
  const waiting_connection at(shortage(1));
  const auto before = held_now();
  auto accepting = at.accept();
  accepting.cancel();
  EXPECT_EQ(accepting.await(), errc::cancelled);
  EXPECT_EQ(held_now(), before);
  EXPECT_TRUE(at.listener->accept(0s));
}

TEST(TcpShortage, ACloseEndsTheWait) {
  const waiting_connection at(shortage(1));
  auto accepting = at.accept(5ms);
  EXPECT_TRUE(at.listener->close());
  EXPECT_EQ(accepting.await(), errc::closed);
  EXPECT_EQ(weir::stats().timer_count, 0U);
}

TEST(TcpShortage, AListenerThatIsDestroyedEndsTheWait) {
  waiting_connection at(shortage(1));
  auto accepting = at.accept();
  at.listener.reset();
  EXPECT_EQ(accepting.await(), errc::closed);
  EXPECT_EQ(held_now().registered_fds, 0U);
}

TEST(TcpShortage, AListenerMayBeDestroyedInTheTickInWhichItsTaskWouldTryAgain) {
  waiting_connection at(shortage(1));
  auto destroying = weir::spawn([&at] {
    EXPECT_TRUE(weir::sleep(10ms));
    at.listener.reset();
  });
  auto accepting = at.accept();
  EXPECT_EQ(accepting.await(), errc::closed);
  EXPECT_TRUE(destroying.await());
}

TEST(TcpShortage, ASecondAcceptMeanwhileIsBusyAndTheFirstGoesOn) {
  const waiting_connection at(shortage(1));
  auto accepting = at.accept();
  EXPECT_EQ(error_of(at.listener->accept()), errc::busy);
  EXPECT_EQ(error_of(at.listener->accept(0s)), errc::busy);
  EXPECT_FALSE(accepting.done());
  EXPECT_EQ(accepting.await(), std::error_code{});
}

TEST(TcpShortage, ASecondAcceptIsBusyInTheTickInWhichTheFirstTriesAgainToo) {
  const waiting_connection at(shortage(1));
  auto second = weir::spawn([&at] {
    EXPECT_TRUE(weir::sleep(10ms));
    return error_of(at.listener->accept());  // the first has been woken, and not run yet
  });
  auto accepting = at.accept();
  EXPECT_EQ(accepting.await(), std::error_code{});
  EXPECT_EQ(second.await(), errc::busy);
}

}  // namespace
