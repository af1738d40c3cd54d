// SPDX-License-Identifier: MIT
// Tests of the channels with many ends: router, dealer, broadcast and pool.
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include <weir/testing.hpp>
#include <weir/weir.hpp>

#include "testing/errors.hpp"
#include "testing/holdings.hpp"

namespace weir::testing {
namespace {

using namespace std::chrono_literals;

TEST(Router, ReceivesFromAllItsSendersInOrderUntilAllHaveClosed) {
  virtual_hub hub;
  const auto before = held_now();
  auto [tx, rx] = weir::router<int>();
  for (int i = 0; i < 3; ++i) {
    weir::spawn({.name = "sender", .detached = true}, [tx, i]() mutable {
      for (int k = 0; k < 2; ++k) EXPECT_TRUE(tx.send(10 * k + i));
    });
  }
  EXPECT_TRUE(tx.close());
  std::vector<int> got;
  for (int message : rx) got.push_back(message);
  EXPECT_EQ(got, (std::vector{0, 1, 2, 10, 11, 12}));
  EXPECT_EQ(rx.error(), errc::closed);
  settle();
  EXPECT_EQ(held_now(), before);
}

TEST(Router, PassesErrorsOnAndClosesItsSendersWithItsReceiver) {
  virtual_hub hub;
  auto made = weir::router<int>();
  auto other = made.tx;
  auto failing = weir::spawn([&other] { return other.error(some_error); });
  EXPECT_EQ(error_of(made.rx.recv()), some_error);
  auto sending = weir::spawn([&other] { return other.send(1); });
  made.rx = {};
  EXPECT_EQ(error_of(sending.await()), errc::closed);
  EXPECT_FALSE(made.tx.open());
  const auto late = made.tx;
  EXPECT_FALSE(late.open());
}

TEST(Dealer, ServesFirstWhoWaitedFirst) {
  virtual_hub hub;
  auto [tx, rx] = weir::dealer<int>();
  std::vector<std::pair<int, int>> got;
  std::vector<weir::task<>> workers;
  for (int i = 0; i < 3; ++i) {
    workers.push_back(weir::spawn([rx, i, &got]() mutable {
      while (auto message = rx.recv()) got.emplace_back(i, *message);
    }));
  }
  for (int k = 0; k < 5; ++k) EXPECT_TRUE(tx.send(k));
  EXPECT_EQ(got, (std::vector<std::pair<int, int>>{{0, 0}, {1, 1}, {2, 2}, {0, 3}, {1, 4}}));
  tx.close();
  for (auto& worker : workers) EXPECT_TRUE(worker.await());
}

TEST(Dealer, KeepsTheMessageOfASenderUntilSomeoneComes) {
  virtual_hub hub;
  auto [tx, rx] = weir::dealer<std::string>();
  std::string message = "m";
  EXPECT_EQ(error_of(tx.send(std::move(message), 1ms)), errc::timed_out);
  EXPECT_EQ(message, "m");
  auto sending = weir::spawn([&tx] { return tx.send("n"); });
  auto copy = rx;
  rx = {};
  EXPECT_EQ(copy.recv(), "n");  // the end is open as long as a copy is
  copy = {};
  EXPECT_FALSE(tx.open());
}

TEST(Dealer, CancelledWorkerLosesNoMessage) {
  virtual_hub hub;
  auto [tx, rx] = weir::dealer<int>();
  auto first = weir::spawn([rx]() mutable { return rx.recv(); });
  auto second = weir::spawn([rx]() mutable { return rx.recv(); });
  first.cancel();
  EXPECT_TRUE(tx.send(1));
  EXPECT_EQ(error_of(first.await()), errc::cancelled);
  EXPECT_EQ(second.await(), 1);
}

TEST(Broadcast, GivesEveryoneWhoWaitsACopy) {
  virtual_hub hub;
  auto [tx, rx] = weir::broadcast<std::string>();
  std::vector<weir::task<std::string>> listeners;
  for (int i = 0; i < 3; ++i) {
    listeners.push_back(weir::spawn([rx]() mutable { return rx.recv(); }));
  }
  EXPECT_TRUE(tx.send("to all"));
  for (auto& listener : listeners) EXPECT_EQ(listener.await(), "to all");
  EXPECT_TRUE(tx.send("to nobody"));
  EXPECT_EQ(error_of(rx.try_recv()), errc::would_block);
  auto one = weir::spawn([rx]() mutable { return rx.recv(); });
  EXPECT_TRUE(tx.error(some_error));
  EXPECT_EQ(error_of(one.await()), some_error);
}

/// The second copy of it throws.
struct rarely_copied {
  rarely_copied() = default;
  rarely_copied(const rarely_copied&) {
    if (++copies == 2) throw std::runtime_error("copied twice");
  }
  rarely_copied& operator=(const rarely_copied&) = default;
  ~rarely_copied() = default;
  static inline int copies = 0;
};

TEST(Broadcast, GivesNobodyAnythingWhereACopyThrows) {
  virtual_hub hub;
  auto [tx, rx] = weir::broadcast<rarely_copied>();
  const auto listen = [rx]() mutable { return rx.recv().has_value(); };
  auto one = weir::spawn(listen);
  auto two = weir::spawn(listen);
  EXPECT_THROW(static_cast<void>(tx.send(rarely_copied())), std::runtime_error);
  EXPECT_FALSE(one.done());
  EXPECT_FALSE(two.done());
  EXPECT_TRUE(tx.send(rarely_copied()));
  EXPECT_EQ(one.await(), true);
  EXPECT_EQ(two.await(), true);
}

TEST(Pool, HasAFixedNumberOfThings) {
  virtual_hub hub;
  weir::pool<std::unique_ptr<int>> pool([n = 0]() mutable { return std::make_unique<int>(n++); },
                                        2);
  EXPECT_EQ(pool.size(), 2U);
  auto one = pool.recv();
  auto two = pool.recv();
  ASSERT_TRUE(one && two);
  EXPECT_EQ(error_of(pool.recv(1ms)), errc::timed_out);
  EXPECT_EQ(error_of(pool.try_recv()), errc::would_block);
  auto first = weir::spawn([&pool] { return *pool.recv().value(); });
  auto second = weir::spawn([&pool] { return *pool.recv().value(); });
  pool.send(std::move(*two));
  pool.send(std::move(*one));
  EXPECT_EQ(first.await(), 1);  // who waited longest is served first
  EXPECT_EQ(second.await(), 0);
}

TEST(Pool, GetsBackWhatWasRunWithHoweverThatEnds) {
  virtual_hub hub;
  weir::pool<std::string> pool([] { return std::string("c"); }, 1);
  EXPECT_EQ(pool.run([](std::string& connection) { return connection + "!"; }), "c!");
  EXPECT_TRUE(pool.run([](std::string& connection) { connection = "used"; }));
  EXPECT_EQ(error_of(pool.run(
                [](std::string&) -> weir::result<int> { return std::unexpected(some_error); })),
            some_error);
  EXPECT_THROW(static_cast<void>(pool.run([](std::string&) { throw std::runtime_error("x"); })),
               std::runtime_error);
  auto task =
      weir::spawn([&pool] { return pool.run([](std::string&) { return weir::sleep(1h); }); });
  EXPECT_EQ(pool.size(), 0U);
  task.cancel();
  EXPECT_EQ(error_of(task.await()), errc::cancelled);
  EXPECT_EQ(pool.try_recv(), "used");
  EXPECT_EQ(error_of(pool.run([](std::string&) {}, 1ms)), errc::timed_out);
}

TEST(Pool, RefusesWhatMakesNoSense) {
  virtual_hub hub;
  using strings = weir::pool<std::string>;
  EXPECT_THROW(strings([] { return std::string(); }, 0), std::logic_error);
  strings pool([] { return std::string("c"); }, 1);
  EXPECT_THROW(pool.send("one more"), std::logic_error);
  const auto failing = []() -> weir::result<std::string> { return std::unexpected(some_error); };
  try {
    const strings none(failing, 1);
    FAIL();
  } catch (const std::system_error& thrown) {
    EXPECT_EQ(thrown.code(), some_error);
  }
}

TEST(Router, MayBeMovedOrDestroyedWhileATaskReceives) {
  virtual_hub hub;
  auto made = weir::router<int>();
  auto other = made.tx;
  auto receiving = weir::spawn([&made] { return made.rx.recv(); });
  auto moved = std::move(made.rx);
  EXPECT_TRUE(made.tx.close());  // one of two: the receiver waits on
  EXPECT_TRUE(other.send(4));
  EXPECT_EQ(receiving.await(), 4);
  auto again = weir::spawn([&moved] { return moved.recv(); });
  moved = {};
  EXPECT_EQ(error_of(again.await()), errc::closed);
}

TEST(Router, CountsItsTimeOnceHoweverManySendersClose) {
  virtual_hub hub;
  auto [tx, rx] = weir::router<int>();
  std::vector<weir::router_sender<int>> senders(3, tx);
  auto receiving = weir::spawn([&rx] { return rx.recv(10ms); });
  for (auto& sender : senders) {
    EXPECT_TRUE(weir::sleep(4ms));
    sender.close();
  }
  EXPECT_TRUE(receiving.done());
  EXPECT_EQ(error_of(receiving.await()), errc::timed_out);
}

TEST(Router, CopyOfASenderThatIsClosedIsClosed) {
  virtual_hub hub;
  auto [tx, rx] = weir::router<int>();
  EXPECT_TRUE(tx.close());
  const auto copy = tx;
  EXPECT_FALSE(copy.open());
  EXPECT_EQ(error_of(rx.recv()), errc::closed);
}

TEST(Dealer, LetsAGatesSenderGoOnWhereAnotherWorkerWaits) {
  virtual_hub hub;
  auto from = weir::gate<int>();
  auto to = weir::dealer<int>();
  EXPECT_TRUE(weir::redirect(std::move(from.rx), std::move(to.tx)));
  auto first = weir::spawn([rx = to.rx]() mutable { return rx.recv(); });
  auto second = weir::spawn([rx = to.rx]() mutable { return rx.recv(); });
  EXPECT_TRUE(from.tx.send(1));
  EXPECT_EQ(first.await(), 1);
  auto last = weir::spawn([&from] { return from.tx.send(2); });
  EXPECT_EQ(second.await(), 2);
  settle();
  EXPECT_FALSE(last.done());
  EXPECT_EQ(error_of(to.rx.try_recv()), errc::would_block);
  EXPECT_TRUE(last.await());
}

TEST(Dealer, JoinedToAValueIsReadByAllWhoWait) {
  virtual_hub hub;
  for (const bool set_before : {false, true}) {
    auto from = weir::value<int>();
    auto to = weir::dealer<int>();
    std::vector<weir::task<int>> readers;
    for (int i = 0; i < 3; ++i) {
      readers.push_back(weir::spawn([rx = to.rx]() mutable { return rx.recv(5ms); }));
    }
    if (set_before) {
      EXPECT_TRUE(from.tx.send(1));
    }
    EXPECT_TRUE(weir::redirect(std::move(from.rx), std::move(to.tx)));
    if (!set_before) {
      EXPECT_TRUE(from.tx.send(1));
    }
    for (auto& reader : readers) EXPECT_EQ(reader.await(), 1);
  }
}

TEST(Broadcast, JoinedToAGateHoldsItsSenderForNobody) {
  virtual_hub hub;
  auto from = weir::gate<int>();
  auto to = weir::broadcast<int>();
  EXPECT_TRUE(weir::redirect(std::move(from.rx), std::move(to.tx)));
  auto sending = weir::spawn([&from] { return from.tx.send(1); });
  weir::yield();
  EXPECT_TRUE(sending.done());
}

TEST(Broadcast, JoinedToAValueGivesItsLastStateOnceAfterTheClose) {
  virtual_hub hub;
  auto from = weir::value<int>();
  auto to = weir::broadcast<int>();
  EXPECT_TRUE(weir::redirect(std::move(from.rx), std::move(to.tx)));
  EXPECT_TRUE(from.tx.send(1));
  from.tx.close();
  EXPECT_EQ(to.rx.recv(), 1);
  EXPECT_EQ(error_of(to.rx.recv()), errc::closed);
}

TEST(Dealer, MayBeIteratedAndSelectedFrom) {
  virtual_hub hub;
  auto [tx, rx] = weir::dealer<int>();
  auto other = weir::pipe<int>();
  auto selecting = weir::spawn([&] { return weir::select(other.rx, rx); });
  EXPECT_TRUE(tx.send(1));
  EXPECT_EQ(std::get<1>(selecting.await().value()), 1);
  auto sending = weir::spawn([&tx] {
    EXPECT_TRUE(tx.send(2));
    tx.close();
  });
  std::vector<int> got;
  for (int message : rx) got.push_back(message);
  EXPECT_EQ(got, std::vector{2});
  EXPECT_EQ(rx.error(), errc::closed);
}

}  // namespace
}  // namespace weir::testing
