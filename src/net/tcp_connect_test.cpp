// SPDX-License-Identifier: MIT
// Connecting, and the ways in which it does not come about.
#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <gtest/gtest.h>

#include <weir/hub.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/task.hpp>
#include <weir/tcp.hpp>
#include <weir/testing.hpp>

#include "testing/full_listener.hpp"
#include "testing/holdings.hpp"
#include "testing/loopback.hpp"
#include "testing/open_fds.hpp"
#include "testing/raw_socket.hpp"

namespace {

using namespace std::chrono_literals;
using weir::address;
using weir::errc;
using weir::testing::advance;
using weir::testing::error_of;
using weir::testing::full_listener;
using weir::testing::held_now;
using weir::testing::holdings;
using weir::testing::open_fds;
using weir::testing::own_loopback;
using weir::testing::raw_socket;
using weir::testing::settle;
using weir::testing::virtual_hub;

/// What there is before a connect must be there after one that failed.
class TcpConnect : public ::testing::Test {
 protected:
  void expect_nothing_left() const {
    EXPECT_EQ(held_now(), held_);
    EXPECT_EQ(open_fds(), fds_);
  }
  void note() {
    held_ = held_now();
    fds_ = open_fds();
  }

 private:
  holdings held_;
  std::set<int> fds_;
};

TEST_F(TcpConnect, KnowsBothAddresses) {
  const weir::hub hub({.spin = 0us});
  const auto listening = raw_socket::listening_at(own_loopback());
  const auto stream = weir::tcp::connect(listening.local()).value();
  const auto peer = listening.accept();
  EXPECT_EQ(stream.remote(), listening.local());
  EXPECT_EQ(stream.local(), weir::os::remote_address(peer.get()));
}

TEST_F(TcpConnect, TakesItsHostAsText) {
  const weir::hub hub({.spin = 0us});
  const auto listening = raw_socket::listening_at(own_loopback());
  EXPECT_TRUE(weir::tcp::connect(listening.local().host(), listening.local().port()));
  note();
  EXPECT_EQ(error_of(weir::tcp::connect("localhost", 80)), std::errc::invalid_argument);
  EXPECT_EQ(error_of(weir::tcp::connect("", 80)), std::errc::invalid_argument);
  EXPECT_EQ(error_of(weir::tcp::connect(std::string_view("127.0.0.1\0", 10), 80)),
            std::errc::invalid_argument);
  EXPECT_NE(error_of(weir::tcp::connect(address{})), std::error_code{});
  expect_nothing_left();
}

TEST_F(TcpConnect, NobodyListensThere) {
  const weir::hub hub({.spin = 0us});
  const address free_port = raw_socket::listening_at(own_loopback()).local();
  note();
  EXPECT_EQ(error_of(weir::tcp::connect(free_port)), std::errc::connection_refused);
  EXPECT_EQ(error_of(weir::tcp::connect(free_port, {.timeout = 10s})),
            std::errc::connection_refused);
  expect_nothing_left();
}

TEST_F(TcpConnect, OthersRunWhileItConnects) {
  const weir::hub hub({.spin = 0us});
  const auto listening = raw_socket::listening_at(own_loopback());
  bool others_ran = false;
  auto other = weir::spawn_later(0ms, [&others_ran] { others_ran = true; });
  EXPECT_TRUE(weir::tcp::connect(listening.local()));
  EXPECT_TRUE(others_ran);
  EXPECT_TRUE(other.await());
}

TEST_F(TcpConnect, GetsNoAnswerInTime) {
  virtual_hub hub;
  const full_listener listening;
  note();
  auto connecting = weir::spawn(
      [&listening] { return error_of(weir::tcp::connect(listening.local(), {.timeout = 10s})); });
  settle();
  EXPECT_EQ(weir::stats().waiting_fds, 1U);
  advance(10s - 1ns);
  EXPECT_FALSE(connecting.done());
  advance(1ns);
  EXPECT_EQ(connecting.await(), errc::timed_out);
  expect_nothing_left();
}

TEST_F(TcpConnect, GetsNoAnswerInTimeOfTheRealClock) {
  const weir::hub hub({.spin = 0us});
  const full_listener listening;
  note();
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(error_of(weir::tcp::connect(listening.local(), {.timeout = 5ms})), errc::timed_out);
  EXPECT_GE(std::chrono::steady_clock::now() - start, 5ms);
  EXPECT_EQ(error_of(weir::tcp::connect(listening.local(), {.timeout = 0ms})), errc::timed_out);
  EXPECT_EQ(error_of(weir::tcp::connect(listening.local(), {.timeout = weir::now() - 1h})),
            errc::timed_out);
  expect_nothing_left();
}

TEST_F(TcpConnect, IsCancelledWhileItWaits) {
  const weir::hub hub({.spin = 0us});
  const full_listener listening;
  note();
  auto connecting =
      weir::spawn([&listening] { return error_of(weir::tcp::connect(listening.local())); });
  settle();
  EXPECT_FALSE(connecting.done());
  connecting.cancel();
  EXPECT_EQ(connecting.await(), errc::cancelled);
  expect_nothing_left();
}

TEST_F(TcpConnect, ACancelledTaskIsToldSoWhateverElseIsWrongAndOpensNothing) {
  const weir::hub hub({.spin = 0us});
  const auto listening = raw_socket::listening_at(own_loopback());
  const address nowhere = address::parse("192.0.2.1", 0).value();
  note();
  auto task = weir::spawn([&] {
    EXPECT_EQ(error_of(weir::sleep(1h)), errc::cancelled);
    EXPECT_EQ(error_of(weir::tcp::connect(listening.local())), errc::cancelled);
    EXPECT_EQ(error_of(weir::tcp::connect(listening.local(), {.bind = nowhere})), errc::cancelled);
    EXPECT_EQ(error_of(weir::tcp::connect("localhost", 80)), errc::cancelled);
    EXPECT_EQ(error_of(weir::tcp::connect(address{})), errc::cancelled);
  });
  settle();
  task.cancel();
  EXPECT_TRUE(task.await());
  expect_nothing_left();
}

TEST_F(TcpConnect, FromAnAddressOfOnesChoice) {
  const weir::hub hub({.spin = 0us});
  const auto listening = raw_socket::listening_at(own_loopback());
  const address from = own_loopback();
  const auto stream = weir::tcp::connect(listening.local(), {.bind = from}).value();
  EXPECT_EQ(stream.local().host(), from.host());
  EXPECT_NE(stream.local().port(), 0);
  EXPECT_EQ(weir::os::remote_address(listening.accept().get()), stream.local());
}

TEST_F(TcpConnect, FromAnAddressThatCannotBe) {
  const weir::hub hub({.spin = 0us});
  const auto listening = raw_socket::listening_at(own_loopback());
  const auto taken = raw_socket::listening_at(own_loopback());
  note();
  EXPECT_EQ(error_of(weir::tcp::connect(listening.local(),
                                        {.bind = address::parse("192.0.2.1", 0).value()})),
            std::errc::address_not_available);
  EXPECT_EQ(error_of(weir::tcp::connect(listening.local(), {.bind = taken.local()})),
            std::errc::address_in_use);
  EXPECT_NE(
      error_of(weir::tcp::connect(listening.local(), {.bind = address::parse("::1", 0).value()})),
      std::error_code{});
  expect_nothing_left();
}

TEST_F(TcpConnect, ManyConnectAtOnce) {
  const weir::hub hub({.spin = 0us});
  auto listener = weir::tcp::listen(own_loopback(), {.backlog = 512}).value();
  std::vector<weir::task<std::error_code>> connecting;
  for (int i = 0; i < 200; ++i) {
    connecting.push_back(weir::spawn([&listener] {
      auto stream = weir::tcp::connect(listener.local());
      if (!stream) return stream.error();
      const auto line = stream->recv_until("\n", 10);
      return error_of(line);
    }));
  }
  for (std::size_t i = 0; i < connecting.size(); ++i) {
    EXPECT_TRUE(listener.accept(10s).value().send("hello\n"));
  }
  for (auto& each : connecting) EXPECT_EQ(each.await(), std::error_code{});
}

}  // namespace
