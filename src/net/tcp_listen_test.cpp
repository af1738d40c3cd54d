// SPDX-License-Identifier: MIT
// Listening, and what connections are like, on the real kernel.
#include <chrono>
#include <stdexcept>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <weir/hub.hpp>
#include <weir/tcp.hpp>

#include "testing/holdings.hpp"
#include "testing/loopback.hpp"
#include "testing/open_fds.hpp"

namespace {

using namespace std::chrono_literals;
using weir::address;
using weir::errc;
using weir::testing::error_of;
using weir::testing::fd_of;
using weir::testing::held_now;
using weir::testing::open_fds;
using weir::testing::opened_since;
using weir::testing::own_loopback;

static_assert(!std::is_copy_constructible_v<weir::tcp::listener>);
static_assert(std::is_nothrow_move_constructible_v<weir::tcp::listener>);

int socket_option(int fd, int level, int option) {
  int value = -1;
  socklen_t size = sizeof value;
  EXPECT_EQ(::getsockopt(fd, level, option, &value, &size), 0);
  return value;
}

TEST(TcpListen, ThePortThatTheSystemChoseIsTold) {
  const weir::hub hub({.spin = 0us});
  const auto listener = weir::tcp::listen(own_loopback()).value();
  EXPECT_NE(listener.local().port(), 0);
  EXPECT_EQ(listener.local().host().substr(0, 4), "127.");
}

TEST(TcpListen, ConnectsAndAcceptsOverBothVersionsOfIp) {
  const weir::hub hub({.spin = 0us});
  for (const std::string host : {"127.0.0.1", "::1", "[::1]"}) {
    SCOPED_TRACE(host);
    auto listener = weir::tcp::listen(host, 0);
    if (!listener && listener.error() == std::errc::address_not_available) {
      continue;  // no IPv6 here
    }
    ASSERT_TRUE(listener);
    auto client = weir::tcp::connect(host, listener->local().port()).value();
    auto server = listener->accept().value();
    EXPECT_EQ(client.remote(), listener->local());
    EXPECT_EQ(server.local(), listener->local());
    EXPECT_EQ(server.remote(), client.local());
    EXPECT_TRUE(client.send("over\n"));
    EXPECT_EQ(server.recv_until("\n", 10), "over\n");
  }
}

TEST(TcpListen, WhatIsNoAddressIsRefused) {
  const weir::hub hub({.spin = 0us});
  EXPECT_EQ(error_of(weir::tcp::listen("localhost", 0)), std::errc::invalid_argument);
  EXPECT_EQ(error_of(weir::tcp::listen("", 0)), std::errc::invalid_argument);
  EXPECT_EQ(error_of(weir::tcp::listen("1.2.3", 0)), std::errc::invalid_argument);
  EXPECT_NE(error_of(weir::tcp::listen(address{})), std::error_code{});
}

TEST(TcpListen, AnAddressOfAnotherMachineIsNotAvailable) {
  const weir::hub hub({.spin = 0us});
  EXPECT_EQ(error_of(weir::tcp::listen("192.0.2.1", 0)), std::errc::address_not_available);
}

TEST(TcpListen, AnAddressInUseIsAnErrorAndLeavesNothingOpen) {
  const weir::hub hub({.spin = 0us});
  const auto first = weir::tcp::listen(own_loopback()).value();
  const auto fds = open_fds();
  const auto held = held_now();
  EXPECT_EQ(error_of(weir::tcp::listen(first.local())), std::errc::address_in_use);
  EXPECT_EQ(open_fds(), fds);
  EXPECT_EQ(held_now(), held);
}

TEST(TcpListen, ThePortOfAListenerThatWasClosedCanBeUsedAgainAtOnce) {
  const weir::hub hub({.spin = 0us});
  auto first = weir::tcp::listen(own_loopback()).value();
  const address at = first.local();
  auto client = weir::tcp::connect(at).value();
  auto server = first.accept().value();
  EXPECT_TRUE(server.close());  // this side will be in TIME_WAIT
  EXPECT_TRUE(client.close());
  EXPECT_TRUE(first.close());
  EXPECT_TRUE(weir::tcp::listen(at));
}

TEST(TcpListen, SeveralMayListenAtOneAddressWhenAllSaySo) {
  const weir::hub hub({.spin = 0us});
  const auto first = weir::tcp::listen(own_loopback(), {.reuse_port = true}).value();
  EXPECT_TRUE(weir::tcp::listen(first.local(), {.reuse_port = true}));
  EXPECT_EQ(error_of(weir::tcp::listen(first.local())), std::errc::address_in_use);
}

TEST(TcpListen, ConnectionsWaitInTheBacklogInTheirOrder) {
  const weir::hub hub({.spin = 0us});
  auto listener = weir::tcp::listen(own_loopback()).value();
  std::vector<weir::stream> clients;
  for (int i = 0; i < 10; ++i) clients.push_back(weir::tcp::connect(listener.local()).value());
  for (const auto& each : clients) {
    EXPECT_EQ(listener.accept(0ms).value().remote(), each.local());
  }
  EXPECT_EQ(error_of(listener.accept(0ms)), errc::timed_out);
}

TEST(TcpListen, SmallPacketsAreNotHeldBackOnEitherSide) {
  const weir::hub hub({.spin = 0us});
  auto listener = weir::tcp::listen(own_loopback()).value();
  const auto client = weir::tcp::connect(listener.local()).value();
  const auto server = listener.accept().value();
  EXPECT_EQ(socket_option(fd_of(client), IPPROTO_TCP, TCP_NODELAY), 1);
  EXPECT_EQ(socket_option(fd_of(server), IPPROTO_TCP, TCP_NODELAY), 1);
}

TEST(TcpListen, NoDescriptorReachesAProgramThatIsStartedAndNoneBlocks) {
  const auto before = open_fds();
  const weir::hub hub({.spin = 0us});
  auto listener = weir::tcp::listen(own_loopback()).value();
  const auto client = weir::tcp::connect(listener.local()).value();
  const auto server = listener.accept().value();
  const auto opened = opened_since(before);
  EXPECT_GE(opened.size(), 4U);  // epoll's, too
  for (const int fd : opened) {
    EXPECT_EQ(::fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC) << fd;
  }
  for (const int fd : {fd_of(client), fd_of(server), fd_of(listener.local(), {})}) {
    EXPECT_EQ(::fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK) << fd;
  }
}

TEST(TcpListen, NeedsAHub) {
  EXPECT_THROW((void)weir::tcp::listen("127.0.0.1", 0), std::logic_error);
  EXPECT_THROW((void)weir::tcp::connect("127.0.0.1", 1), std::logic_error);
}

}  // namespace
