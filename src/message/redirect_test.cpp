// SPDX-License-Identifier: MIT
// Tests of joining channels while things are under way, and of who goes on when after that.
#include <chrono>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <weir/testing.hpp>
#include <weir/weir.hpp>

#include "testing/holdings.hpp"

namespace weir::testing {
namespace {

using namespace std::chrono_literals;

/// How many ticks a send takes: how often others run before it returns.
template <class Send>
int ticks_of(Send send) {
  int ticks = 0;
  bool sent = false;
  auto counting = weir::spawn([&ticks, &sent] {
    while (!sent) {
      weir::yield();
      ++ticks;
    }
  });
  ticks = 0;
  EXPECT_TRUE(send());
  const int taken = ticks;
  sent = true;
  EXPECT_TRUE(counting.await());
  return taken;
}

TEST(Redirect, MatchesASenderAndAReceiverThatWait) {
  virtual_hub hub;
  auto from = weir::pipe<std::string>();
  auto to = weir::pipe<std::string>();
  auto sending = weir::spawn([&from] { return from.tx.send("m"); });
  auto receiving = weir::spawn([&to] { return to.rx.recv(); });
  const auto switches = weir::stats().switches;
  EXPECT_TRUE(weir::redirect(std::move(from.rx), std::move(to.tx)));
  EXPECT_EQ(weir::stats().switches, switches);
  EXPECT_EQ(receiving.await(), "m");
  EXPECT_TRUE(sending.await());
}

TEST(Redirect, IsRefusedWhereSomeoneWaitsAtTheEndsToBeJoined) {
  virtual_hub hub;
  auto from = weir::pipe<int>();
  auto to = weir::pipe<int>();
  auto receiving = weir::spawn([&from] { return from.rx.recv(); });
  EXPECT_EQ(error_of(weir::redirect(std::move(from.rx), std::move(to.tx))), errc::busy);
  EXPECT_TRUE(from.tx.send(1));
  EXPECT_EQ(receiving.await(), 1);
  auto sending = weir::spawn([&to] { return to.tx.send(2); });
  EXPECT_EQ(error_of(weir::redirect(std::move(from.rx), std::move(to.tx))), errc::busy);
  EXPECT_EQ(to.rx.recv(), 2);
  EXPECT_TRUE(sending.await());
  EXPECT_TRUE(weir::redirect(std::move(from.rx), std::move(to.tx)));
  auto again = weir::spawn([&from] { return from.tx.send(3); });
  EXPECT_EQ(to.rx.recv(), 3);
}

TEST(Redirect, RefusesAGateWhoseSenderIsHeldAtTheEndToBeLost) {
  virtual_hub hub;
  auto from = weir::pipe<int>();
  auto to = weir::gate<int>();
  auto sending = weir::spawn([&to] { return to.tx.send(1); });
  EXPECT_EQ(to.rx.recv(), 1);
  EXPECT_EQ(error_of(weir::redirect(std::move(from.rx), std::move(to.tx))), errc::busy);
  EXPECT_EQ(error_of(to.rx.try_recv()), errc::would_block);
  EXPECT_TRUE(sending.await());
}

TEST(Redirect, OfAChainToItselfIsABug) {
  virtual_hub hub;
  auto one = weir::pipe<int>();
  EXPECT_THROW(static_cast<void>(weir::redirect(std::move(one.rx), std::move(one.tx))),
               std::logic_error);
  auto two = weir::gate<int>();
  EXPECT_TRUE(weir::redirect(std::move(one.rx), std::move(two.tx)));
  EXPECT_THROW(static_cast<void>(weir::redirect(std::move(two.rx), std::move(one.tx))),
               std::logic_error);
  auto sending = weir::spawn([&one] { return one.tx.send(1); });
  EXPECT_EQ(two.rx.recv(), 1);
}

TEST(Redirect, ClosesOneWhereTheOtherIsClosed) {
  virtual_hub hub;
  {
    auto from = weir::pipe<int>();
    auto to = weir::pipe<int>();
    from.tx.close();
    auto receiving = weir::spawn([&to] { return to.rx.recv(); });
    EXPECT_TRUE(weir::redirect(std::move(from.rx), std::move(to.tx)));
    EXPECT_EQ(error_of(receiving.await()), errc::closed);
  }
  {
    auto from = weir::pipe<std::string>();
    auto to = weir::pipe<std::string>();
    to.rx.close();
    std::string message = "m";
    auto sending = weir::spawn([&from, &message] { return from.tx.send(std::move(message)); });
    EXPECT_TRUE(weir::redirect(std::move(from.rx), std::move(to.tx)));
    EXPECT_EQ(error_of(sending.await()), errc::closed);
    EXPECT_EQ(message, "m");
  }
  auto to = weir::queue<int>(2);
  EXPECT_TRUE(to.tx.send(1));
  EXPECT_TRUE(weir::redirect(weir::receiver<int>(), std::move(to.tx)));
  EXPECT_EQ(to.rx.recv(), 1);  // what was in it stays
  EXPECT_EQ(error_of(to.rx.recv()), errc::closed);
  auto from = weir::gate<int>();
  EXPECT_TRUE(weir::redirect(std::move(from.rx), weir::sender<int>()));
  EXPECT_EQ(error_of(from.tx.send(1)), errc::closed);
}

TEST(Redirect, OfAGateWhoseSenderIsHeldLetsItGoOnWhenTheNewReceiverComesBack) {
  virtual_hub hub;
  for (const bool waiting : {false, true}) {
    auto from = weir::gate<int>();
    auto to = weir::pipe<int>();
    auto sending = weir::spawn([&from] { return from.tx.send(1); });
    EXPECT_EQ(from.rx.recv(), 1);
    weir::task<> receiving;
    const auto receive = [&to] { EXPECT_EQ(error_of(to.rx.recv(5ms)), errc::timed_out); };
    if (waiting) receiving = weir::spawn(receive);
    EXPECT_TRUE(weir::redirect(std::move(from.rx), std::move(to.tx)));
    settle();
    EXPECT_EQ(sending.done(), waiting);
    if (!waiting) receiving = weir::spawn(receive);
    EXPECT_TRUE(sending.await());
    EXPECT_TRUE(receiving.await());
  }
}

TEST(Redirect, IntoAQueueMovesTheMessageThatWaitsThere) {
  virtual_hub hub;
  auto from = weir::pipe<int>();
  auto to = weir::queue<int>(1);
  auto sending = weir::spawn([&from] { return from.tx.send(2); });
  EXPECT_TRUE(to.tx.send(1));
  EXPECT_TRUE(weir::redirect(std::move(from.rx), std::move(to.tx)));
  EXPECT_EQ(to.rx.size(), 1U);  // it is full
  EXPECT_FALSE(sending.done());
  EXPECT_EQ(to.rx.recv(), 1);
  EXPECT_EQ(to.rx.size(), 1U);
  EXPECT_TRUE(sending.await());
  EXPECT_EQ(to.rx.recv(), 2);
}

TEST(Redirect, OfAValueIntoAQueueSendsEachChangeOnceAndTheLatestWhenItWasFull) {
  virtual_hub hub;
  auto from = weir::value<int>(1);
  auto to = weir::queue<int>(1);
  EXPECT_EQ(from.rx.recv(), 1);  // though it was received, it goes over
  EXPECT_TRUE(weir::redirect(std::move(from.rx), std::move(to.tx)));
  EXPECT_EQ(to.rx.size(), 1U);
  EXPECT_TRUE(from.tx.send(2));
  EXPECT_TRUE(from.tx.send(3));
  EXPECT_EQ(to.rx.recv(), 1);
  EXPECT_EQ(to.rx.recv(), 3);
  EXPECT_EQ(error_of(to.rx.try_recv()), errc::would_block);
  EXPECT_TRUE(from.tx.send(4));
  EXPECT_TRUE(from.tx.send(5));
  EXPECT_TRUE(from.tx.clear());  // withdraws the 5, not what has gone over
  EXPECT_EQ(to.rx.recv(), 4);
  EXPECT_EQ(error_of(to.rx.try_recv()), errc::would_block);
  EXPECT_TRUE(from.tx.send(6));
  EXPECT_TRUE(from.tx.send(7));
  from.tx.close();
  EXPECT_EQ(to.rx.recv(), 6);
  EXPECT_EQ(to.rx.recv(), 7);
  EXPECT_EQ(error_of(to.rx.recv()), errc::closed);
}

TEST(Redirect, OfAValueIntoAValueForgetsWhatTheSecondHeld) {
  virtual_hub hub;
  for (const bool set : {false, true}) {
    auto from = weir::value<int>();
    auto to = weir::value<int>(2);
    if (set) {
      EXPECT_TRUE(from.tx.send(1));
    }
    EXPECT_TRUE(weir::redirect(std::move(from.rx), std::move(to.tx)));
    if (set) {
      EXPECT_EQ(to.rx.recv(), 1);
    } else {
      EXPECT_EQ(error_of(to.rx.try_recv()), errc::would_block);
    }
  }
}

TEST(Redirect, OfAPipeIntoAValueKeepsWhatThatHeldUntilTheFirstMessage) {
  virtual_hub hub;
  auto from = weir::pipe<int>();
  auto to = weir::value<int>(2);
  EXPECT_TRUE(weir::redirect(std::move(from.rx), std::move(to.tx)));
  EXPECT_EQ(to.rx.recv(), 2);
  EXPECT_EQ(ticks_of([&from] { return from.tx.send(3); }), 1);
  EXPECT_EQ(to.rx.recv(), 3);
  EXPECT_EQ(to.rx.recv(), 3);
}

// -- who goes on when, as the table says

TEST(RedirectTicks, APipeIntoAQueueIsAsAQueue) {
  virtual_hub hub;
  auto from = weir::pipe<int>();
  auto to = weir::queue<int>(2);
  EXPECT_TRUE(weir::redirect(std::move(from.rx), std::move(to.tx)));
  EXPECT_EQ(ticks_of([&from] { return from.tx.send(1); }), 0);
  EXPECT_EQ(ticks_of([&from] { return from.tx.send(2); }), 0);
  EXPECT_EQ(error_of(from.tx.send(3, 5ms)), errc::timed_out);
}

TEST(RedirectTicks, AGateIntoAQueueGoesOnWithTheNextTickWhileThereIsRoomAfterItsMessage) {
  virtual_hub hub;
  auto from = weir::gate<int>();
  auto to = weir::queue<int>(2);
  EXPECT_TRUE(weir::redirect(std::move(from.rx), std::move(to.tx)));
  EXPECT_EQ(ticks_of([&from] { return from.tx.send(1); }), 1);
  auto second = weir::spawn([&from] { return from.tx.send(2); });
  settle();
  EXPECT_FALSE(second.done());  // its message is in, and no room is left
  EXPECT_EQ(to.rx.size(), 2U);
  EXPECT_EQ(to.rx.recv(), 1);
  weir::yield();
  EXPECT_TRUE(second.done());
}

TEST(RedirectTicks, AValueIntoAPipeGoesOnAtOnceUnlessItWokeAReceiver) {
  virtual_hub hub;
  auto from = weir::value<int>();
  auto to = weir::pipe<int>();
  EXPECT_TRUE(weir::redirect(std::move(from.rx), std::move(to.tx)));
  auto receiving = weir::spawn([&to] { return to.rx.recv(); });
  EXPECT_EQ(ticks_of([&from] { return from.tx.send(1); }), 1);
  EXPECT_EQ(receiving.await(), 1);
  EXPECT_EQ(ticks_of([&from] { return from.tx.send(2); }), 0);
  EXPECT_EQ(to.rx.recv(), 2);
  EXPECT_EQ(to.rx.recv(), 2);
}

TEST(RedirectTicks, AGateAnywhereMakesTheJoinAGate) {
  virtual_hub hub;
  for (const bool gate_first : {true, false}) {
    auto from = gate_first ? weir::gate<int>() : weir::pipe<int>();
    auto to = gate_first ? weir::pipe<int>() : weir::gate<int>();
    EXPECT_TRUE(weir::redirect(std::move(from.rx), std::move(to.tx)));
    auto sending = weir::spawn([&from] { return from.tx.send(1); });
    EXPECT_EQ(to.rx.recv(), 1);
    settle();
    EXPECT_FALSE(sending.done());
    EXPECT_EQ(error_of(to.rx.try_recv()), errc::would_block);
    EXPECT_TRUE(sending.await());
  }
}

TEST(RedirectTicks, APipeIntoASelectorGoesOnOneTickAfterItIsReceived) {
  virtual_hub hub;
  auto from = weir::pipe<int>();
  auto selecting = weir::selector<int>();
  selecting.add(std::move(from.rx));
  auto sending = weir::spawn([&from] { return from.tx.send(1); });
  settle();
  EXPECT_FALSE(sending.done());
  EXPECT_TRUE(selecting.recv());
  EXPECT_FALSE(sending.done());
  weir::yield();
  EXPECT_TRUE(sending.done());
}

}  // namespace
}  // namespace weir::testing
