// SPDX-License-Identifier: MIT
// Accepting: what ends it, and iteration over a listener.
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <weir/hub.hpp>
#include <weir/run.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/task.hpp>
#include <weir/tcp.hpp>
#include <weir/testing.hpp>

#include "testing/holdings.hpp"
#include "testing/loopback.hpp"
#include "testing/raw_socket.hpp"

namespace {

using namespace std::chrono_literals;
using weir::address;
using weir::errc;
using weir::testing::advance;
using weir::testing::error_of;
using weir::testing::held_now;
using weir::testing::own_loopback;
using weir::testing::raw_socket;
using weir::testing::settle;
using weir::testing::virtual_hub;

// -- accept ends

TEST(TcpAccept, AcceptTimesOutOnTheRealClockNeverEarly) {
  const weir::hub hub({.spin = 0us});
  auto listener = weir::tcp::listen(own_loopback()).value();
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(error_of(listener.accept(5ms)), errc::timed_out);
  EXPECT_GE(std::chrono::steady_clock::now() - start, 5ms);
}

TEST(TcpAccept, AcceptTimesOutToTheNanosecondOfVirtualTime) {
  virtual_hub hub;
  auto listener = weir::tcp::listen(own_loopback()).value();
  auto accepting = weir::spawn([&listener] { return error_of(listener.accept(1h)); });
  settle();
  advance(1h - 1ns);
  EXPECT_FALSE(accepting.done());
  advance(1ns);
  EXPECT_EQ(accepting.await(), errc::timed_out);
}

TEST(TcpAccept, AConnectionThatIsThereIsAcceptedThoughTheDeadlineHasPassed) {
  const weir::hub hub({.spin = 0us});
  auto listener = weir::tcp::listen(own_loopback()).value();
  const auto client = raw_socket::connected_to(listener.local());
  EXPECT_TRUE(listener.accept(weir::now() - 1h));
}

TEST(TcpAccept, AcceptEndsWhenItsTaskIsCancelledAndTheConnectionStays) {
  const weir::hub hub({.spin = 0us});
  auto listener = weir::tcp::listen(own_loopback()).value();
  auto accepting = weir::spawn([&listener] {
    const auto first = error_of(listener.accept());
    EXPECT_EQ(error_of(listener.accept(0ms)), errc::cancelled);
    return first;
  });
  settle();
  const auto client = raw_socket::connected_to(listener.local());
  accepting.cancel();
  EXPECT_EQ(accepting.await(), errc::cancelled);
  EXPECT_TRUE(listener.accept());
}

TEST(TcpAccept, CloseWakesWhoAcceptsAndIsToldTwiceNot) {
  const weir::hub hub({.spin = 0us});
  auto listener = weir::tcp::listen(own_loopback()).value();
  const address at = listener.local();
  auto accepting = weir::spawn([&listener] { return error_of(listener.accept()); });
  settle();
  EXPECT_TRUE(listener.close());
  EXPECT_EQ(accepting.await(), errc::closed);
  EXPECT_EQ(error_of(listener.accept()), errc::closed);
  EXPECT_EQ(error_of(listener.close()), errc::closed);
  EXPECT_EQ(listener.local(), address{});
  EXPECT_EQ(error_of(weir::tcp::connect(at)), std::errc::connection_refused);
}

TEST(TcpAccept, AListenerMayBeMovedOrDestroyedUnderWhoAccepts) {
  const weir::hub hub({.spin = 0us});
  auto first = weir::tcp::listen(own_loopback()).value();
  auto accepting = weir::spawn([&first] { return error_of(first.accept()); });
  settle();
  auto moved = std::make_unique<weir::tcp::listener>(std::move(first));
  const auto client = raw_socket::connected_to(moved->local());
  EXPECT_EQ(accepting.await(), std::error_code{});

  auto again = weir::spawn([&moved] { return error_of(moved->accept()); });
  settle();
  moved.reset();
  EXPECT_EQ(again.await(), errc::closed);
}

TEST(TcpAccept, ASecondAcceptIsBusyAndTheFirstGoesOn) {
  const weir::hub hub({.spin = 0us});
  auto listener = weir::tcp::listen(own_loopback()).value();
  auto accepting = weir::spawn([&listener] { return error_of(listener.accept()); });
  settle();
  EXPECT_EQ(error_of(listener.accept()), errc::busy);
  const auto client = raw_socket::connected_to(listener.local());
  EXPECT_EQ(accepting.await(), std::error_code{});
}

TEST(TcpAccept, ACancelledTaskIsToldSoBeforeItIsToldOfABusyOrAClosedListener) {
  const weir::hub hub({.spin = 0us});
  auto listener = weir::tcp::listen(own_loopback()).value();
  auto accepting = weir::spawn([&listener] { return error_of(listener.accept()); });
  auto cancelled = weir::spawn([&listener] {
    EXPECT_EQ(error_of(weir::sleep(1h)), errc::cancelled);
    EXPECT_EQ(error_of(listener.accept()), errc::cancelled);
    EXPECT_TRUE(listener.close());
    EXPECT_EQ(error_of(listener.accept()), errc::cancelled);
    EXPECT_EQ(error_of(weir::tcp::listener().accept()), errc::cancelled);
  });
  settle();
  cancelled.cancel();
  EXPECT_TRUE(cancelled.await());
  EXPECT_EQ(accepting.await(), errc::closed);
}

TEST(TcpAccept, ATaskThatGoesOnAskingABusyOrAClosedListenerLetsOthersRun) {
  const weir::hub hub({.spin = 0us});
  auto listener = weir::tcp::listen(own_loopback()).value();
  auto accepting = weir::spawn([&listener] { return error_of(listener.accept()); });
  settle();
  for (const auto expected : {errc::busy, errc::closed}) {
    bool other_ran = false;
    auto other = weir::spawn_later(0ms, [&other_ran] { other_ran = true; });
    int asked = 0;
    for (; !other_ran && asked < 1000; ++asked) EXPECT_EQ(error_of(listener.accept()), expected);
    EXPECT_LE(asked, 129);
    listener.close();
  }
  EXPECT_EQ(accepting.await(), errc::closed);
}

TEST(TcpAccept, ADefaultConstructedListenerIsClosed) {
  const weir::hub hub({.spin = 0us});
  weir::tcp::listener none;
  EXPECT_EQ(error_of(none.accept()), errc::closed);
  EXPECT_EQ(error_of(none.close()), errc::closed);
  EXPECT_EQ(none.local(), address{});
}

TEST(TcpAccept, AListenerThatOutlivedItsHubDoesNothingToTheNext) {
  weir::tcp::listener old;
  {
    const weir::hub hub({.spin = 0us});
    old = weir::tcp::listen(own_loopback()).value();
  }
  const weir::hub hub({.spin = 0us});
  auto listener = weir::tcp::listen(own_loopback()).value();
  EXPECT_EQ(error_of(old.accept(0ms)), errc::closed);
  EXPECT_TRUE(old.close());
  EXPECT_EQ(held_now().registered_fds, 1U);
  const auto client = raw_socket::connected_to(listener.local());
  EXPECT_TRUE(listener.accept());
}

// -- iteration

TEST(TcpAccept, IterationAcceptsUntilTheCloseWhichErrorThenTells) {
  const weir::hub hub({.spin = 0us});
  auto listener = weir::tcp::listen(own_loopback()).value();
  std::vector<raw_socket> clients;
  for (int i = 0; i < 5; ++i) clients.push_back(raw_socket::connected_to(listener.local()));
  std::size_t count = 0;
  for (auto& accepted : listener) {
    EXPECT_EQ(accepted.remote(), clients.at(count).local());
    EXPECT_EQ(listener.error(), std::error_code{});
    if (++count == clients.size()) listener.close();
  }
  EXPECT_EQ(count, clients.size());
  EXPECT_EQ(listener.error(), errc::closed);
}

TEST(TcpAccept, IterationEndsWhenItsTaskIsCancelled) {
  const weir::hub hub({.spin = 0us});
  auto listener = weir::tcp::listen(own_loopback()).value();
  auto serving = weir::spawn([&listener] {
    for (auto& accepted : listener) (void)accepted.close();
  });
  settle();
  serving.cancel();
  EXPECT_TRUE(serving.await());
  EXPECT_EQ(listener.error(), errc::cancelled);
}

TEST(TcpAccept, ATaskForEachConnectionServesThemAll) {
  const auto total = weir::run({.spin = 0us}, [] {
    auto listener = weir::tcp::listen(own_loopback()).value();
    auto serving = weir::spawn([&listener] {
      for (auto& accepted : listener) {
        weir::spawn({.detached = true}, [peer = std::move(accepted)]() mutable {
          while (auto line = peer.recv_until("\n", 100)) {
            if (!peer.send(*line)) return;
          }
        });
      }
    });
    std::vector<weir::stream> clients;
    for (int i = 0; i < 100; ++i) clients.push_back(weir::tcp::connect(listener.local()).value());
    int answers = 0;
    for (auto& each : clients) EXPECT_TRUE(each.send("line\n"));
    for (auto& each : clients) answers += each.recv_until("\n", 100, 10s) == "line\n" ? 1 : 0;
    listener.close();
    EXPECT_TRUE(serving.await());
    return answers;
  });
  EXPECT_EQ(total, 100);
}

}  // namespace
