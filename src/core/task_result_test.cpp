// SPDX-License-Identifier: MIT
// Results that park when they are destroyed, or throw when they are moved to where nobody looks.
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/task.hpp>
#include <weir/testing.hpp>

#include "testing/captured_log.hpp"
#include "testing/throws_when_moved.hpp"

namespace {

using weir::testing::throws_when_moved;

class TaskResult : public ::testing::Test {
 protected:
  /// Expects that all that was logged is what a moved result threw, with the id of its task.
  void expect_logged(std::uint64_t id) const {
    const auto messages = log_.messages();
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_TRUE(messages.front().starts_with("task " + std::to_string(id))) << messages.front();
    EXPECT_TRUE(messages.front().ends_with("moved once too often, and nobody awaits it"))
        << messages.front();
  }

 private:
  weir::testing::captured_log log_;
  weir::testing::virtual_hub hub_;
};

/// Parks when it is destroyed, for as long as its successor runs.
class parks_at_its_end {
 public:
  explicit parks_at_its_end(int number) : value_(std::make_unique<int>(number)) {}
  parks_at_its_end(parks_at_its_end&&) noexcept = default;
  parks_at_its_end& operator=(parks_at_its_end&&) = delete;
  ~parks_at_its_end() {
    for (int i = 0; value_ != nullptr && i < 5; ++i) weir::yield();
  }
  /// 0: none any more.
  [[nodiscard]] int value() const noexcept { return value_ == nullptr ? 0 : *value_; }

 private:
  std::unique_ptr<int> value_;
};

TEST_F(TaskResult, MayParkInItsDestructorWhileItsHandleIsAssignedATaskThatEndsMeanwhile) {
  auto task = weir::spawn([] { return parks_at_its_end(1); });
  EXPECT_TRUE(task.done());
  task = weir::spawn([] {
    weir::yield();
    return parks_at_its_end(2);
  });
  EXPECT_TRUE(task.done());
  const auto result = task.await();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->value(), 2);
}

TEST_F(TaskResult, WhoseMoveToTheHandleThrowsIsLoggedWhenNobodyAwaitsIt) {
  std::uint64_t id = 0;
  {
    const auto task = weir::spawn([] { return throws_when_moved(2); });
    EXPECT_TRUE(task.done());
    id = task.id();
  }
  expect_logged(id);
}

TEST_F(TaskResult, WhoseMoveFromHandleToHandleThrowsIsLoggedWhenNobodyAwaitsIt) {
  std::uint64_t id = 0;
  {
    auto task = weir::spawn([] { return throws_when_moved(3); });
    EXPECT_TRUE(task.done());
    const auto moved = std::move(task);
    id = moved.id();
  }
  expect_logged(id);
}

}  // namespace
