// SPDX-License-Identifier: MIT
// Tests that the poller misses no edge and believes no wrong one: urgent bytes, ends that come with
// data, fds closed and used again.
#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <weir/error.hpp>
#include <weir/hub.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/task.hpp>
#include <weir/testing.hpp>

#include "core/epoll_poller.hpp"
#include "core/poller_suite.hpp"
#include "testing/holdings.hpp"
#include "testing/random_schedule.hpp"

namespace {

using namespace std::chrono_literals;
using namespace weir::testing;  // NOLINT(google-build-using-namespace): the suite's names
using weir::errc;
using weir::detail::io_kind;
namespace os = weir::os;

/// A TCP connection in a hub over the real kernel. Should a call wait for an edge that does not
/// come, it says so after `limit`, which no test that passes waits for.
class EpollEdges : public testing::Test {
 protected:
  static constexpr auto limit = 30s;

  /// Has the hub learn of the events there are, while nobody waits for them.
  static void look() { EXPECT_TRUE(weir::sleep(0s)); }

  weir::hub hub_{{.spin = 0ns}};
  socket_pair tcp_ = tcp_pair();
};

// -- urgent data: one byte of `send(MSG_OOB)` is no part of the stream, but ends a recv short of it

TEST_F(EpollEdges, BytesAfterAnUrgentOneSentBeforeTheFirstRecvArrive) {
  const registered end(tcp_.near);
  send_all(tcp_.far, "abc");
  send_all(tcp_.far, "!", MSG_OOB);
  send_all(tcp_.far, "def");
  wait_for_bytes(tcp_.near, 7);
  EXPECT_EQ(end.recv_all(6, limit), "abcdef");
}

TEST_F(EpollEdges, BytesAfterAnUrgentOneTheHubHasHeardOfArrive) {
  const registered end(tcp_.near);
  send_all(tcp_.far, "abc");
  send_all(tcp_.far, "!", MSG_OOB);
  send_all(tcp_.far, "def");
  wait_for_bytes(tcp_.near, 7);
  look();
  EXPECT_EQ(end.recv_all(6, limit), "abcdef");
  send_all(tcp_.far, "ghi");
  EXPECT_EQ(end.recv_all(3, limit), "ghi");
}

TEST_F(EpollEdges, BytesAfterAnUrgentOneThatFollowsAnEdgeTheHubHasHeardOfArrive) {
  const registered end(tcp_.near);
  send_all(tcp_.far, "abc");
  wait_for_bytes(tcp_.near, 3);
  look();  // hears of "abc" alone
  send_all(tcp_.far, "!", MSG_OOB);
  send_all(tcp_.far, "def");
  wait_for_bytes(tcp_.near, 7);
  EXPECT_EQ(end.recv_all(6, limit), "abcdef");
}

TEST_F(EpollEdges, BytesSentTogetherWithAnUrgentOneArrive) {
  const registered end(tcp_.near);
  auto receiving = weir::spawn([&end] { return end.recv_all(9, limit); });
  send_all(tcp_.far, "abc!", MSG_OOB);  // its last byte is the urgent one
  look();
  send_all(tcp_.far, "def!", MSG_OOB);
  send_all(tcp_.far, "ghi");
  EXPECT_EQ(receiving.await(), "abcdefghi");
}

TEST_F(EpollEdges, AnUrgentByteAloneIsNothingToReceive) {
  const registered end(tcp_.near);
  auto receiving = weir::spawn([&end] { return end.recv(100, limit); });
  send_all(tcp_.far, "!", MSG_OOB);
  wait_for_event(tcp_.near, POLLPRI);
  look();
  EXPECT_FALSE(receiving.done());
  send_all(tcp_.far, "abc");
  EXPECT_EQ(receiving.await(), "abc");
}

TEST_F(EpollEdges, ManyUrgentBytesInMidStreamTakeNothingFromIt) {
  const registered end(tcp_.near);
  std::string sent;
  auto receiving = weir::spawn([&end] { return end.recv_all(10'000, limit); });
  for (int i = 0; i < 200; ++i) {
    send_all(tcp_.far, "!", MSG_OOB);
    send_all(tcp_.far, "abcde");
    sent += "abcde";
    if (i % 3 == 0) static_cast<void>(weir::yield());
    if (i % 7 == 0) look();
  }
  tcp_.far.reset();
  auto received = receiving.await();
  ASSERT_TRUE(received);
  // An urgent byte that the next overtakes is one of the stream from then on.
  std::erase(*received, '!');
  EXPECT_EQ(*received, sent);
}

// -- data and end together

TEST_F(EpollEdges, DataAndEndThatCameBeforeTheRegistrationAreBothReceived) {
  send_all(tcp_.far, "abc");
  tcp_.far.reset();
  wait_for_event(tcp_.near, POLLRDHUP);
  const registered end(tcp_.near);
  EXPECT_EQ(end.recv(100, limit), "abc");
  EXPECT_EQ(end.recv(100, limit), "");
}

TEST_F(EpollEdges, DataAndEndInOneEdgeBeforeTheFirstRecvAreBothReceived) {
  const registered end(tcp_.near);
  send_all(tcp_.far, "abc");
  tcp_.far.reset();
  wait_for_event(tcp_.near, POLLRDHUP);
  look();  // the only edge there will be
  EXPECT_EQ(end.recv(100, limit), "abc");
  EXPECT_EQ(end.recv(100, limit), "");
}

TEST_F(EpollEdges, DataAndEndInOneEdgeToAWaitingTaskAreBothReceived) {
  const registered end(tcp_.near);
  send_all(tcp_.far, "abc");
  EXPECT_EQ(end.recv(100, limit), "abc");
  auto receiving = weir::spawn([&end] {
    EXPECT_EQ(end.recv(100, limit), "def");
    EXPECT_EQ(end.recv(100, limit), "");
  });
  send_all(tcp_.far, "def");
  tcp_.far.reset();
  wait_for_event(tcp_.near, POLLRDHUP);
  EXPECT_TRUE(receiving.await());
}

TEST_F(EpollEdges, AnEndThatComesBetweenTheEdgeOfTheDataAndItsRecvIsReceived) {
  const registered end(tcp_.near);
  send_all(tcp_.far, "abc");
  wait_for_bytes(tcp_.near, 3);
  look();
  shut_down(tcp_.far);
  wait_for_event(tcp_.near, POLLRDHUP);
  EXPECT_EQ(end.recv(100, limit), "abc");
  EXPECT_EQ(end.recv(100, limit), "");
}

TEST_F(EpollEdges, DataInManyPiecesIsReceivedToItsEnd) {
  const registered end(tcp_.near);
  auto receiving = weir::spawn([&end] { return end.recv_all(100'000, limit); });
  std::string sent;
  for (int i = 0; i < 1000; ++i) {
    const std::string piece(static_cast<std::size_t>(1 + i % 90), static_cast<char>('a' + i % 26));
    send_all(tcp_.far, piece);
    sent += piece;
    if (i % 5 == 0) static_cast<void>(weir::yield());
  }
  tcp_.far.reset();
  EXPECT_TRUE(receiving.await() == sent);
}

TEST_F(EpollEdges, AShortRecvFromWhatOthersReadTooIsNotTakenForTheLastOfIt) {
  // Datagrams: each recv is short, and there is another behind it, with no edge of its own.
  std::array<int, 2> ends{};
  succeeded(::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()));
  const os::fd near(ends[0]);
  const os::fd far(ends[1]);
  const registered end(near, io_kind::other);
  send_all(far, "one");
  send_all(far, "two");
  look();
  EXPECT_EQ(end.recv(100, limit), "one");
  EXPECT_EQ(end.recv(100, limit), "two");
  EXPECT_EQ(error_of(end.recv(100, 0s)), errc::timed_out);
}

// -- fds closed and used again

TEST_F(EpollEdges, ACopyOfAnFdThatWasClosedReportsNothingToAnyone) {
  const os::fd copy(succeeded(::fcntl(tcp_.near.get(), F_DUPFD_CLOEXEC, 0)));
  const registered old(tcp_.near);
  look();
  old.remove();
  tcp_.near.reset();
  EXPECT_EQ(watched_by_kernel(), 0U);

  const auto [near, far] = unix_pair();
  const registered fresh(near);
  EXPECT_EQ(fresh.handle().slot, old.handle().slot);
  auto receiving = weir::spawn([&fresh] { return fresh.recv(100, limit); });
  send_all(tcp_.far, "abc");
  tcp_.far.reset();
  wait_for_event(copy, POLLRDHUP);
  EXPECT_FALSE(registered::io().poll(0ns).has_value());
  EXPECT_FALSE(receiving.done());
  send_all(far, "def");
  EXPECT_EQ(receiving.await(), "def");
}

TEST_F(EpollEdges, AnEventForAnFdThatWasClosedIsNotReportedToTheNextOfItsNumber) {
  const int number = tcp_.near.get();
  const auto [other, far] = unix_pair();
  const registered old(tcp_.near);
  look();
  send_all(tcp_.far, "abc");
  wait_for_bytes(tcp_.near, 3);  // its event waits in the kernel
  old.remove();
  tcp_.near.reset();

  const os::fd near(succeeded(::dup3(other.get(), number, O_CLOEXEC)));
  const registered fresh(near);
  EXPECT_EQ(fresh.handle().slot, old.handle().slot);
  auto receiving = weir::spawn([&fresh] { return fresh.recv(100, limit); });
  EXPECT_FALSE(registered::io().poll(0ns).has_value());
  EXPECT_FALSE(receiving.done());
  send_all(far, "def");
  EXPECT_EQ(receiving.await(), "def");
}

TEST_F(EpollEdges, AnEventOfAFormerGenerationIsDroppedWhereTheKernelGoesOnReportingIt) {
  // Closed before it is removed, with a copy elsewhere: nothing can take it off epoll any more.
  const os::fd copy(succeeded(::fcntl(tcp_.near.get(), F_DUPFD_CLOEXEC, 0)));
  const registered old(tcp_.near);
  look();
  tcp_.near.reset();
  old.remove();
  EXPECT_EQ(watched_by_kernel(), 1U);

  const auto [near, far] = unix_pair();
  const registered fresh(near);
  EXPECT_EQ(fresh.handle().slot, old.handle().slot);
  EXPECT_NE(fresh.handle().generation, old.handle().generation);
  auto receiving = weir::spawn([&fresh] { return fresh.recv(100, limit); });
  send_all(tcp_.far, "abc");
  wait_for_bytes(copy, 3);
  EXPECT_FALSE(registered::io().poll(0ns).has_value());
  EXPECT_FALSE(receiving.done());
  send_all(far, "def");
  EXPECT_EQ(receiving.await(), "def");
}

TEST_F(EpollEdges, AHandleThatWasRemovedStaysClosedWhenItsSlotIsUsedAgain) {
  const registered old(tcp_.near);
  old.remove();
  old.remove();
  const auto [near, far] = unix_pair();
  const registered fresh(near);
  EXPECT_EQ(fresh.handle().slot, old.handle().slot);
  send_all(far, "abc");
  EXPECT_EQ(error_of(old.recv(100)), errc::closed);
  EXPECT_EQ(error_of(old.send("abc")), errc::closed);
  old.remove();
  EXPECT_EQ(fresh.recv(100), "abc");
  EXPECT_EQ(error_of(registered(weir::detail::io_handle{}).recv(100)), errc::closed);
}

TEST_F(EpollEdges, TenThousandConnectionsLeaveNoFdAndNoSlotBehind) {
  const auto before = held_now();
  const auto fds = open_fd_count();
  const tcp_listener listener;
  for (std::size_t i = 0; i < scaled(10'000); ++i) {
    auto [near, far] = listener.connection();
    const registered end(near);
    ASSERT_EQ(end.handle().slot, 0U);
    send_all(far, "ping");
    ASSERT_EQ(end.recv_all(4, limit), "ping");
    ASSERT_EQ(end.send("pong"), 4U);
    ASSERT_EQ(receive_all(far, 4), "pong");
    reset(far);  // leaves no port behind that waits for late packets
  }
  EXPECT_EQ(open_fd_count(), fds + 1);
  EXPECT_EQ(held_now(), before);
  EXPECT_EQ(watched_by_kernel(), 0U);
}

}  // namespace
