// SPDX-License-Identifier: MIT
// Tests of what ends a wait for an fd, and that of two things that would only the first does.
#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <weir/error.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/task.hpp>
#include <weir/testing.hpp>

#include "core/epoll_poller.hpp"
#include "core/poller_suite.hpp"
#include "testing/holdings.hpp"

namespace {

using namespace std::chrono_literals;
using namespace weir::testing;  // NOLINT(google-build-using-namespace): the suite's names
using weir::errc;
using weir::detail::direction;
using weir::detail::io_kind;
namespace os = weir::os;

/// A pair whose bytes are there at once, in a hub whose time stands still.
class EpollWaits : public testing::Test {
 protected:
  virtual_hub hub_;
  const holdings before_ = held_now();
  socket_pair pair_ = unix_pair();
};

TEST_F(EpollWaits, ARecvTimesOutWhenItsTimeIsUpAndWhatComesLaterIsReceivedByTheNext) {
  const registered end(pair_.near);
  auto receiving = weir::spawn([&end] { return end.recv(100, 10ms); });
  advance(9'999us);
  EXPECT_FALSE(receiving.done());
  advance(1us);
  EXPECT_EQ(error_of(receiving.await()), errc::timed_out);
  send_all(pair_.far, "abc");
  EXPECT_EQ(end.recv(100), "abc");
  EXPECT_EQ(weir::stats().timer_count, 0U);
}

TEST_F(EpollWaits, ARecvOfNoTimeTakesOneTickInWhichTheKernelIsAsked) {
  const registered end(pair_.near);
  const auto before = weir::stats();
  EXPECT_EQ(error_of(end.recv(100, 0s)), errc::timed_out);
  EXPECT_EQ(weir::stats().ticks, before.ticks + 1);
  EXPECT_GT(weir::stats().polls, before.polls);
}

TEST_F(EpollWaits, ACancelledTaskReceivesAndSendsNothing) {
  const registered end(pair_.near);
  auto receiving = weir::spawn([&end] { return end.recv(100, 10s); });
  receiving.cancel();
  EXPECT_EQ(error_of(receiving.await()), errc::cancelled);

  send_all(pair_.far, "abc");
  auto cancelled = weir::spawn([&end] {
    static_cast<void>(weir::yield());
    EXPECT_EQ(error_of(end.recv(100)), errc::cancelled);
    EXPECT_EQ(error_of(end.send("def")), errc::cancelled);
    EXPECT_EQ(error_of(registered::io().wait_until_ready(end.handle(), direction::read, {})),
              errc::cancelled);
  });
  cancelled.cancel();
  EXPECT_TRUE(cancelled.await());
  EXPECT_EQ(end.recv(100), "abc");
  char byte = 0;
  EXPECT_EQ(::recv(pair_.far.get(), &byte, 1, MSG_DONTWAIT), -1);
}

TEST_F(EpollWaits, ASecondTaskAtOneSideIsToldBusyAndTheOtherSideIsFree) {
  const registered end(pair_.near);
  auto receiving = weir::spawn([&end] { return end.recv(100); });
  EXPECT_EQ(error_of(end.recv(100)), errc::busy);
  EXPECT_EQ(error_of(end.recv(100, 1s)), errc::busy);
  EXPECT_EQ(end.send("abc"), 3U);
  send_all(pair_.far, "def");
  EXPECT_EQ(receiving.await(), "def");

  const std::string piece(100'000, 'x');
  while (end.send(piece, 0s)) {
  }
  auto sending = weir::spawn([&end, &piece] { return end.send(piece); });
  EXPECT_EQ(error_of(end.send("abc")), errc::busy);
  send_all(pair_.far, "ghi");
  EXPECT_EQ(end.recv(100), "ghi");
  end.remove();
  EXPECT_EQ(error_of(sending.await()), errc::closed);
}

TEST_F(EpollWaits, ATaskThatGoesOnAskingABusyOrClosedHandleLetsOthersRun) {
  const registered end(pair_.near);
  auto receiving = weir::spawn([&end] { return end.recv(100); });
  bool other_ran = false;
  auto other = weir::spawn_later(0ms, [&other_ran] { other_ran = true; });
  int asked = 0;
  for (; !other_ran && asked < 1000; ++asked) EXPECT_EQ(error_of(end.recv(100)), errc::busy);
  EXPECT_LE(asked, 129);

  end.remove();
  other_ran = false;
  other = weir::spawn_later(0ms, [&other_ran] { other_ran = true; });
  for (asked = 0; !other_ran && asked < 1000; ++asked)
    EXPECT_EQ(error_of(end.send("")), errc::closed);
  EXPECT_LE(asked, 129);
  EXPECT_EQ(error_of(receiving.await()), errc::closed);
}

TEST_F(EpollWaits, RemovingAnFdTellsWhoWaitsAtEitherSideClosed) {
  const registered end(pair_.near);
  const std::string piece(100'000, 'x');
  while (end.send(piece, 0s)) {
  }
  auto sending = weir::spawn([&end, &piece] { return end.send(piece, 10s); });
  auto receiving = weir::spawn([&end] { return end.recv(100, 10s); });
  EXPECT_EQ(weir::stats().waiting_fds, 2U);
  const auto switches = weir::stats().switches;
  end.remove();
  EXPECT_EQ(weir::stats().switches, switches);
  EXPECT_EQ(weir::stats().registered_fds, 0U);
  EXPECT_EQ(error_of(sending.await()), errc::closed);
  EXPECT_EQ(error_of(receiving.await()), errc::closed);
  EXPECT_EQ(error_of(end.recv(100)), errc::closed);
  EXPECT_EQ(held_now(), before_);
}

TEST_F(EpollWaits, ATaskToldOfAnFdThatIsRemovedAndReplacedBeforeItRunsDoesNotTouchTheNewOne) {
  const auto [near, far] = unix_pair();
  send_all(far, "of the new one");
  const registered old(pair_.near);
  auto receiving = weir::spawn([&old] { return old.recv(100); });
  send_all(pair_.far, "abc");
  EXPECT_TRUE(registered::io().poll(0ns).has_value());  // the task is ready now, and has not run
  old.remove();
  const registered fresh(near);
  EXPECT_EQ(fresh.handle().slot, old.handle().slot);
  EXPECT_EQ(error_of(receiving.await()), errc::closed);
  EXPECT_EQ(fresh.recv(100), "of the new one");
}

TEST_F(EpollWaits, AReadinessThatWasUsedUpIsWaitedForAgainUntilTheSameDeadline) {
  const registered end(pair_.near);
  auto receiving = weir::spawn([&end] { return end.recv(100, 10ms); });
  advance(6ms);
  send_all(pair_.far, "abc");
  EXPECT_TRUE(registered::io().poll(0ns).has_value());
  std::array<char, 3>
      used_up{};  // by who has a copy of the fd, before the task that was woken runs
  EXPECT_EQ(::recv(pair_.near.get(), used_up.data(), used_up.size(), 0), 3);
  advance(3'999us);
  EXPECT_FALSE(receiving.done());
  advance(1us);
  EXPECT_TRUE(receiving.done());
  EXPECT_EQ(error_of(receiving.await()), errc::timed_out);
}

// -- two events in one tick

TEST_F(EpollWaits, BytesThatComeBeforeTheHubLooksAreReceivedThoughTheTimeIsUp) {
  const registered end(pair_.near);
  auto receiving = weir::spawn([&end] { return end.recv(100, 0s); });
  send_all(pair_.far, "abc");
  EXPECT_EQ(receiving.await(), "abc");
  EXPECT_EQ(weir::stats().timer_count, 0U);
}

TEST_F(EpollWaits, BytesThatComeAtTheVeryTimeOfTheDeadlineAreReceived) {
  const registered end(pair_.near);
  auto receiving = weir::spawn([&end] { return end.recv(100, 10ms); });
  advance(10ms - 1ns);
  send_all(pair_.far, "abc");
  advance(1ns);
  EXPECT_EQ(receiving.await(), "abc");
}

TEST_F(EpollWaits, BytesThatComeAfterTheTimeoutAndBeforeItsTaskRunsStayForTheNextRecv) {
  const registered end(pair_.near);
  auto receiving = weir::spawn([&end] {
    EXPECT_EQ(error_of(end.recv(100, 0s)), errc::timed_out);
    EXPECT_EQ(end.recv(100, 0s), "abc");
  });
  static_cast<void>(weir::yield());  // the hub has looked, and the task is behind this one
  EXPECT_EQ(weir::stats().timer_count, 0U);
  send_all(pair_.far, "abc");
  EXPECT_TRUE(receiving.await());
}

TEST_F(EpollWaits, ACancelBeforeTheBytesLeavesThemToOthers) {
  const registered end(pair_.near);
  auto receiving = weir::spawn([&end] { return end.recv(100); });
  receiving.cancel();
  send_all(pair_.far, "abc");
  EXPECT_EQ(error_of(receiving.await()), errc::cancelled);
  EXPECT_EQ(end.recv(100), "abc");
}

TEST_F(EpollWaits, ACancelAfterTheBytesCameAndBeforeItsTaskRunsLeavesThemToOthersToo) {
  const registered end(pair_.near);
  auto receiving = weir::spawn([&end] { return end.recv(100); });
  send_all(pair_.far, "abc");
  EXPECT_TRUE(registered::io().poll(0ns).has_value());
  receiving.cancel();
  EXPECT_EQ(error_of(receiving.await()), errc::cancelled);
  EXPECT_EQ(end.recv(100), "abc");
}

TEST_F(EpollWaits, ACancelAndATimeoutInOneTickEndTheWaitOnceInEitherOrder) {
  const registered end(pair_.near);
  auto first = weir::spawn([&end] { return end.recv(100, 0s); });
  first.cancel();
  EXPECT_EQ(error_of(first.await()), errc::cancelled);

  auto second = weir::spawn([&end] {
    EXPECT_EQ(error_of(end.recv(100, 0s)), errc::timed_out);
    EXPECT_EQ(error_of(end.recv(100, 0s)), errc::cancelled);
  });
  static_cast<void>(weir::yield());
  second.cancel();
  EXPECT_TRUE(second.await());
  EXPECT_EQ(weir::stats().waiting_fds, 0U);
  EXPECT_EQ(weir::stats().timer_count, 0U);
}

TEST_F(EpollWaits, ARemovalAndATimeoutInOneTickEndTheWaitOnceInEitherOrder) {
  const registered end(pair_.near);
  auto first = weir::spawn([&end] { return end.recv(100, 0s); });
  end.remove();
  EXPECT_EQ(error_of(first.await()), errc::closed);

  const registered again(pair_.near);
  auto second = weir::spawn([&again] { return again.recv(100, 0s); });
  static_cast<void>(weir::yield());
  again.remove();
  EXPECT_EQ(error_of(second.await()), errc::timed_out);
  EXPECT_EQ(held_now(), before_);
}

// -- slots

TEST_F(EpollWaits, SlotsAreUsedAgainAndEachFdIsCountedOnce) {
  std::vector<socket_pair> pairs;
  for (int i = 0; i < 20; ++i) pairs.push_back(unix_pair());
  for (int round = 0; round < 3; ++round) {
    std::vector<weir::detail::io_handle> handles;
    for (const auto& each : pairs) {
      handles.push_back(registered::io().add(each.near.get(), io_kind::drains).value());
      EXPECT_LT(handles.back().slot, pairs.size());
    }
    EXPECT_EQ(weir::stats().registered_fds, pairs.size());
    EXPECT_EQ(watched_by_kernel(), pairs.size());
    for (const auto& each : handles) registered::io().remove(each);
    EXPECT_EQ(weir::stats().registered_fds, 0U);
    EXPECT_EQ(watched_by_kernel(), 0U);
  }
}

TEST_F(EpollWaits, EveryOneOfManyFdsIsHeardOfInOneLook) {
  constexpr std::size_t count = 300;  // more than one call of epoll_wait brings
  std::vector<socket_pair> pairs;
  std::vector<weir::detail::io_handle> handles;
  std::vector<weir::task<std::string>> tasks;
  for (std::size_t i = 0; i < count; ++i) {
    pairs.push_back(unix_pair());
    handles.push_back(registered::io().add(pairs.back().near.get(), io_kind::drains).value());
    tasks.push_back(weir::spawn([handle = handles.back()] {
      std::string byte(1, '\0');
      weir::until never;
      const auto received =
          registered::io().receive(handle, std::as_writable_bytes(std::span(byte)), never);
      return received ? weir::result<std::string>(byte) : std::unexpected(received.error());
    }));
  }
  settle();
  EXPECT_EQ(weir::stats().waiting_fds, count);
  for (const auto& each : pairs) send_all(each.far, "x");
  settle();
  for (auto& each : tasks) {
    EXPECT_TRUE(each.done());
    EXPECT_EQ(each.await(), "x");
  }
  for (const auto& each : handles) registered::io().remove(each);
  EXPECT_EQ(held_now(), before_);
}

// -- readiness alone

TEST_F(EpollWaits, ReadinessIsKeptUntilItIsAskedForAndToldOnce) {
  const registered end(pair_.near, io_kind::watched);
  const auto ready = [&end](direction which) {
    return registered::io().wait_until_ready(end.handle(), which, 0s);
  };
  EXPECT_TRUE(ready(direction::write));
  EXPECT_EQ(error_of(ready(direction::write)), errc::timed_out);
  EXPECT_EQ(error_of(ready(direction::read)), errc::timed_out);
  send_all(pair_.far, "abc");
  settle();  // nobody waits
  EXPECT_TRUE(ready(direction::read));
  EXPECT_EQ(error_of(ready(direction::read)), errc::timed_out);

  auto waiting = weir::spawn(
      [&end] { return registered::io().wait_until_ready(end.handle(), direction::read, {}); });
  send_all(pair_.far, "def");
  EXPECT_TRUE(waiting.await());
  waiting = weir::spawn(
      [&end] { return registered::io().wait_until_ready(end.handle(), direction::read, {}); });
  end.remove();
  EXPECT_EQ(error_of(waiting.await()), errc::closed);
}

}  // namespace
