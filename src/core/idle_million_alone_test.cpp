// SPDX-License-Identifier: MIT
// A million tasks that wait at once, each on a guarded stack.
#include <cstddef>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include <weir/hub.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/wait.hpp>

#include "core/hub_core.hpp"
#include "testing/guard_probe.hpp"

namespace {

constexpr std::size_t count = 1'000'000;
constexpr std::size_t most_bytes_each = 4800;

/// Bytes of memory and of page tables that this process has.
std::size_t memory_in_use() {
  std::ifstream status("/proc/self/status");
  std::size_t kib = 0;
  for (std::string line; std::getline(status, line);) {
    for (const char* counted : {"VmRSS:", "VmPTE:"}) {
      if (line.starts_with(counted)) kib += std::stoul(line.substr(6));
    }
  }
  return kib * 1024;
}

/// How many tasks have no guard right below their stack.
std::size_t unguarded_count() {
  const weir::testing::guard_probe probe;
  const auto& alive = weir::detail::hub_core::here().alive;
  std::size_t unguarded = 0;
  for (const auto* task = alive.first(); task != nullptr; task = alive.after(*task)) {
    if (task->stack == nullptr) continue;  // the thread's
    if (!probe.guarded(task->stack->limit() - 1)) ++unguarded;
  }
  return unguarded;
}

TEST(IdleMillion, TasksWaitAtOnceOnGuardedStacksInLittleMemoryAndAllAreWokenAndEnd) {
  const weir::hub hub;
  weir::waiting_place place;
  std::size_t ended = 0;
  const std::size_t before = memory_in_use();
  for (std::size_t number = 0; number < count; ++number) {
    weir::spawn([&place, &ended] {
      if (weir::wait("test").park(place)) ++ended;
    });
  }
  const std::size_t each = (memory_in_use() - before) / count;
  RecordProperty("bytes_each", static_cast<int>(each));
  EXPECT_LE(each, most_bytes_each);
  EXPECT_EQ(weir::stats().task_count, count + 1);
  EXPECT_EQ(unguarded_count(), 0U);

  EXPECT_EQ(place.wake_all(), count);
  weir::yield();
  EXPECT_EQ(ended, count);
  EXPECT_EQ(weir::stats().task_count, 1U);
}

}  // namespace
