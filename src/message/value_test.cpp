// SPDX-License-Identifier: MIT
// Tests of what only values do: holding a state for whoever asks.
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include <gtest/gtest.h>

#include <weir/testing.hpp>
#include <weir/weir.hpp>

#include "testing/errors.hpp"
#include "testing/holdings.hpp"

namespace weir::testing {
namespace {

using namespace std::chrono_literals;

TEST(Value, GivesItsStateToEachRecvAndWaitsWhileThereIsNone) {
  virtual_hub hub;
  auto [tx, rx] = weir::value<std::string>();
  EXPECT_EQ(error_of(rx.try_recv()), errc::would_block);
  auto receiving = weir::spawn([&rx] { return rx.recv(); });
  EXPECT_TRUE(tx.send("one"));
  EXPECT_TRUE(receiving.done());  // it ran before the send returned
  EXPECT_EQ(receiving.await(), "one");
  const auto switches = weir::stats().switches;
  EXPECT_EQ(rx.recv(), "one");
  EXPECT_EQ(rx.recv(), "one");
  EXPECT_TRUE(tx.send("two"));  // wakes nobody: at once
  EXPECT_EQ(weir::stats().switches, switches);
  EXPECT_EQ(rx.recv(), "two");
  EXPECT_TRUE(tx.clear());
  EXPECT_EQ(error_of(rx.recv(1ms)), errc::timed_out);
}

TEST(Value, MayBeSetFromTheBeginning) {
  virtual_hub hub;
  auto [tx, rx] = weir::value<int>(7);
  EXPECT_EQ(rx.recv(), 7);
  EXPECT_EQ(rx.recv(), 7);
}

TEST(Value, HoldsAnErrorAsItHoldsAMessage) {
  virtual_hub hub;
  auto [tx, rx] = weir::value<int>(7);
  EXPECT_TRUE(tx.error(some_error));
  EXPECT_EQ(error_of(rx.recv()), some_error);
  EXPECT_EQ(error_of(rx.recv()), some_error);
  EXPECT_TRUE(tx.send(8));
  EXPECT_EQ(rx.recv(), 8);
}

TEST(Value, SetsInACancelledTaskToo) {
  virtual_hub hub;
  auto [tx, rx] = weir::value<int>();
  auto task = weir::spawn([&tx] {
    EXPECT_FALSE(weir::sleep(1h));
    EXPECT_TRUE(tx.send(1));
    EXPECT_TRUE(tx.error(some_error));
    EXPECT_TRUE(tx.send(2));
  });
  task.cancel();
  EXPECT_TRUE(task.await());
  EXPECT_EQ(rx.recv(), 2);
}

TEST(Value, NotReceivedSinceItsLastChangeIsReceivedOnceAfterTheClose) {
  virtual_hub hub;
  for (const bool received : {false, true}) {
    auto [tx, rx] = weir::value<std::unique_ptr<int>*>();
    std::unique_ptr<int> target;
    EXPECT_TRUE(tx.send(&target));
    if (received) {
      EXPECT_EQ(rx.recv(), &target);
    }
    EXPECT_TRUE(tx.close());
    if (!received) {
      EXPECT_EQ(rx.recv(), &target);
    }
    EXPECT_EQ(error_of(rx.recv()), errc::closed);
    EXPECT_EQ(error_of(tx.clear()), errc::closed);
  }
}

TEST(Value, ThatWasClearedIsNotReceivedAfterTheClose) {
  virtual_hub hub;
  auto [tx, rx] = weir::value<int>(3);
  EXPECT_TRUE(tx.clear());
  EXPECT_TRUE(tx.close());
  EXPECT_EQ(error_of(rx.recv()), errc::closed);
}

TEST(Value, IsIteratedWithoutEnd) {
  virtual_hub hub;
  auto [tx, rx] = weir::value<int>(3);
  int seen = 0;
  for (int state : rx) {
    EXPECT_EQ(state, 3);
    if (++seen == 300) tx.close();
  }
  EXPECT_EQ(seen, 300);
  EXPECT_EQ(rx.error(), errc::closed);
}

/// Does something when the last copy of it is destroyed.
using last_words = std::shared_ptr<void>;
last_words when_gone(std::function<void()> call) {
  return {nullptr, [call = std::move(call)](void*) { call(); }};
}

TEST(Value, MayHoldWhatEndsItWhenItIsDestroyed) {
  virtual_hub hub;
  {
    auto channel = std::make_unique<weir::value_pair<last_words>>(weir::value<last_words>());
    EXPECT_TRUE(channel->tx.send(when_gone([&channel] { channel->rx = {}; })));
    EXPECT_TRUE(channel->tx.send(nullptr));  // the first is replaced, and closes
    EXPECT_FALSE(channel->tx.open());
  }
  {
    auto channel = weir::value<last_words>();
    EXPECT_TRUE(channel.tx.send(when_gone([&channel] { channel.rx = {}; })));
    EXPECT_TRUE(channel.tx.clear());
    EXPECT_FALSE(channel.tx.open());
  }
  {
    auto channel = weir::value<last_words>();
    EXPECT_TRUE(channel.tx.send(when_gone([&channel] { channel.tx = {}; })));
    EXPECT_TRUE(channel.rx.close());
    EXPECT_FALSE(channel.tx.open());
  }
}

}  // namespace
}  // namespace weir::testing
