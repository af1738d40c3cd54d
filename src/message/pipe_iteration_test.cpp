// SPDX-License-Identifier: MIT
// Tests of what iteration over a receiver does with its messages.
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <weir/pipe.hpp>
#include <weir/spawn.hpp>
#include <weir/task.hpp>
#include <weir/testing.hpp>

namespace {

using ::testing::ElementsAre;
using weir::testing::settle;
using weir::testing::virtual_hub;

/// A task that sends messages made of 1, 2 and 3.
template <class T>
weir::task<> send_three(weir::sender<T> tx) {
  return weir::spawn([tx = std::move(tx)]() mutable {
    for (int number = 1; number <= 3; ++number) EXPECT_TRUE(tx.send(T(number)));
  });
}

struct not_assignable {
  explicit not_assignable(int number) : value(number) {}
  const int value;
};
static_assert(!std::is_move_assignable_v<not_assignable>);

TEST(PipeIteration, DoesWithoutAssigningMessages) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<not_assignable>();
  auto sending = send_three(std::move(tx));
  std::vector<int> received;
  for (const not_assignable& each : rx) received.push_back(each.value);
  EXPECT_THAT(received, ElementsAre(1, 2, 3));
}

/// Its assignment always throws, its move when told to.
struct fragile_number {
  static inline bool armed = false;

  explicit fragile_number(int number) : value(number) {}
  fragile_number(fragile_number&& other) noexcept(false) : value(other.value) {
    if (std::exchange(armed, false)) throw std::runtime_error("fragile_number");
  }
  fragile_number& operator=(fragile_number&& /*other*/) noexcept(false) {
    throw std::runtime_error("assigned");
  }
  ~fragile_number() = default;
  int value;
};

TEST(PipeIteration, LosesNoMessageWhoseAssignmentThrows) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<fragile_number>();
  auto sending = send_three(std::move(tx));
  std::vector<int> received;
  for (const fragile_number& each : rx) received.push_back(each.value);
  EXPECT_THAT(received, ElementsAre(1, 2, 3));
}

TEST(PipeIteration, LeavesAMessageWhoseMoveThrowsToTheNextOne) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<fragile_number>();
  auto sending = send_three(std::move(tx));
  std::vector<int> received;
  const auto iterate = [&from = rx, &received](bool armed) {
    for (const fragile_number& each : from) {
      received.push_back(each.value);
      settle();  // the next message is waiting, and moved by who receives it
      fragile_number::armed = armed;
    }
  };
  EXPECT_THROW(iterate(true), std::runtime_error);
  EXPECT_THAT(received, ElementsAre(1));
  iterate(false);
  EXPECT_THAT(received, ElementsAre(1, 2, 3));
}

TEST(PipeIteration, DestroysAMessageBeforeItWaitsForTheNext) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<std::shared_ptr<int>>();
  auto receiving = weir::spawn([&from = rx] {
    int count = 0;
    for (const auto& each : from) count += *each;
    return count;
  });
  for (int number = 1; number <= 3; ++number) {
    auto message = std::make_shared<int>(number);
    const std::weak_ptr<int> watched = message;
    EXPECT_TRUE(tx.send(std::move(message)));
    settle();
    EXPECT_TRUE(watched.expired());
  }
  EXPECT_TRUE(tx.close());
  EXPECT_EQ(receiving.await(), 6);
}

}  // namespace
