// SPDX-License-Identifier: MIT
// What every kind of channel and every way to join two must do: messages arrive, in order, once.
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <weir/testing.hpp>
#include <weir/weir.hpp>

#include "message/channel_suite.hpp"
#include "testing/errors.hpp"
#include "testing/holdings.hpp"

namespace weir::testing {
namespace {

using namespace std::chrono_literals;

/// `check_channel`: the parameter says which channels, joined to which.
class CheckChannel : public ::testing::TestWithParam<chain> {
 protected:
  [[nodiscard]] static bool reads_state() { return weir::testing::reads_state(GetParam()); }
  [[nodiscard]] static bool passes_changes() { return weir::testing::passes_changes(GetParam()); }
  [[nodiscard]] static bool is_direct() { return weir::testing::is_direct(GetParam()); }
  [[nodiscard]] static bool has_value() { return reads_state() || passes_changes(); }

  virtual_hub hub_;
  any_channel<std::string> channel_ = make_channel<std::string>(GetParam());
  holdings before_ = held_now();
};

INSTANTIATE_TEST_SUITE_P(Of, CheckChannel, ::testing::ValuesIn(all_channels()),
                         [](const auto& test) { return name_of(test.param); });

TEST_P(CheckChannel, DeliversAllMessagesInOrderAndOnce) {
  auto sending = weir::spawn([this] {
    for (int i = 1; i <= 300; ++i) {
      EXPECT_TRUE(channel_.tx->send(std::to_string(i), 1h));
      if (has_value()) {  // else only the latest need arrive
        EXPECT_TRUE(weir::sleep(1ms));
      }
    }
    channel_.tx->close();
  });
  int last = 0;
  weir::result<std::string> got = channel_.rx->recv();
  for (; got; got = channel_.rx->recv()) {
    if (reads_state()) {  // the same again, until it changes
      ASSERT_TRUE(*got == std::to_string(last) || *got == std::to_string(last + 1)) << *got;
      last = std::stoi(*got);
      EXPECT_TRUE(weir::sleep(300us));
    } else {
      ASSERT_EQ(*got, std::to_string(++last));
    }
  }
  EXPECT_EQ(last, 300);
  EXPECT_EQ(error_of(got), errc::closed);
  EXPECT_TRUE(sending.await());
  EXPECT_EQ(held_now(), before_);
}

TEST_P(CheckChannel, DeliversToAReceiverThatWaitsFirst) {
  auto receiving = weir::spawn([this] { return channel_.rx->recv(1h); });
  std::string message = "m";
  EXPECT_TRUE(channel_.tx->try_send(std::move(message)));
  EXPECT_EQ(receiving.await(), "m");
  EXPECT_EQ(held_now(), before_);
}

TEST_P(CheckChannel, DeliversFromASenderThatCameFirst) {
  auto sending = weir::spawn([this] { return channel_.tx->send("m", 1h); });
  EXPECT_EQ(channel_.rx->recv(), "m");
  EXPECT_EQ(error_of(channel_.rx->try_recv()),
            reads_state() ? std::error_code{} : errc::would_block);
  EXPECT_TRUE(sending.await());
  EXPECT_EQ(held_now(), before_);
}

TEST_P(CheckChannel, PassesErrorsThroughInOrderAndStaysOpen) {
  auto sending = weir::spawn([this] {
    EXPECT_TRUE(channel_.tx->send("before"));
    EXPECT_TRUE(weir::sleep(1ms));
    EXPECT_TRUE(channel_.tx->error(some_error));
    EXPECT_TRUE(weir::sleep(1ms));
    EXPECT_TRUE(channel_.tx->pass(std::unexpected(some_error)));
    EXPECT_TRUE(weir::sleep(1ms));
    EXPECT_TRUE(channel_.tx->pass("after"));
  });
  EXPECT_EQ(channel_.rx->recv(), "before");
  EXPECT_TRUE(weir::sleep(1500us));
  EXPECT_EQ(error_of(channel_.rx->recv()), some_error);
  EXPECT_TRUE(weir::sleep(1ms));
  EXPECT_EQ(error_of(channel_.rx->recv()), some_error);
  EXPECT_TRUE(weir::sleep(1ms));
  EXPECT_EQ(channel_.rx->recv(), "after");
  EXPECT_EQ(error_of(channel_.rx->try_recv()),
            reads_state() ? std::error_code{} : errc::would_block);
  EXPECT_TRUE(sending.await());
}

TEST_P(CheckChannel, AReceiverGivesUpWhenItsTimeIsOver) {
  EXPECT_EQ(error_of(channel_.rx->recv(5ms)), errc::timed_out);
  EXPECT_EQ(error_of(channel_.rx->recv(0ms)), errc::timed_out);
  EXPECT_EQ(held_now(), before_);
  EXPECT_EQ(error_of(channel_.tx->send("m", 5ms)),
            is_direct() ? errc::timed_out : std::error_code{});
  EXPECT_EQ(error_of(channel_.rx->try_recv()), is_direct() ? errc::would_block : std::error_code{});
}

TEST_P(CheckChannel, ASenderGivesUpWhenItsTimeIsOverAndKeepsItsMessage) {
  std::string message = "m";
  std::error_code got;
  for (int sent = 0; sent < 5 && !got; ++sent) {
    message = "m";
    got = error_of(channel_.tx->send(std::move(message), 5ms));
  }
  EXPECT_EQ(got, has_value() ? std::error_code{} : errc::timed_out);
  if (got) {
    EXPECT_EQ(message, "m");
  }
  EXPECT_EQ(held_now(), before_);
}

TEST_P(CheckChannel, ACancelledReceiverTakesNothing) {
  auto receiving = weir::spawn([this] { return channel_.rx->recv(1h); });
  receiving.cancel();
  EXPECT_EQ(error_of(receiving.await()), errc::cancelled);
  auto sending = weir::spawn([this] { return channel_.tx->send("m"); });
  EXPECT_EQ(channel_.rx->recv(), "m");
  EXPECT_EQ(error_of(channel_.rx->try_recv()),
            reads_state() ? std::error_code{} : errc::would_block);
  EXPECT_TRUE(sending.await());
  EXPECT_EQ(held_now(), before_);
}

TEST_P(CheckChannel, ACancelledSenderKeepsWhatWasNotTaken) {
  int taken = 0;
  std::string message = "m";
  auto sending = weir::spawn([this, &taken, &message] {
    weir::result<void> sent;
    for (; taken < 5; ++taken) {
      message = "m";
      sent = channel_.tx->send(std::move(message));
      if (!sent) break;
    }
    return sent;
  });
  settle();
  sending.cancel();
  const auto got = sending.await();
  EXPECT_EQ(error_of(got), has_value() && taken == 5 ? std::error_code{} : errc::cancelled);
  if (!got) {
    EXPECT_EQ(message, "m");
  }
  int received = 0;
  while (!has_value() && channel_.rx->try_recv()) ++received;
  if (!has_value()) {
    EXPECT_EQ(received, taken);
  }
  EXPECT_EQ(held_now(), before_);
}

TEST_P(CheckChannel, ASecondTaskAtOneEndIsToldBusy) {
  auto first = weir::spawn([this] { return channel_.rx->recv(); });
  EXPECT_EQ(error_of(channel_.rx->recv()), errc::busy);
  EXPECT_EQ(error_of(channel_.rx->try_recv()), errc::busy);
  EXPECT_TRUE(channel_.tx->try_send("m"));
  EXPECT_EQ(first.await(), "m");
  if (has_value()) return;  // whose senders never wait
  while (channel_.tx->try_send("x")) continue;
  auto second = weir::spawn([this] { return channel_.tx->send("y", 1h); });
  EXPECT_EQ(error_of(channel_.tx->send("z")), errc::busy);
  EXPECT_EQ(error_of(channel_.tx->try_send("z")), errc::busy);
  EXPECT_EQ(error_of(channel_.tx->error(some_error)), errc::busy);
  second.cancel();
  EXPECT_EQ(error_of(second.await()), errc::cancelled);
}

TEST_P(CheckChannel, EndsMayMoveWhileATaskWaitsInThem) {
  auto receiving = weir::spawn([this] { return channel_.rx->recv(); });
  channel_.rx->move_about();
  auto moved = std::move(*channel_.tx);
  *channel_.tx = std::move(moved);
  EXPECT_TRUE(channel_.tx->try_send("m"));
  EXPECT_EQ(receiving.await(), "m");
  if (has_value()) return;
  while (channel_.tx->try_send("x")) continue;
  auto sending = weir::spawn([this] { return channel_.tx->send("y", 1h); });
  channel_.rx->move_about();
  auto elsewhere = std::move(*channel_.tx);
  weir::result<std::string> got = channel_.rx->recv();
  while (got == "x") got = channel_.rx->recv();
  EXPECT_EQ(got, "y");
  EXPECT_EQ(error_of(channel_.rx->try_recv()), errc::would_block);  // lets a gate's sender go on
  EXPECT_TRUE(sending.await());
}

// -- closing

TEST_P(CheckChannel, CloseByTheSenderWakesAReceiverThatWaits) {
  auto receiving = weir::spawn([this] { return channel_.rx->recv(1h); });
  EXPECT_TRUE(channel_.tx->close());
  EXPECT_EQ(error_of(channel_.tx->close()), errc::closed);
  EXPECT_EQ(error_of(receiving.await()), errc::closed);
  EXPECT_EQ(error_of(channel_.rx->recv()), errc::closed);
  EXPECT_EQ(held_now(), before_);
}

TEST_P(CheckChannel, CloseByTheReceiverWakesEveryoneAndSendersKeepTheirMessages) {
  while (!has_value() && channel_.tx->try_send("x")) continue;
  std::string message = "m";
  auto sending =
      weir::spawn([this, &message] { return channel_.tx->send(std::move(message), 1h); });
  EXPECT_TRUE(channel_.rx->close());
  EXPECT_EQ(error_of(sending.await()), has_value() ? std::error_code{} : errc::closed);
  if (!has_value()) {
    EXPECT_EQ(message, "m");
  }
  EXPECT_EQ(error_of(channel_.tx->send("late")), errc::closed);
  EXPECT_EQ(error_of(channel_.tx->close()), errc::closed);
  EXPECT_EQ(error_of(channel_.rx->close()), errc::closed);
  EXPECT_EQ(error_of(channel_.rx->recv()), errc::closed);
  EXPECT_EQ(held_now(), before_);
}

TEST_P(CheckChannel, WhatWasSentBeforeTheCloseIsReceivedBeforeIt) {
  std::vector<std::string> sent;
  for (int i = 0; i < 3; ++i) {
    std::string message = std::to_string(i);
    if (channel_.tx->try_send(std::move(message))) sent.push_back(std::to_string(i));
  }
  EXPECT_EQ(sent.empty(), is_direct());
  // Of changes, the first is over where there is room, and the last waits.
  if (reads_state()) sent.erase(sent.begin(), sent.end() - 1);
  if (GetParam().back() == kind::selector && passes_changes())
    sent.erase(sent.begin(), sent.end() - 1);
  *channel_.tx = {};
  for (const std::string& message : sent) EXPECT_EQ(channel_.rx->recv(), message);
  EXPECT_EQ(error_of(channel_.rx->recv()), errc::closed);
  EXPECT_EQ(error_of(channel_.rx->recv()), errc::closed);
  EXPECT_EQ(held_now(), before_);
}

TEST_P(CheckChannel, AnEndThatIsDestroyedWakesWhoWaitsAtTheOther) {
  auto receiving = weir::spawn([this] { return channel_.rx->recv(); });
  channel_.tx.reset();
  EXPECT_EQ(error_of(receiving.await()), errc::closed);
  channel_ = make_channel<std::string>(GetParam());
  while (!has_value() && channel_.tx->try_send("x")) continue;
  auto sending = weir::spawn([this] { return channel_.tx->send("y"); });
  channel_.rx.reset();
  EXPECT_EQ(error_of(sending.await()), has_value() ? std::error_code{} : errc::closed);
  EXPECT_EQ(held_now(), before_);
}

TEST_P(CheckChannel, AnEndThatIsDestroyedWakesWhoWaitsInIt) {
  auto receiving = weir::spawn([rx = channel_.rx.get()] { return rx->recv(); });
  EXPECT_TRUE(channel_.rx->close());
  EXPECT_EQ(error_of(receiving.await()), errc::closed);
  if (has_value()) return;
  channel_ = make_channel<std::string>(GetParam());
  while (channel_.tx->try_send("x")) continue;
  auto sending = weir::spawn([tx = channel_.tx.get()] { return tx->send("y"); });
  channel_.tx.reset();
  EXPECT_EQ(error_of(sending.await()), errc::closed);
  weir::result<std::string> got = channel_.rx->recv();
  while (got == "x") got = channel_.rx->recv();
  EXPECT_EQ(error_of(got), errc::closed);  // the one that was not sent does not arrive
}

}  // namespace
}  // namespace weir::testing
