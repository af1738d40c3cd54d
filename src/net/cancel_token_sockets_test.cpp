// SPDX-License-Identifier: MIT
// Tokens given to connect, accept and the waiting for fds, on the real kernel.
#include <cerrno>
#include <chrono>
#include <optional>
#include <system_error>

#include <gtest/gtest.h>

#include <weir/cancel_token.hpp>
#include <weir/spawn.hpp>
#include <weir/tcp.hpp>
#include <weir/testing.hpp>

#include "net/fd_state_suite.hpp"
#include "testing/captured_log.hpp"
#include "testing/errors.hpp"
#include "testing/full_listener.hpp"
#include "testing/holdings.hpp"
#include "testing/loopback.hpp"
#include "testing/open_fds.hpp"
#include "testing/raw_socket.hpp"

namespace {

using namespace std::chrono_literals;
using namespace weir::testing;  // NOLINT(google-build-using-namespace): the suites' names
using weir::cancel_token;
using weir::errc;

TEST(CancelTokenSockets, EndAConnectAndNothingStaysOpen) {
  const full_listener full;
  for (const bool as_option : {false, true}) {
    for (const bool by_deadline : {false, true}) {
      virtual_hub hub;
      const auto held = held_now();
      const auto fds = open_fds();
      const cancel_token token{by_deadline ? weir::until(5s) : weir::until()};
      auto connecting = weir::spawn([&] {
        return error_of(as_option
                            ? weir::tcp::connect(full.local(), {.timeout = 1h, .cancel = token})
                            : weir::tcp::connect(full.local(), {.timeout = token}));
      });
      settle();
      EXPECT_FALSE(connecting.done());
      by_deadline ? advance(5s) : token.cancel();
      EXPECT_EQ(connecting.await(), cancelled);
      EXPECT_EQ(held_now(), held);
      EXPECT_EQ(open_fds(), fds);
    }
  }
}

TEST(CancelTokenSockets, ACancelledOneRefusesAConnectBeforeTheAddressIsLookedAt) {
  virtual_hub hub;
  const auto listening = raw_socket::listening_at(own_loopback());
  const cancel_token token;
  token.cancel();
  EXPECT_EQ(error_of(weir::tcp::connect(listening.local(), {.cancel = token})), cancelled);
  EXPECT_EQ(error_of(weir::tcp::connect("nonsense", 1, {.timeout = token})), cancelled);
}

TEST(CancelTokenSockets, EndAnAcceptAndTheConnectionStays) {
  virtual_hub hub;
  auto listener = weir::tcp::listen(own_loopback()).value();
  const auto before = held_now();
  const cancel_token token;
  auto accepting = weir::spawn([&] { return error_of(listener.accept({1h, token})); });
  settle();
  token.cancel();
  EXPECT_EQ(accepting.await(), cancelled);
  EXPECT_EQ(held_now(), before);
  const auto client = raw_socket::connected_to(listener.local());
  EXPECT_EQ(error_of(listener.accept(token)), cancelled);
  EXPECT_TRUE(listener.accept(0s));
  EXPECT_TRUE(listener.close());
  EXPECT_EQ(error_of(listener.accept(token)), cancelled);
  EXPECT_EQ(error_of(weir::tcp::listener().accept(token)), cancelled);
}

TEST(CancelTokenSockets, EndAnAcceptThatWaitsForDescriptors) {
  const captured_log log;
  for (const bool by_deadline : {false, true}) {
    virtual_hub hub({.faults = {{.call = io_call::accept, .at = 1, .error = EMFILE},
                                {.call = io_call::accept, .at = 2, .error = EMFILE}}});
    auto listener = weir::tcp::listen(own_loopback()).value();
    const auto client = raw_socket::connected_to(listener.local());
    const auto before = held_now();
    const cancel_token token{by_deadline ? weir::until(15ms) : weir::until()};
    auto accepting = weir::spawn([&] { return error_of(listener.accept(token)); });
    advance(14ms);
    EXPECT_FALSE(accepting.done());
    by_deadline ? advance(1ms) : token.cancel();
    EXPECT_TRUE(accepting.done() || !by_deadline);
    EXPECT_EQ(accepting.await(), cancelled);
    EXPECT_EQ(held_now(), before);
    EXPECT_TRUE(listener.accept(0s));
  }
}

using CancelTokenFdState = fd_state_suite;
using weir::testing::cancelled;
using weir::testing::full_listener;

TEST_F(CancelTokenFdState, EndsTheWaitingAndTheReadinessStays) {
  const watched near{std::move(pair.near)};
  const auto held = held_now();
  const cancel_token token;
  auto waiting = weir::spawn([&] { return error_of(near.reading.recv(token)); });
  settle();
  EXPECT_FALSE(waiting.done());
  token.cancel();
  EXPECT_EQ(waiting.await(), cancelled);
  EXPECT_EQ(held_now(), held);
  send_all(pair.far, "abc");
  EXPECT_EQ(error_of(near.reading.recv({1s, token})), cancelled);
  EXPECT_EQ(near.readable(), weir::readiness::ready);
  auto last = weir::spawn([&] { return error_of(near.reading.recv(cancel_token{1s})); });
  advance(1s);
  EXPECT_EQ(last.await(), cancelled);
}

}  // namespace
