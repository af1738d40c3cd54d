// SPDX-License-Identifier: MIT
// Tests of what only stalks do: looking before taking.
#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <weir/testing.hpp>
#include <weir/weir.hpp>

#include "testing/errors.hpp"
#include "testing/holdings.hpp"

namespace weir::testing {
namespace {

using namespace std::chrono_literals;

template <class T>
std::vector<T> contents(weir::stalk_receiver<T>& of) {
  return {of.begin(), of.end()};
}

TEST(Stalk, ShowsABatchAndLetsTheProducerGoOnWhenItIsRemoved) {
  virtual_hub hub;
  auto [tx, rx] = weir::stalk<int>(3);
  int reached = 0;
  auto receiving = weir::spawn([&rx] { return rx.recv(); });
  auto producing = weir::spawn([&tx, &reached] {
    for (int i = 1; i <= 5; ++i) {
      reached = i;
      EXPECT_TRUE(tx.send(i));
    }
  });
  EXPECT_EQ(receiving.await(), 3U);  // it was woken by the first, and sees all that came since
  EXPECT_EQ(contents(rx), (std::vector{1, 2, 3}));
  EXPECT_EQ(rx.recv(), 3U);  // nothing was taken
  EXPECT_EQ(reached, 4);
  EXPECT_TRUE(rx.remove(2));
  EXPECT_EQ(contents(rx), (std::vector{3, 4}));
  EXPECT_EQ(reached, 4);
  weir::yield();
  EXPECT_EQ(reached, 5);
  EXPECT_TRUE(producing.await());
  EXPECT_EQ(rx.size(), 3U);
}

TEST(Stalk, RemovesNoMoreThanIsThere) {
  virtual_hub hub;
  auto [tx, rx] = weir::stalk<int>(3);
  EXPECT_TRUE(rx.remove(0));
  EXPECT_EQ(error_of(rx.remove(1)), std::errc::invalid_argument);
  EXPECT_TRUE(tx.send(1));
  EXPECT_EQ(error_of(rx.remove(2)), std::errc::invalid_argument);
  EXPECT_EQ(rx.size(), 1U);
}

TEST(Stalk, KeepsAnErrorInItsPlace) {
  virtual_hub hub;
  auto [tx, rx] = weir::stalk<int>(4);
  EXPECT_TRUE(tx.send(1));
  EXPECT_TRUE(tx.error(some_error));
  EXPECT_TRUE(tx.send(2));
  EXPECT_TRUE(tx.send(3));
  EXPECT_EQ(rx.recv(), 1U);
  EXPECT_EQ(rx.size(), 1U);
  EXPECT_EQ(contents(rx), std::vector{1});
  EXPECT_EQ(error_of(rx.remove(2)), std::errc::invalid_argument);
  EXPECT_TRUE(rx.remove(1));
  EXPECT_EQ(error_of(rx.recv()), some_error);
  EXPECT_EQ(rx.recv(), 2U);
  EXPECT_EQ(contents(rx), (std::vector{2, 3}));
}

TEST(Stalk, StaysValidUnderIterationWhileTheSenderAdds) {
  virtual_hub hub;
  auto [tx, rx] = weir::stalk<std::string>(4);
  EXPECT_TRUE(tx.send("a"));
  EXPECT_TRUE(tx.send("b"));
  auto adding = weir::spawn([&tx] {
    for (const char* text : {"c", "d", "e"}) {
      weir::yield();
      EXPECT_TRUE(tx.send(text));
    }
  });
  std::vector<std::string> seen;
  for (std::string& text : rx) {
    weir::yield();
    weir::yield();
    seen.push_back(text);
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(rx.size(), 4U);
  EXPECT_TRUE(rx.remove(4));
  EXPECT_TRUE(adding.await());
  EXPECT_EQ(rx.recv(), 1U);
}

TEST(Stalk, NeedsRoom) { EXPECT_THROW(static_cast<void>(weir::stalk<int>(0)), std::logic_error); }

TEST(Stalk, ThatIsClosedWhileItsReceiverWasWokenAndHasNotRunSaysClosed) {
  virtual_hub hub;
  auto [tx, rx] = weir::stalk<int>(2);
  auto receiving = weir::spawn([&rx] { return rx.recv(); });
  EXPECT_TRUE(tx.send(1));
  EXPECT_TRUE(rx.close());
  EXPECT_EQ(error_of(receiving.await()), errc::closed);
  auto other = weir::stalk<int>(2);
  auto waiting = weir::spawn([&other] { return other.rx.recv(); });
  EXPECT_TRUE(other.tx.send(1));
  other.rx = {};
  EXPECT_EQ(error_of(waiting.await()), errc::closed);
}

TEST(Stalk, WhoseMessagesWereRemovedBeforeItsReceiverHasRunLetsItWaitOn) {
  virtual_hub hub;
  auto [tx, rx] = weir::stalk<int>(2);
  auto receiving = weir::spawn([&rx] { return rx.recv(5ms); });
  EXPECT_TRUE(tx.send(1));
  EXPECT_TRUE(rx.remove(1));
  EXPECT_EQ(error_of(rx.recv()), errc::busy);
  EXPECT_EQ(error_of(receiving.await()), errc::timed_out);
}

TEST(Stalk, IsFreeForAnotherReceiverOnceTheWaitOfTheFirstHasTimedOut) {
  virtual_hub hub;
  auto [tx, rx] = weir::stalk<int>(2);
  auto second = weir::spawn([&rx] {
    EXPECT_TRUE(weir::sleep(1ms));  // it times out after this, and runs later in the same pass
    EXPECT_EQ(error_of(rx.try_recv()), errc::would_block);
    return rx.recv();
  });
  auto first = weir::spawn([&rx] { EXPECT_EQ(error_of(rx.recv(1ms)), errc::timed_out); });
  EXPECT_TRUE(weir::sleep(2ms));
  EXPECT_TRUE(tx.send(1));
  EXPECT_EQ(second.await(), 1U);
  EXPECT_TRUE(first.await());
}

TEST(Stalk, CountsWhatIsThereWhenItsReceiverRunsThoughTheSenderHasClosed) {
  virtual_hub hub;
  auto [tx, rx] = weir::stalk<int>(2);
  auto receiving = weir::spawn([&rx] { return rx.recv(); });
  EXPECT_TRUE(tx.send(1));
  EXPECT_TRUE(tx.send(2));
  tx.close();
  EXPECT_EQ(receiving.await(), 2U);
  EXPECT_TRUE(rx.remove(2));
  EXPECT_EQ(error_of(rx.recv()), errc::closed);
}

TEST(Stalk, TellsWhenItIsEmpty) {
  virtual_hub hub;
  auto [tx, rx] = weir::stalk<int>(2);
  EXPECT_TRUE(tx.send(1));
  auto waiting = weir::spawn([&rx] { return rx.empty().recv(); });
  EXPECT_FALSE(waiting.done());
  EXPECT_TRUE(rx.remove(1));
  EXPECT_EQ(waiting.await(), true);
}

TEST(Stalk, MayBeMovedWhileItsReceiverWasWokenForWhatIsGone) {
  virtual_hub hub;
  auto [tx, rx] = weir::stalk<int>(2);
  auto receiving = weir::spawn([&rx] { return rx.recv(); });
  EXPECT_TRUE(tx.send(1));
  auto moved = std::move(rx);
  EXPECT_TRUE(moved.remove(1));
  settle();
  EXPECT_FALSE(receiving.done());
  EXPECT_TRUE(tx.send(2));
  EXPECT_EQ(receiving.await(), 1U);
}

TEST(Stalk, KeepsItsPlaceUnderIterationWhileWhatWasPassedIsRemoved) {
  virtual_hub hub;
  auto [tx, rx] = weir::stalk<int>(4);
  for (int i = 1; i <= 4; ++i) EXPECT_TRUE(tx.send(i));
  std::vector<int> seen;
  for (const int message : rx) {
    seen.push_back(message);
    EXPECT_TRUE(rx.remove(1));
  }
  EXPECT_EQ(seen, (std::vector{1, 2, 3, 4}));
}

TEST(Stalk, ReturnsAnErrorThatWasSentWhateverItIs) {
  virtual_hub hub;
  auto [tx, rx] = weir::stalk<int>(2);
  EXPECT_TRUE(tx.error(errc::would_block));
  EXPECT_EQ(error_of(rx.recv()), errc::would_block);
  auto receiving = weir::spawn([&rx] { return rx.recv(1s); });
  EXPECT_TRUE(tx.error(errc::busy));
  EXPECT_EQ(error_of(receiving.await()), errc::busy);
  EXPECT_EQ(rx.size(), 0U);
}

}  // namespace
}  // namespace weir::testing
