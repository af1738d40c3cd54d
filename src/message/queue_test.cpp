// SPDX-License-Identifier: MIT
// Tests of what only queues do: who runs when, how full they are, and what is told of that.
#include <chrono>
#include <cstddef>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <weir/testing.hpp>
#include <weir/weir.hpp>

#include "testing/counted.hpp"
#include "testing/holdings.hpp"

namespace weir::testing {
namespace {

using namespace std::chrono_literals;

TEST(Queue, OfTwoLetsAProducerOfFiveReachItemThree) {
  virtual_hub hub;
  auto [tx, rx] = weir::queue<int>(2);
  int reached = 0;
  auto producing = weir::spawn([&tx, &reached] {
    for (int i = 1; i <= 5; ++i) {
      reached = i;
      EXPECT_TRUE(tx.send(i));
    }
  });
  EXPECT_EQ(reached, 3);  // two are in the queue, and it waits with the third
  EXPECT_EQ(rx.size(), 2U);
  EXPECT_EQ(rx.recv(), 1);
  EXPECT_EQ(rx.size(), 2U);  // the third is in it at once
  EXPECT_EQ(reached, 3);     // and its sender runs one tick later
  weir::yield();
  EXPECT_EQ(reached, 4);
  for (int i = 2; i <= 5; ++i) EXPECT_EQ(rx.recv(), i);
  EXPECT_TRUE(producing.await());
}

TEST(Queue, SendsWithoutLosingContextWhileThereIsRoomOrAReceiverWaits) {
  virtual_hub hub;
  auto [tx, rx] = weir::queue<int>(2);
  bool received = false;
  auto receiving = weir::spawn([&rx, &received] {
    EXPECT_EQ(rx.recv(), 1);
    received = true;
  });
  const auto switches = weir::stats().switches;
  EXPECT_TRUE(tx.send(1));  // to the one that waits
  EXPECT_FALSE(received);
  EXPECT_TRUE(tx.send(2));
  EXPECT_TRUE(tx.send(3));
  EXPECT_EQ(weir::stats().switches, switches);
  EXPECT_TRUE(receiving.await());
  EXPECT_EQ(rx.size(), 2U);
}

TEST(Queue, OfNoneHandsOverToAWaitingReceiverOnly) {
  virtual_hub hub;
  auto [tx, rx] = weir::queue<std::string>(0);
  EXPECT_EQ(error_of(tx.try_send("x")), errc::would_block);
  EXPECT_EQ(error_of(tx.send("x", 1ms)), errc::timed_out);
  auto receiving = weir::spawn([&rx] { return rx.recv(); });
  const auto switches = weir::stats().switches;
  EXPECT_TRUE(tx.send("m"));
  EXPECT_EQ(weir::stats().switches, switches);
  EXPECT_EQ(receiving.await(), "m");
  auto sending = weir::spawn([&tx] { return tx.send("n"); });
  EXPECT_EQ(rx.recv(), "n");
  EXPECT_TRUE(sending.await());
}

TEST(Queue, WithoutALimitTakesAllAndGivesThemBackInOrder) {
  virtual_hub hub;
  auto [tx, rx] = weir::queue<int>();
  int sent = 0;
  int received = 0;
  for (int round = 0; round < 50; ++round) {  // grows while it is partly received
    for (int i = 0; i < 40; ++i) EXPECT_TRUE(tx.try_send(++sent));
    for (int i = 0; i < 15; ++i) EXPECT_EQ(rx.try_recv(), ++received);
  }
  EXPECT_EQ(rx.size(), 50U * 25U);
  tx.close();
  for (int got : rx) EXPECT_EQ(got, ++received);
  EXPECT_EQ(received, sent);
  EXPECT_EQ(rx.error(), errc::closed);
}

TEST(Queue, DestroysWhatWasNotReceivedWhenItsReceiverCloses) {
  virtual_hub hub;
  int alive = 0;
  auto [tx, rx] = weir::queue<counted>();
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(tx.try_send(counted(alive)));
  EXPECT_EQ(alive, 100);
  EXPECT_TRUE(tx.close());
  EXPECT_EQ(alive, 100);                          // they can be received still
  EXPECT_EQ(error_of(rx.close()), errc::closed);  // it was closed before
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(rx.size(), 0U);
  EXPECT_EQ(error_of(rx.recv()), errc::closed);
}

TEST(Queue, TellsWhenItIsEmptyWithoutMakingAnyoneYield) {
  virtual_hub hub;
  auto [tx, rx] = weir::queue<int>(4);
  EXPECT_EQ(rx.empty().try_recv(), true);
  EXPECT_TRUE(tx.send(1));
  EXPECT_EQ(error_of(rx.empty().recv(10ms)), errc::timed_out);
  auto waiting = weir::spawn([&rx] { return rx.empty().recv(); });
  EXPECT_TRUE(tx.send(2));
  const auto switches = weir::stats().switches;
  EXPECT_EQ(rx.recv(), 1);
  EXPECT_FALSE(waiting.done());
  EXPECT_EQ(rx.recv(), 2);
  EXPECT_EQ(weir::stats().switches, switches);
  EXPECT_EQ(waiting.await(), true);
  EXPECT_EQ(rx.empty().recv(), true);
}

TEST(Queue, SaysOnceThatItsReceiverClosedAndNotThatItsSenderDid) {
  virtual_hub hub;
  int told = 0;
  {
    auto [tx, rx] = weir::queue<int>(4);
    rx.on_close([&told, held = std::make_unique<int>(1)] { told += *held; });
    auto elsewhere = std::move(rx);
    EXPECT_TRUE(tx.close());
    EXPECT_EQ(told, 0);
    EXPECT_FALSE(elsewhere.close());
    EXPECT_EQ(told, 1);
  }
  EXPECT_EQ(told, 1);
  auto other = weir::stalk<int>(4);
  other.rx.on_close([&told] { told = 7; });
  other.rx = {};
  EXPECT_EQ(told, 7);
}

TEST(Queue, ThatWasMovedFromIsClosedAndEmpty) {
  virtual_hub hub;
  auto [tx, rx] = weir::queue<int>(1);
  auto elsewhere = std::move(rx);
  EXPECT_EQ(error_of(rx.recv()), errc::closed);
  EXPECT_EQ(error_of(rx.try_recv()), errc::closed);
  EXPECT_EQ(rx.size(), 0U);
  EXPECT_THROW(static_cast<void>(rx.empty()), std::logic_error);
  EXPECT_THROW(rx.on_close([] {}), std::logic_error);
  EXPECT_TRUE(tx.open());
}

TEST(Queue, GivesItsProducerAndItsConsumerTurnsWhenNeitherWaits) {
  virtual_hub hub;
  auto [tx, rx] = weir::queue<int>();
  bool other_ran = false;
  auto other = weir::spawn_later(0ms, [&other_ran] { other_ran = true; });
  int sends = 0;
  while (!other_ran) EXPECT_TRUE(tx.send(sends++));
  EXPECT_EQ(sends, 128);
  auto again = weir::spawn_later(0ms, [&other_ran] { other_ran = false; });
  int received = 0;
  while (other_ran && received < sends) EXPECT_EQ(rx.recv(), received++);
  EXPECT_LE(received, 128);
  EXPECT_FALSE(other_ran);
}

/// Counts its moves.
struct moving {
  moving() = default;
  moving(moving&&) noexcept { ++moves; }
  moving& operator=(moving&&) = delete;
  ~moving() = default;
  static inline int moves = 0;
};

TEST(Queue, MovesAMessageOnceInAndOnceOut) {
  virtual_hub hub;
  auto [tx, rx] = weir::queue<moving>(2);
  moving::moves = 0;
  EXPECT_TRUE(tx.send(moving()));
  EXPECT_EQ(moving::moves, 1);
  EXPECT_TRUE(rx.recv());
  EXPECT_EQ(moving::moves, 2);
  EXPECT_TRUE(tx.try_send(moving()));
  EXPECT_TRUE(rx.try_recv());
  EXPECT_EQ(moving::moves, 4);
}

TEST(Queue, RefusesASizeNoMemoryHas) {
  EXPECT_THROW(static_cast<void>(weir::queue<int>(static_cast<std::size_t>(-1))), std::bad_alloc);
  EXPECT_THROW(static_cast<void>(weir::stalk<int>(static_cast<std::size_t>(-1))), std::bad_alloc);
}

TEST(Queue, IsNotEmptyWhereASenderWaitsToFillTheRoom) {
  virtual_hub hub;
  auto [tx, rx] = weir::queue<int>(1);
  EXPECT_TRUE(tx.send(1));
  auto sending = weir::spawn([&tx] { return tx.send(2); });
  auto waiting = weir::spawn([&rx] { return rx.empty().recv(); });
  EXPECT_EQ(rx.recv(), 1);
  settle();
  EXPECT_FALSE(waiting.done());
  EXPECT_EQ(rx.recv(), 2);
  EXPECT_EQ(waiting.await(), true);
  EXPECT_TRUE(sending.await());
}

TEST(Queue, DropsWhatIsToBeCalledOnACloseThatHasBeen) {
  virtual_hub hub;
  int told = 0;
  auto [tx, rx] = weir::queue<int>(1);
  rx.on_close([&told, &rx] {
    ++told;
    rx.on_close([&told] { ++told; });
  });
  EXPECT_TRUE(rx.close());
  rx = {};
  EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace weir::testing
