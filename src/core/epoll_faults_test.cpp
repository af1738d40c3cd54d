// SPDX-License-Identifier: MIT
// Tests of what the poller makes of system calls that fail, are interrupted or do only part.
#include <cerrno>
#include <chrono>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <weir/error.hpp>
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
using weir::detail::io_kind;
namespace os = weir::os;

/// A hub with such faults, whose time stands still.
class faulty_hub {
 public:
  explicit faulty_hub(std::vector<fault> faults) : hub_({.faults = std::move(faults)}) {}

 private:
  virtual_hub hub_;
};

TEST(EpollFaults, ACallInterruptedIsMadeAgain) {
  const faulty_hub hub({{.call = io_call::receive, .at = 1, .error = EINTR},
                        {.call = io_call::receive, .at = 2, .error = EINTR},
                        {.call = io_call::send, .at = 1, .error = EINTR},
                        {.call = io_call::accept, .at = 1, .error = EINTR}});
  const auto [near, far] = unix_pair();
  const registered end(near);
  send_all(far, "abc");
  EXPECT_EQ(end.recv(100), "abc");
  EXPECT_EQ(end.send("def"), 3U);
  EXPECT_EQ(receive_all(far, 3), "def");

  const tcp_listener listener(SOCK_NONBLOCK);
  const registered listening(listener.fd());
  const os::fd client = client_socket();
  EXPECT_EQ(::connect(client.get(), listener.address(), listener.address_size()), -1);
  const auto accepted = listening.accept();
  ASSERT_TRUE(accepted);
  os::fd(*accepted).reset();
}

TEST(EpollFaults, AConnectInterruptedGoesOn) {
  const faulty_hub hub({{.call = io_call::connect, .at = 1, .error = EINTR},
                        {.call = io_call::connect, .at = 2, .error = EINTR}});
  const tcp_listener listener;
  const os::fd client = client_socket();
  const auto handle = connect(client, listener, {});
  ASSERT_TRUE(handle);
  const registered end(*handle);
  EXPECT_EQ(end.send("abc"), 3U);
}

TEST(EpollFaults, AnInterruptionDoesNotPutOffTheDeadline) {
  const faulty_hub hub({{.call = io_call::receive, .at = 1, .error = EINTR},
                        {.call = io_call::receive, .at = 3, .error = EAGAIN}});
  const auto [near, far] = unix_pair();
  const registered end(near);
  auto receiving = weir::spawn([&end] { return end.recv(100, 10ms); });
  advance(6ms);
  send_all(far, "abc");  // wakes it, for a call that is planned to find nothing
  settle();
  EXPECT_FALSE(receiving.done());
  advance(4ms);
  EXPECT_TRUE(receiving.done());
  EXPECT_EQ(error_of(receiving.await()), errc::timed_out);
}

TEST(EpollFaults, ACallThatFindsNothingWaitsForTheNextEdgeOnly) {
  const faulty_hub hub({{.call = io_call::receive, .at = 1, .error = EAGAIN},
                        {.call = io_call::send, .at = 1, .error = EAGAIN}});
  const auto [near, far] = unix_pair();
  const registered end(near);
  send_all(far, "abc");
  EXPECT_EQ(end.recv(100), "abc");
  auto sending = weir::spawn([&end] { return end.send("def"); });
  settle();
  EXPECT_FALSE(sending.done());  // its edge was told with that of the bytes
  sending.cancel();
  EXPECT_EQ(error_of(sending.await()), errc::cancelled);
}

TEST(EpollFaults, AShortRecvLeavesTheRestToTheNextWhetherOrNotItsTaskWaited) {
  for (const bool waits : {false, true}) {
    const faulty_hub hub({{.call = io_call::receive, .at = waits ? 2U : 1U, .at_most = 1},
                          {.call = io_call::receive, .at = waits ? 3U : 2U, .at_most = 2}});
    const auto [near, far] = unix_pair();
    const registered end(near);
    std::vector<std::string> received;
    auto receiving = weir::spawn_later(0ms, [&end, &received] {
      for (int i = 0; i < 3; ++i) received.push_back(end.recv(100).value());
    });
    if (waits) settle();
    send_all(far, "abcdef");
    settle();
    EXPECT_EQ(received, (std::vector<std::string>{"a", "bc", "def"}));
    receiving.cancel();
    EXPECT_TRUE(receiving.await());
  }
}

TEST(EpollFaults, AShortSendSaysHowMuchItTook) {
  const faulty_hub hub({{.call = io_call::send, .at = 1, .at_most = 1},
                        {.call = io_call::send, .at = 2, .at_most = 2}});
  const auto [near, far] = unix_pair();
  const registered end(near);
  EXPECT_EQ(end.send("abcdef"), 1U);
  EXPECT_EQ(end.send("bcdef"), 2U);
  EXPECT_EQ(end.send("def"), 3U);
  EXPECT_EQ(receive_all(far, 6), "abcdef");
}

TEST(EpollFaults, AnErrorIsToldAndEndsNothingByItself) {
  const faulty_hub hub({{.call = io_call::receive, .at = 1, .error = ECONNRESET},
                        {.call = io_call::send, .at = 1, .error = EPIPE}});
  const auto [near, far] = unix_pair();
  const registered end(near);
  send_all(far, "abc");
  EXPECT_EQ(error_of(end.recv(100)), std::errc::connection_reset);
  EXPECT_EQ(error_of(end.send("def")), std::errc::broken_pipe);
  EXPECT_EQ(end.recv(100), "abc");
  EXPECT_EQ(end.send("def"), 3U);
}

TEST(EpollFaults, AnErrorAfterAWaitIsToldToo) {
  const faulty_hub hub({{.call = io_call::receive, .at = 2, .error = ECONNRESET}});
  const auto [near, far] = unix_pair();
  const registered end(near);
  auto receiving = weir::spawn([&end] { return end.recv(100); });
  EXPECT_EQ(weir::stats().waiting_fds, 1U);
  send_all(far, "abc");
  EXPECT_EQ(error_of(receiving.await()), std::errc::connection_reset);
  EXPECT_EQ(end.recv(100), "abc");
}

TEST(EpollFaults, AConnectionThatCouldNotBeAcceptedIsAcceptedByTheNextCall) {
  const faulty_hub hub({{.call = io_call::accept, .at = 1, .error = EMFILE},
                        {.call = io_call::accept, .at = 2, .error = ECONNABORTED},
                        {.call = io_call::accept, .at = 4, .error = EMFILE}});
  const tcp_listener listener;
  const os::fd client = client_socket();
  EXPECT_EQ(::connect(client.get(), listener.address(), listener.address_size()), -1);
  wait_for_event(listener.fd(), POLLIN);
  const registered listening(listener.fd());
  const auto accept = [&listening] {
    const auto accepted = listening.accept(0ms);
    if (accepted) os::fd(*accepted).reset();
    return error_of(accepted);
  };
  EXPECT_EQ(accept(), std::errc::too_many_files_open);
  EXPECT_EQ(accept(), std::errc::connection_aborted);
  EXPECT_EQ(accept(), std::error_code{});
  EXPECT_EQ(accept(), std::errc::too_many_files_open);
}

TEST(EpollFaults, AConnectThatFailsRegistersNothing) {
  const faulty_hub hub({{.call = io_call::connect, .at = 1, .error = ENETUNREACH},
                        {.call = io_call::connect, .at = 3, .error = ECONNREFUSED}});
  const auto before = held_now();
  const tcp_listener listener;
  EXPECT_EQ(error_of(connect(client_socket(), listener, {})), std::errc::network_unreachable);
  EXPECT_EQ(error_of(connect(client_socket(), listener, {})), std::errc::connection_refused);
  EXPECT_EQ(held_now(), before);
  EXPECT_EQ(watched_by_kernel(), 0U);
}

}  // namespace
