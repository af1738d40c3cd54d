// SPDX-License-Identifier: MIT
// Tests of what only selectors do: many senders, each by name.
#include <chrono>
#include <stdexcept>
#include <string>
#include <system_error>
#include <unordered_map>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <weir/testing.hpp>
#include <weir/weir.hpp>

#include "testing/holdings.hpp"

namespace weir::testing {
namespace {

using namespace std::chrono_literals;

TEST(Selector, ReceivesInTheOrderInWhichTheOffersBegan) {
  virtual_hub hub;
  auto selecting = weir::selector<int>();
  std::vector<weir::pair<int>> pipes;
  std::unordered_map<weir::selector_key, int> number_of;
  for (int i = 0; i < 5; ++i) {
    pipes.push_back(weir::pipe<int>());
    number_of[selecting.add(std::move(pipes.back().rx))] = i;
  }
  EXPECT_EQ(number_of.size(), 5U);
  const std::vector order{3, 0, 4, 1};
  for (const int i : order) {
    weir::spawn({.detached = true},
                [&pipes, i] { EXPECT_TRUE(pipes[static_cast<std::size_t>(i)].tx.send(i * 10)); });
  }
  for (const int i : order) {
    const auto got = selecting.recv();
    ASSERT_TRUE(got);
    EXPECT_EQ(number_of.at(got->from), i);
    EXPECT_EQ(got->value, i * 10);
  }
  EXPECT_EQ(error_of(selecting.try_recv()), errc::would_block);
}

TEST(Selector, SenderThatGaveUpAndOffersAgainComesAfterThoseThatOfferedBetween) {
  virtual_hub hub;
  auto selecting = weir::selector<int>();
  auto first = weir::pipe<int>();
  auto second = weir::pipe<int>();
  selecting.add(std::move(first.rx));
  selecting.add(std::move(second.rx));
  auto one = weir::spawn([&first] {
    EXPECT_EQ(error_of(first.tx.send(1, 1ms)), errc::timed_out);
    EXPECT_TRUE(first.tx.send(2));
  });
  auto two = weir::spawn([&second] { EXPECT_TRUE(second.tx.send(3)); });
  EXPECT_TRUE(weir::sleep(2ms));
  EXPECT_EQ(selecting.recv()->value, 3);
  EXPECT_EQ(selecting.recv()->value, 2);
}

TEST(Selector, TellsWhichSenderClosedAndGoesOnWithTheOthers) {
  virtual_hub hub;
  auto selecting = weir::selector<int>();
  auto first = weir::pipe<int>();
  auto second = weir::pipe<int>();
  const auto first_key = selecting.add(std::move(first.rx));
  const auto second_key = selecting.add(std::move(second.rx));
  EXPECT_NE(first_key, second_key);
  EXPECT_TRUE(first.tx.close());
  const auto closed = selecting.recv();
  EXPECT_EQ(closed->from, first_key);
  EXPECT_EQ(error_of(closed->value), errc::closed);
  auto receiving = weir::spawn([&selecting] { return selecting.recv(); });
  EXPECT_TRUE(second.tx.send(5));
  EXPECT_EQ(receiving.await()->value, 5);
  auto waiting = weir::spawn([&selecting] { return selecting.recv(); });
  second.tx = {};
  EXPECT_EQ(waiting.await()->from, second_key);
  EXPECT_EQ(error_of(selecting.recv()), errc::closed);
  EXPECT_EQ(error_of(selecting.try_recv()), errc::closed);
  auto third = weir::pipe<int>();  // opens it again
  const auto third_key = selecting.add(std::move(third.rx));
  EXPECT_EQ(error_of(selecting.try_recv()), errc::would_block);
  EXPECT_TRUE(third.tx.close());
  EXPECT_EQ(selecting.recv()->from, third_key);
  EXPECT_EQ(error_of(selecting.recv()), errc::closed);
}

TEST(Selector, WaitsUntilSomethingIsAdded) {
  virtual_hub hub;
  auto selecting = weir::selector<std::string>();
  EXPECT_EQ(error_of(selecting.recv(1ms)), errc::timed_out);
  auto receiving = weir::spawn([&selecting] { return selecting.recv(); });
  auto channel = weir::pipe<std::string>();
  auto sending = weir::spawn([&channel] { return channel.tx.send("m"); });
  selecting.add(std::move(channel.rx));  // both wait: matched at once
  EXPECT_EQ(receiving.await()->value, "m");
  EXPECT_TRUE(sending.await());
}

TEST(Selector, ReceivesOfAClosedChannelThatItClosed) {
  virtual_hub hub;
  auto selecting = weir::selector<int>();
  auto channel = weir::pipe<int>();
  channel.tx.close();
  const auto key = selecting.add(std::move(channel.rx));
  const auto got = selecting.recv();
  EXPECT_EQ(got->from, key);
  EXPECT_EQ(error_of(got->value), errc::closed);
  const auto empty_key = selecting.add(weir::receiver<int>());
  EXPECT_EQ(selecting.recv()->from, empty_key);
  auto value = weir::value<int>(4);  // what was not received since it was set comes first
  value.tx.close();
  selecting.add(std::move(value.rx));
  EXPECT_EQ(selecting.recv()->value, 4);
  EXPECT_EQ(error_of(selecting.recv()->value), errc::closed);
}

TEST(Selector, RefusesAReceiverSomeoneWaitsAt) {
  virtual_hub hub;
  auto selecting = weir::selector<int>();
  auto channel = weir::pipe<int>();
  auto receiving = weir::spawn([&channel] { return channel.rx.recv(); });
  EXPECT_THROW(static_cast<void>(selecting.add(std::move(channel.rx))), std::logic_error);
  EXPECT_TRUE(channel.tx.send(1));
  EXPECT_EQ(receiving.await(), 1);
}

TEST(Selector, HoldsEveryGatesSenderUntilItFindsNothingMore) {
  virtual_hub hub;
  auto selecting = weir::selector<int>();
  std::vector<weir::pair<int>> gates;
  std::vector<weir::task<>> sending;
  for (int i = 0; i < 3; ++i) {
    gates.push_back(weir::gate<int>());
    selecting.add(std::move(gates.back().rx));
  }
  for (auto& gate : gates) {
    sending.push_back(weir::spawn([&gate] { EXPECT_TRUE(gate.tx.send(1)); }));
  }
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(selecting.recv());
  settle();
  for (const auto& task : sending) EXPECT_FALSE(task.done());
  EXPECT_EQ(error_of(selecting.try_recv()), errc::would_block);
  settle();
  for (const auto& task : sending) EXPECT_TRUE(task.done());
}

TEST(Selector, ReceivesOneEntryForEachChangeOfAValueAndTheLatestOfThoseThatWait) {
  virtual_hub hub;
  auto selecting = weir::selector<int>();
  auto value = weir::value<int>(1);
  auto channel = weir::pipe<int>();
  selecting.add(std::move(value.rx));
  selecting.add(std::move(channel.rx));
  auto sending = weir::spawn([&channel] { return channel.tx.send(9); });
  EXPECT_TRUE(value.tx.send(2));  // keeps the place of the first
  EXPECT_EQ(selecting.recv()->value, 2);
  EXPECT_EQ(selecting.recv()->value, 9);
  EXPECT_EQ(error_of(selecting.try_recv()), errc::would_block);
  EXPECT_TRUE(value.tx.send(2));  // an equal one is a change
  EXPECT_EQ(selecting.recv()->value, 2);
  EXPECT_TRUE(value.tx.send(3));
  EXPECT_TRUE(value.tx.clear());
  EXPECT_EQ(error_of(selecting.try_recv()), errc::would_block);
  EXPECT_TRUE(sending.await());
}

TEST(Selector, ReceivesAValueThatIsJoinedWhereASenderWasHeldUntilItsTimeHadPassed) {
  virtual_hub hub;
  auto selecting = weir::selector<int>();
  auto [gate_tx, gate_rx] = weir::gate<int>();
  const auto key = selecting.add(std::move(gate_rx));
  auto held = weir::spawn([&tx = gate_tx] { EXPECT_TRUE(tx.send(1, 1ms)); });
  EXPECT_EQ(selecting.recv()->value, 1);
  EXPECT_TRUE(held.await());
  auto latest = weir::value<int>(2);
  EXPECT_TRUE(weir::redirect(std::move(latest.rx), std::move(gate_tx)));
  const auto got = selecting.try_recv();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->from, key);
  EXPECT_EQ(got->value, 2);
}

TEST(Selector, ReceivesAValueInItsTurnThoughItIsJoinedWhereASenderHadGivenUp) {
  virtual_hub hub;
  auto selecting = weir::selector<int>();
  auto [first_tx, first_rx] = weir::pipe<int>();
  auto [second_tx, second_rx] = weir::value<int>();
  const auto first = selecting.add(std::move(first_rx));
  const auto second = selecting.add(std::move(second_rx));
  EXPECT_EQ(error_of(first_tx.send(0, 1ms)), errc::timed_out);
  EXPECT_TRUE(second_tx.send(1));
  auto latest = weir::value<int>(2);
  EXPECT_TRUE(weir::redirect(std::move(latest.rx), std::move(first_tx)));
  EXPECT_EQ(selecting.try_recv()->from, second);
  EXPECT_EQ(selecting.try_recv()->from, first);
}

TEST(Selector, ClosesAllItsSendersWhenItIsClosedOrDestroyed) {
  virtual_hub hub;
  const auto before = held_now();
  for (const bool destroyed : {false, true}) {
    auto selecting = weir::selector<int>();
    auto first = weir::pipe<int>();
    auto second = weir::pipe<int>();
    selecting.add(std::move(first.rx));
    selecting.add(std::move(second.rx));
    auto sending = weir::spawn([&first] { return first.tx.send(1); });
    if (destroyed) {
      selecting = {};
    } else {
      EXPECT_TRUE(selecting.close());
      EXPECT_EQ(error_of(selecting.close()), errc::closed);
      EXPECT_EQ(error_of(selecting.recv()), errc::closed);
      auto late = weir::pipe<int>();
      selecting.add(std::move(late.rx));
      EXPECT_FALSE(late.tx.open());
    }
    EXPECT_EQ(error_of(sending.await()), errc::closed);
    EXPECT_FALSE(second.tx.open());
  }
  EXPECT_EQ(held_now(), before);
}

TEST(Selector, IsIteratedUntilAllHaveClosed) {
  virtual_hub hub;
  auto selecting = weir::selector<int>();
  auto channel = weir::pipe<int>();
  selecting.add(std::move(channel.rx));
  auto sending = weir::spawn([tx = std::move(channel.tx)]() mutable {
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(tx.send(i));
  });
  int seen = 0;
  for (auto& [from, value] : selecting) {
    if (value) {
      EXPECT_EQ(value, seen++);
    }
  }
  EXPECT_EQ(seen, 3);
  EXPECT_EQ(selecting.error(), errc::closed);
}

}  // namespace
}  // namespace weir::testing
