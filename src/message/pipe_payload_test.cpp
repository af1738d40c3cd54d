// SPDX-License-Identifier: MIT
// Tests of what a pipe can carry, and of what becomes of a message whose moving or copying throws.
#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <weir/hub.hpp>
#include <weir/pipe.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
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

/// Sends one message each way a message can go, receiver first and sender first; returns both.
template <class T>
std::pair<T, T> sent_both_ways(T first, T second) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<T>();
  auto sending = weir::spawn([&tx, &first] { return tx.send(std::move(first)); });
  auto one = rx.recv();
  EXPECT_TRUE(sending.await());
  auto receiving = weir::spawn([&rx] { return rx.recv(); });
  EXPECT_TRUE(tx.send(std::move(second)));
  auto two = receiving.await();
  return {std::move(one).value(), std::move(two).value()};
}

TEST(PipePayload, MayBeMoveOnly) {
  const auto [one, two] = sent_both_ways(std::make_unique<int>(1), std::make_unique<int>(2));
  EXPECT_EQ(*one, 1);
  EXPECT_EQ(*two, 2);
}

TEST(PipePayload, MayOnlyClaimToBeCopyable) {
  std::vector<std::unique_ptr<int>> first;
  first.push_back(std::make_unique<int>(1));
  const auto [one, two] = sent_both_ways(std::move(first), std::vector<std::unique_ptr<int>>(3));
  EXPECT_EQ(*one.at(0), 1);
  EXPECT_EQ(two.size(), 3U);
}

TEST(PipePayload, MayBeLarge) {
  using large = std::array<std::size_t, 4096>;
  large first{};
  for (std::size_t i = 0; i < first.size(); ++i) first[i] = i;
  large second{};
  second.fill(7);
  const auto [one, two] = sent_both_ways(first, second);
  EXPECT_EQ(one, first);
  EXPECT_EQ(two, second);
}

TEST(PipePayload, MayBeAnErrorCodeABoolOrAFunction) {
  const auto code = std::make_error_code(std::errc::io_error);
  const auto codes = sent_both_ways<std::error_code>(code, errc::closed);
  EXPECT_EQ(codes.first, code);
  EXPECT_EQ(codes.second, errc::closed);
  const auto bools = sent_both_ways(false, true);
  EXPECT_FALSE(bools.first);
  EXPECT_TRUE(bools.second);
  const auto functions = sent_both_ways<std::function<int()>>([] { return 1; }, [] { return 2; });
  EXPECT_EQ(functions.first(), 1);
  EXPECT_EQ(functions.second(), 2);
}

TEST(PipePayload, MayBeTheEndOfAnotherPipe) {
  virtual_hub hub;
  auto inner = weir::pipe<int>();
  auto [tx, rx] = weir::pipe<weir::receiver<int>>();
  auto sending = weir::spawn([&tx, &inner] {
    EXPECT_TRUE(tx.send(std::move(inner.rx)));
    EXPECT_TRUE(inner.tx.send(5));
  });
  auto received = rx.recv();
  ASSERT_TRUE(received);
  EXPECT_EQ(received->recv(), 5);
  EXPECT_TRUE(sending.await());
}

TEST(PipePayload, IsCopiedWhereTheSenderKeepsIt) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<std::string>();
  const std::string message = "a message too long to be kept within the string itself";
  auto sending = weir::spawn([&tx, &message] {
    EXPECT_TRUE(tx.send(message));
    EXPECT_TRUE(tx.send(message));
    EXPECT_TRUE(tx.try_send(message));
  });
  EXPECT_EQ(rx.recv(), message);
  EXPECT_EQ(rx.recv(), message);
  EXPECT_EQ(rx.recv(), message);
  EXPECT_TRUE(sending.await());
}

/// Counts its moves and copies.
struct moves_counted {
  int moves = 0;
  int copies = 0;

  moves_counted() = default;
  moves_counted(const moves_counted& other) noexcept
      : moves(other.moves), copies(other.copies + 1) {}
  moves_counted(moves_counted&& other) noexcept : moves(other.moves + 1), copies(other.copies) {}
  moves_counted& operator=(const moves_counted& other) = delete;
  moves_counted& operator=(moves_counted&& other) noexcept {
    moves = other.moves + 1;
    copies = other.copies;
    return *this;
  }
  ~moves_counted() = default;
};

TEST(PipePayload, IsMovedOnceFromTheSenderStraightIntoTheReceiversResult) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<moves_counted>();
  auto sending = weir::spawn([&tx] {
    EXPECT_TRUE(tx.send(moves_counted()));
    EXPECT_TRUE(
        tx.pass(moves_counted()));  // one move into the result that is passed, one out of it
    EXPECT_TRUE(tx.send(moves_counted()));
  });
  EXPECT_EQ(rx.recv()->moves, 1);
  EXPECT_EQ(rx.recv()->moves, 2);
  settle();
  EXPECT_EQ(rx.try_recv()->moves, 1);
  EXPECT_TRUE(sending.await());

  moves_counted kept;
  int moves = 0;
  int copies = 0;
  auto receiving = weir::spawn([&rx, &moves, &copies] {
    const auto received = rx.recv();
    moves = received->moves;
    copies = received->copies;
  });
  EXPECT_TRUE(tx.send(std::move(kept)));
  EXPECT_EQ(moves, 1);
  EXPECT_EQ(copies, 0);
  EXPECT_TRUE(receiving.await());
}

/// Throws when it is moved or copied as long as `armed` says so. Tells where a value is: one that
/// was moved from is empty.
class fragile {
 public:
  static inline bool armed = false;

  explicit fragile(int value) : value_(std::make_unique<int>(value)) {}
  fragile(fragile&& other) : value_((break_if_armed(), std::move(other.value_))) {}
  fragile(const fragile& other)
      : value_((break_if_armed(), std::make_unique<int>(*other.value_))) {}
  fragile& operator=(fragile&& other) {
    break_if_armed();
    value_ = std::move(other.value_);
    return *this;
  }
  fragile& operator=(const fragile& other) {
    break_if_armed();
    value_ = std::make_unique<int>(*other.value_);
    return *this;
  }
  ~fragile() = default;

  /// 0: it was moved from.
  [[nodiscard]] int value() const noexcept { return value_ == nullptr ? 0 : *value_; }

 private:
  static void break_if_armed() {
    if (armed) throw std::runtime_error("fragile");
  }
  std::unique_ptr<int> value_;
};

class PipePayloadThatThrows : public testing::Test {
 protected:
  void TearDown() override { fragile::armed = false; }

  virtual_hub hub_;
  weir::sender<fragile> tx_;
  weir::receiver<fragile> rx_;
  PipePayloadThatThrows() {
    auto made = weir::pipe<fragile>();
    tx_ = std::move(made.tx);
    rx_ = std::move(made.rx);
  }

  /// A receiver waits; `send` throws, and the receiver goes on waiting, until a message that does
  /// not throw comes.
  template <class Send>
  void expect_throw_in_sender(Send send) {
    auto receiving = weir::spawn([this] { return rx_.recv()->value(); });
    const auto before = held_now();
    fragile::armed = true;
    EXPECT_THROW(send(), std::runtime_error);
    fragile::armed = false;
    EXPECT_EQ(held_now(), before);
    EXPECT_FALSE(receiving.done());
    EXPECT_EQ(error_of(rx_.try_recv()), errc::busy);  // it waits
    EXPECT_TRUE(tx_.send(fragile(99)));
    EXPECT_EQ(receiving.await(), 99);
  }

  /// A sender waits; the receiver's call throws, and the sender goes on waiting with its message.
  template <class Send>
  void expect_throw_in_receiver(Send send) {
    auto sending = weir::spawn(send);
    const auto before = held_now();
    fragile::armed = true;
    EXPECT_THROW(static_cast<void>(rx_.recv()), std::runtime_error);
    EXPECT_THROW(static_cast<void>(rx_.recv(0s)), std::runtime_error);
    EXPECT_THROW(static_cast<void>(rx_.try_recv()), std::runtime_error);
    fragile::armed = false;
    EXPECT_EQ(held_now(), before);
    EXPECT_FALSE(sending.done());
    EXPECT_EQ(error_of(tx_.try_send(fragile(98))), errc::busy);  // it waits
    EXPECT_EQ(rx_.recv()->value(), 5);
    EXPECT_TRUE(sending.await());
  }
};

TEST_F(PipePayloadThatThrows, WhenMovedByTheSenderStaysWithItAndTheReceiverGoesOnWaiting) {
  fragile message(5);
  expect_throw_in_sender([this, &message] { static_cast<void>(tx_.send(std::move(message))); });
  EXPECT_EQ(message.value(), 5);
  expect_throw_in_sender([this, &message] { static_cast<void>(tx_.try_send(std::move(message))); });
  EXPECT_EQ(message.value(), 5);
}

TEST_F(PipePayloadThatThrows, WhenCopiedByTheSenderStaysWithItAndTheReceiverGoesOnWaiting) {
  const fragile message(5);
  expect_throw_in_sender([this, &message] { static_cast<void>(tx_.send(message)); });
  expect_throw_in_sender([this, &message] { static_cast<void>(tx_.try_send(message)); });
  EXPECT_EQ(message.value(), 5);
}

TEST_F(PipePayloadThatThrows, WhenPassedByTheSenderStaysWithItAndTheReceiverGoesOnWaiting) {
  weir::result<fragile> message(std::in_place, 5);
  expect_throw_in_sender([this, &message] { static_cast<void>(tx_.pass(std::move(message))); });
  ASSERT_TRUE(message);
  EXPECT_EQ(message->value(), 5);
}

TEST_F(PipePayloadThatThrows, WhenMovedByTheReceiverStaysWithTheSenderWhoGoesOnWaiting) {
  fragile message(5);
  expect_throw_in_receiver([this, &message] { return tx_.send(std::move(message)); });
  EXPECT_EQ(message.value(), 0);
}

TEST_F(PipePayloadThatThrows, WhenCopiedByTheReceiverStaysWithTheSenderWhoGoesOnWaiting) {
  const fragile message(5);
  expect_throw_in_receiver([this, &message] { return tx_.send(message); });
  EXPECT_EQ(message.value(), 5);
}

TEST_F(PipePayloadThatThrows, WhenPassedToTheReceiverStaysWithTheSenderWhoGoesOnWaiting) {
  weir::result<fragile> message(std::in_place, 5);
  expect_throw_in_receiver([this, &message] { return tx_.pass(std::move(message)); });
  ASSERT_TRUE(message);
  EXPECT_EQ(message->value(), 0);
}

TEST_F(PipePayloadThatThrows, MayStillBeTakenBackByATimeoutAfterwards) {
  fragile message(5);
  auto sending = weir::spawn([this, &message] { return tx_.send(std::move(message), 10ms); });
  fragile::armed = true;
  EXPECT_THROW(static_cast<void>(rx_.recv()), std::runtime_error);
  fragile::armed = false;
  EXPECT_EQ(error_of(sending.await()), errc::timed_out);
  EXPECT_EQ(message.value(), 5);
}

}  // namespace
