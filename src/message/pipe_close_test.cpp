// SPDX-License-Identifier: MIT
// Tests of what becomes of a pipe whose ends are closed, destroyed or moved.
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <weir/hub.hpp>
#include <weir/pipe.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/task.hpp>
#include <weir/testing.hpp>

#include "testing/holdings.hpp"

namespace {

using namespace std::chrono_literals;
using weir::errc;
using weir::testing::error_of;
using weir::testing::held_now;
using weir::testing::settle;
using weir::testing::virtual_hub;

TEST(PipeClose, BySenderOrReceiverIsSeenAtBothEnds) {
  virtual_hub hub;
  for (const bool by_sender : {true, false}) {
    auto [tx, rx] = weir::pipe<std::string>();
    EXPECT_TRUE(tx.open());
    EXPECT_TRUE(rx.open());
    EXPECT_TRUE(by_sender ? tx.close() : rx.close());
    EXPECT_FALSE(tx.open());
    EXPECT_FALSE(rx.open());
    std::string message = "kept";
    EXPECT_EQ(error_of(tx.send(std::move(message))), errc::closed);
    EXPECT_EQ(error_of(tx.try_send(std::move(message))), errc::closed);
    EXPECT_EQ(message, "kept");
    EXPECT_EQ(error_of(tx.error(std::make_error_code(std::errc::io_error))), errc::closed);
    EXPECT_EQ(error_of(rx.recv()), errc::closed);
    EXPECT_EQ(error_of(rx.try_recv()), errc::closed);
  }
}

TEST(PipeClose, ASecondCloseFromEitherEndSaysClosed) {
  virtual_hub hub;
  for (const bool by_sender : {true, false}) {
    auto [tx, rx] = weir::pipe<int>();
    EXPECT_TRUE(by_sender ? tx.close() : rx.close());
    EXPECT_EQ(error_of(tx.close()), errc::closed);
    EXPECT_EQ(error_of(rx.close()), errc::closed);
  }
}

TEST(PipeClose, ByTheSenderWakesAWaitingReceiver) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  const auto before = held_now();
  auto receiving = weir::spawn([&rx] { return rx.recv(1h); });
  const auto switches = weir::stats().switches;
  EXPECT_TRUE(tx.close());
  EXPECT_EQ(weir::stats().switches, switches);  // close does not yield
  EXPECT_EQ(error_of(receiving.await()), errc::closed);
  EXPECT_EQ(held_now(), before);
}

TEST(PipeClose, ByTheReceiverWakesAWaitingReceiver) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  auto receiving = weir::spawn([&rx] { return rx.recv(); });
  EXPECT_TRUE(rx.close());
  EXPECT_EQ(error_of(receiving.await()), errc::closed);
}

TEST(PipeClose, ByTheReceiverWakesAWaitingSenderWhoKeepsItsMessage) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<std::unique_ptr<int>>();
  const auto before = held_now();
  auto message = std::make_unique<int>(8);
  auto sending = weir::spawn([&tx, &message] { return tx.send(std::move(message), 1h); });
  const auto switches = weir::stats().switches;
  EXPECT_TRUE(rx.close());
  EXPECT_EQ(weir::stats().switches, switches);
  EXPECT_EQ(error_of(sending.await()), errc::closed);
  ASSERT_NE(message, nullptr);
  EXPECT_EQ(*message, 8);
  EXPECT_EQ(held_now(), before);
}

TEST(PipeClose, ByTheSenderWakesAWaitingSenderAndTheMessageIsNotReceived) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<std::unique_ptr<int>>();
  auto message = std::make_unique<int>(8);
  auto sending = weir::spawn([&tx, &message] { return tx.send(std::move(message)); });
  EXPECT_TRUE(tx.close());
  EXPECT_EQ(error_of(rx.recv()), errc::closed);
  EXPECT_EQ(error_of(sending.await()), errc::closed);
  EXPECT_NE(message, nullptr);
}

TEST(PipeClose, AfterAHandOverLeavesBothSidesWithTheirSuccess) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  auto sending = weir::spawn([&tx] { return tx.send(1); });
  EXPECT_EQ(rx.recv(), 1);
  EXPECT_TRUE(rx.close());  // before the sender has run again
  EXPECT_TRUE(sending.await());

  auto other = weir::pipe<int>();
  auto receiving = weir::spawn([&other] { return other.rx.recv(); });
  EXPECT_TRUE(other.tx.try_send(2));
  EXPECT_TRUE(other.tx.close());  // before the receiver has run again
  EXPECT_EQ(receiving.await(), 2);
}

TEST(PipeClose, IsWhatDestroyingAnEndDoes) {
  virtual_hub hub;
  std::optional first = weir::pipe<int>();
  auto receiver = std::move(first->rx);
  first.reset();
  EXPECT_EQ(error_of(receiver.recv()), errc::closed);

  std::optional second = weir::pipe<int>();
  auto sender = std::move(second->tx);
  second.reset();
  EXPECT_EQ(error_of(sender.send(1)), errc::closed);
}

TEST(PipeClose, IsWhatAssigningToAnEndDoesToTheChannelItHeld) {
  virtual_hub hub;
  auto old = weir::pipe<int>();
  auto fresh = weir::pipe<int>();
  auto sending = weir::spawn([&old] { return old.tx.send(1); });
  old.rx = std::move(fresh.rx);
  EXPECT_EQ(error_of(sending.await()), errc::closed);
  auto receiving = weir::spawn([&old] { return old.rx.recv(); });
  EXPECT_TRUE(fresh.tx.send(2));
  EXPECT_EQ(receiving.await(), 2);

  auto another = weir::pipe<int>();
  auto waiting = weir::spawn([&old] { return old.rx.recv(); });
  fresh.tx = std::move(another.tx);
  EXPECT_EQ(error_of(waiting.await()), errc::closed);
  EXPECT_TRUE(another.rx.open());
}

TEST(PipeClose, DoesNotComeFromAssigningAnEndToItself) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  auto& same_sender = tx;
  auto& same_receiver = rx;
  tx = std::move(same_sender);
  rx = std::move(same_receiver);
  EXPECT_TRUE(tx.open());
  EXPECT_TRUE(rx.open());
}

TEST(PipeClose, ByDestroyingTheSenderWakesTheReceiverWhoWaitsAtTheOtherEnd) {
  virtual_hub hub;
  std::optional<weir::sender<int>> tx;
  auto pipe = weir::pipe<int>();
  tx = std::move(pipe.tx);
  auto receiving = weir::spawn([&pipe] { return pipe.rx.recv(); });
  tx.reset();
  EXPECT_EQ(error_of(receiving.await()), errc::closed);
}

TEST(PipeClose, ByDestroyingTheReceiverWakesTheSenderWhoWaitsAtTheOtherEnd) {
  virtual_hub hub;
  std::optional<weir::receiver<int>> rx;
  auto pipe = weir::pipe<int>();
  rx = std::move(pipe.rx);
  auto sending = weir::spawn([&pipe] { return pipe.tx.send(1); });
  rx.reset();
  EXPECT_EQ(error_of(sending.await()), errc::closed);
}

TEST(PipeClose, ByDestroyingTheVeryEndATaskWaitsInTellsThatTaskClosed) {
  virtual_hub hub;
  auto first = std::make_unique<weir::pair<int>>(weir::pipe<int>());
  auto receiving = weir::spawn([&rx = first->rx] { return rx.recv(1h); });
  first.reset();
  EXPECT_EQ(error_of(receiving.await()), errc::closed);

  auto second = std::make_unique<weir::pair<std::string>>(weir::pipe<std::string>());
  std::string message = "a message too long to be kept within the string itself";
  auto sending =
      weir::spawn([&tx = second->tx, &message] { return tx.send(std::move(message), 1h); });
  second.reset();
  EXPECT_EQ(error_of(sending.await()), errc::closed);
  EXPECT_EQ(message, "a message too long to be kept within the string itself");
  EXPECT_EQ(weir::stats().timer_count, 0U);
}

TEST(PipeClose, OfEndsDestroyedAfterAHandOverDoesNotTouchTheTasksThatWaited) {
  virtual_hub hub;
  auto first = std::make_unique<weir::pair<int>>(weir::pipe<int>());
  auto receiving = weir::spawn([&rx = first->rx] { return rx.recv(1h); });
  EXPECT_TRUE(first->tx.try_send(1));
  first.reset();  // the receiver has not run yet
  EXPECT_EQ(receiving.await(), 1);

  auto second = std::make_unique<weir::pair<int>>(weir::pipe<int>());
  auto sending = weir::spawn([&tx = second->tx] { return tx.send(2, 1h); });
  EXPECT_EQ(second->rx.try_recv(), 2);
  second.reset();
  EXPECT_TRUE(sending.await());
}

TEST(PipeClose, OfAnEndDestroyedAfterATimeoutDoesNotTouchTheTaskThatWaited) {
  virtual_hub hub;
  auto pipe = std::make_unique<weir::pair<int>>(weir::pipe<int>());
  auto destroying = weir::spawn([&pipe] {
    EXPECT_TRUE(weir::sleep(5ms));
    pipe.reset();
  });
  auto receiving = weir::spawn([&rx = pipe->rx] { return rx.recv(5ms); });
  EXPECT_EQ(error_of(receiving.await()), errc::timed_out);
  EXPECT_TRUE(destroying.await());
}

TEST(PipeClose, DoesNotComeFromMovingTheEndsThatTasksWaitIn) {
  virtual_hub hub;
  auto first = std::make_unique<weir::pair<int>>(weir::pipe<int>());
  auto receiving = weir::spawn([&rx = first->rx] { return rx.recv(); });
  auto moved = std::move(*first);
  first.reset();
  EXPECT_TRUE(moved.tx.send(4));
  EXPECT_EQ(receiving.await(), 4);

  auto sending = weir::spawn([&tx = moved.tx] { return tx.send(5); });
  const auto twice_moved = std::make_unique<weir::pair<int>>(std::move(moved));
  EXPECT_EQ(error_of(twice_moved->tx.try_send(6)), errc::busy);
  EXPECT_EQ(twice_moved->rx.recv(), 5);
  EXPECT_TRUE(sending.await());
}

TEST(PipeClose, OfAMovedEndFindsTheTaskThatWaitsInIt) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  auto receiving = weir::spawn([&rx] { return rx.recv(); });
  auto moved = std::move(rx);
  EXPECT_EQ(error_of(rx.recv()), errc::closed);
  EXPECT_EQ(error_of(moved.recv()), errc::busy);
  EXPECT_TRUE(moved.close());
  EXPECT_EQ(error_of(receiving.await()), errc::closed);
}

TEST(PipeClose, IsAllThatAChannelWhichOutlivesItsHubCanDo) {
  std::optional<weir::pair<int>> pipe;
  {
    virtual_hub hub;
    pipe = weir::pipe<int>();
    weir::spawn({.detached = true},
                [&pipe] { EXPECT_EQ(error_of(pipe->rx.recv()), errc::cancelled); });
  }
  EXPECT_TRUE(pipe->tx.open());
  EXPECT_TRUE(pipe->tx.close());
  EXPECT_FALSE(pipe->rx.open());
  pipe.reset();
}

TEST(PipeClose, HappensWhenTheTaskThatOwnsAnEndEnds) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  auto sending = weir::spawn([sender = std::move(tx)]() mutable {
    EXPECT_TRUE(sender.send(1));
    EXPECT_TRUE(sender.send(2));
  });
  EXPECT_EQ(rx.recv(), 1);
  EXPECT_EQ(rx.recv(), 2);
  EXPECT_EQ(error_of(rx.recv()), errc::closed);
  EXPECT_TRUE(sending.await());
}

TEST(PipeClose, ByATaskOfTheOtherEndWhileItWaitsThereReachesBothOfThem) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  auto receiving = weir::spawn([&rx] { return rx.recv(); });
  auto closing = weir::spawn([&rx] { return rx.close(); });
  EXPECT_TRUE(closing.await());
  EXPECT_EQ(error_of(receiving.await()), errc::closed);
  EXPECT_EQ(error_of(tx.send(1)), errc::closed);
}

}  // namespace
