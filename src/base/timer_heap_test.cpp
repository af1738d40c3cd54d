// SPDX-License-Identifier: MIT
// The timer heap against a plain ordered map.
#include "base/timer_heap.hpp"

#include <cstdint>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "testing/random_schedule.hpp"

namespace {

using weir::detail::timer;
using weir::detail::timer_heap;

timer& pop(timer_heap& heap) {
  timer& earliest = heap.front();
  heap.remove(earliest);
  return earliest;
}

TEST(TimerHeap, HandsOutTheEarliestDeadlineFirst) {
  std::vector<timer> timers(5);
  timer_heap heap;
  heap.insert(timers[0], 30);
  heap.insert(timers[1], -10);
  heap.insert(timers[2], 20);
  heap.insert(timers[3], std::numeric_limits<std::int64_t>::max());
  heap.insert(timers[4], std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(heap.earliest(), std::numeric_limits<std::int64_t>::min());
  for (const std::size_t expected : {4U, 1U, 2U, 0U, 3U}) {
    EXPECT_EQ(&pop(heap), &timers[expected]);
  }
  EXPECT_TRUE(heap.empty());
}

TEST(TimerHeap, EqualDeadlinesKeepTheOrderOfInsertion) {
  std::vector<timer> timers(1000);
  timer_heap heap;
  for (timer& each : timers) heap.insert(each, 7);
  for (timer& each : timers) EXPECT_EQ(&pop(heap), &each);
}

TEST(TimerHeap, ATimerKnowsWhetherItIsArmed) {
  timer only;
  timer_heap heap;
  EXPECT_FALSE(only.armed());
  heap.insert(only, 1);
  EXPECT_TRUE(only.armed());
  heap.remove(only);
  EXPECT_FALSE(only.armed());
}

/// A map from deadline and order of insertion to the timer's number: what the heap must equal.
class model {
 public:
  void insert(std::size_t number, std::int64_t when) {
    keys_[number] = {when, inserted_++};
    timers_[keys_[number]] = number;
  }
  void remove(std::size_t number) { timers_.erase(keys_[number]); }
  [[nodiscard]] std::size_t first() const { return timers_.begin()->second; }
  [[nodiscard]] std::int64_t earliest() const { return timers_.begin()->first.first; }
  [[nodiscard]] std::size_t size() const { return timers_.size(); }

 private:
  using key = std::pair<std::int64_t, std::uint64_t>;
  std::map<key, std::size_t> timers_;
  std::map<std::size_t, key> keys_;
  std::uint64_t inserted_ = 0;
};

void expect_equal(const timer_heap& heap, const model& expected, const std::vector<timer>& timers) {
  ASSERT_EQ(heap.size(), expected.size());
  if (heap.empty()) return;
  ASSERT_EQ(heap.earliest(), expected.earliest());
  ASSERT_EQ(&heap.front(), &timers[expected.first()]);
}

void run_random_steps(std::uint64_t seed, std::size_t timer_count, std::size_t deadlines) {
  weir::testing::random_schedule random(seed);
  std::vector<timer> timers(timer_count);
  timer_heap heap;
  heap.reserve(timer_count);
  model expected;
  const std::size_t steps = weir::testing::scaled(20'000);
  for (std::size_t step = 0; step < steps; ++step) {
    const std::size_t number = random.below(timer_count);
    if (!timers[number].armed()) {
      const auto when = static_cast<std::int64_t>(random.below(deadlines));
      heap.insert(timers[number], when);
      expected.insert(number, when);
    } else if (random.once_in(2)) {
      heap.remove(timers[number]);
      expected.remove(number);
    } else {
      heap.remove(timers[expected.first()]);
      expected.remove(expected.first());
    }
    ASSERT_NO_FATAL_FAILURE(expect_equal(heap, expected, timers)) << "step " << step;
  }
  while (!heap.empty()) {
    ASSERT_EQ(&pop(heap), &timers[expected.first()]);
    expected.remove(expected.first());
  }
}

TEST(TimerHeap, AgreesWithAPlainModelOverRandomSteps) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    run_random_steps(seed, 10, 5);
    run_random_steps(seed, 300, 20);         // many equal deadlines
    run_random_steps(seed, 300, 1'000'000);  // hardly any
  }
}

}  // namespace
