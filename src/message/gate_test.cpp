// SPDX-License-Identifier: MIT
// Tests of what only gates do: holding the sender until the receiver comes back.
#include <chrono>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <weir/testing.hpp>
#include <weir/weir.hpp>

#include "testing/holdings.hpp"

namespace weir::testing {
namespace {

using namespace std::chrono_literals;

TEST(Gate, HoldsItsSenderUntilTheReceiverComesBack) {
  virtual_hub hub;
  for (const bool sender_first : {true, false}) {
    auto [tx, rx] = weir::gate<int>();
    bool dealt_with = false;
    const auto send = [&tx, &dealt_with] {
      EXPECT_TRUE(tx.send(1));
      EXPECT_TRUE(dealt_with);
    };
    weir::task<> sending;
    if (sender_first) {
      sending = weir::spawn(send);
    } else {
      sending = weir::spawn_later(1ms, send);
    }
    EXPECT_EQ(rx.recv(), 1);
    settle();
    EXPECT_FALSE(sending.done());
    dealt_with = true;
    EXPECT_EQ(error_of(rx.recv(5ms)), errc::timed_out);
    EXPECT_TRUE(sending.done());
    EXPECT_TRUE(sending.await());
  }
}

TEST(Gate, LetsItsSenderGoOnForATryThatFindsNothing) {
  virtual_hub hub;
  auto [tx, rx] = weir::gate<int>();
  auto sending = weir::spawn([&tx] { return tx.send(1); });
  EXPECT_EQ(rx.try_recv(), 1);
  weir::yield();
  EXPECT_FALSE(sending.done());
  EXPECT_EQ(error_of(rx.try_recv()), errc::would_block);
  weir::yield();
  EXPECT_TRUE(sending.done());
}

TEST(Gate, SenderWhoseMessageWasTakenSucceedsWhateverEndsItsWait) {
  virtual_hub hub;
  enum class end { timeout, cancel, close_sender, close_receiver };
  for (const end how : {end::timeout, end::cancel, end::close_sender, end::close_receiver}) {
    auto [tx, rx] = weir::gate<std::string>();
    const auto before = held_now();
    auto sending = weir::spawn([&tx] { return tx.send("m", 5ms); });
    EXPECT_EQ(rx.recv(), "m");
    switch (how) {
      case end::timeout: EXPECT_TRUE(weir::sleep(6ms)); break;
      case end::cancel: sending.cancel(); break;
      case end::close_sender: EXPECT_TRUE(tx.close()); break;
      case end::close_receiver: EXPECT_TRUE(rx.close()); break;
    }
    EXPECT_TRUE(sending.await());
    EXPECT_EQ(error_of(rx.try_recv()), tx.open() ? errc::would_block : errc::closed);
    EXPECT_EQ(held_now(), before);
  }
}

TEST(Gate, WhoseSenderIsHeldIsBusy) {
  virtual_hub hub;
  auto [tx, rx] = weir::gate<int>();
  auto sending = weir::spawn([&tx] { return tx.send(1); });
  EXPECT_EQ(rx.recv(), 1);
  EXPECT_EQ(error_of(tx.send(2)), errc::busy);
  EXPECT_EQ(error_of(tx.try_send(2)), errc::busy);
  EXPECT_EQ(error_of(rx.try_recv()), errc::would_block);
  EXPECT_TRUE(sending.await());
}

TEST(Gate, TriedWithAMessageDoesNotHold) {
  virtual_hub hub;
  auto [tx, rx] = weir::gate<int>();
  auto receiving = weir::spawn([&rx] { return rx.recv(); });
  EXPECT_TRUE(tx.try_send(1));
  EXPECT_EQ(error_of(tx.try_send(2)), errc::would_block);
  EXPECT_EQ(receiving.await(), 1);
}

}  // namespace
}  // namespace weir::testing
