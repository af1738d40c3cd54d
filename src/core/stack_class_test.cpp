// SPDX-License-Identifier: MIT
// Stacks: how they lie, in which order they are reused, when their pages go back to the system.
#include "core/stack_class.hpp"

#include <cerrno>
#include <cstddef>
#include <set>
#include <system_error>
#include <vector>

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <weir/detail/sanitizer.hpp>

#include "core/stack_pool.hpp"
#include "os/mapping.hpp"
#include "testing/guard_probe.hpp"

namespace {

using weir::detail::stack;
using weir::detail::stack_class;
using weir::detail::stack_pool;
using weir::os::guard_kind;

constexpr std::size_t default_size = std::size_t{256} * 1024;
// LeakSanitizer reads the stacks, and would run into markers.
constexpr guard_kind guard =
    weir::detail::address_sanitized ? guard_kind::protection : guard_kind::marker;

stack& take(stack_class& from) {
  std::error_code why;
  stack* const taken = from.take(why);
  EXPECT_NE(taken, nullptr) << why.message();
  return *taken;
}

std::vector<stack*> take_many(stack_class& from, std::size_t count) {
  std::vector<stack*> taken;
  for (std::size_t number = 0; number < count; ++number) taken.push_back(&take(from));
  return taken;
}

/// The usable pages of a stack that are in memory.
std::size_t resident_pages(const stack& counted) {
  const std::size_t page = weir::os::page_size();
  std::size_t resident = 0;
  for (std::byte* at = counted.limit(); at < counted.top; at += page) {
    unsigned char flags = 0;
    if (::mincore(at, page, &flags) == 0) resident += flags & 1U;
  }
  return resident;
}

void touch_all(const stack& touched) {
  for (std::byte* at = touched.limit(); at < touched.top; at += weir::os::page_size()) {
    *static_cast<volatile std::byte*>(at) = std::byte{1};
  }
}

TEST(StackClass, ReusesTheStackFreedLastFirst) {
  stack_class stacks(default_size, guard);
  const auto taken = take_many(stacks, 40);
  for (stack* each : taken) stacks.give_back(*each);
  for (auto expected = taken.rbegin(); expected != taken.rend(); ++expected) {
    EXPECT_EQ(&take(stacks), *expected);
  }
}

TEST(StackClass, StacksDoNotOverlapAndEachEndsInItsGuard) {
  stack_class stacks(default_size, guard);
  const auto taken = take_many(stacks, 100);
  const weir::testing::guard_probe probe;
  std::set<std::byte*> bottoms;
  for (const stack* each : taken) {
    EXPECT_TRUE(bottoms.insert(each->bottom).second);
    EXPECT_GT(each->top, each->limit());
    EXPECT_LE(each->top, each->bottom + default_size);
    EXPECT_EQ(each->limit() - each->bottom, std::ptrdiff_t{64} * 1024);
    EXPECT_TRUE(each->guards(each->bottom));
    EXPECT_TRUE(each->guards(each->limit() - 1));
    EXPECT_FALSE(each->guards(each->limit()));
    for (std::byte* page = each->bottom; page < each->limit(); page += weir::os::page_size()) {
      EXPECT_TRUE(probe.guarded(page));
    }
    EXPECT_FALSE(probe.guarded(each->limit()));
    EXPECT_FALSE(each->guards(each->bottom - 1));
  }
  for (auto next = bottoms.begin(), last = next++; next != bottoms.end(); last = next++) {
    EXPECT_GE(*next - *last, static_cast<std::ptrdiff_t>(default_size));
  }
}

TEST(StackClass, ItsTopsLieAtSixteenOffsetsSoThatTheyDoNotShareCacheLines) {
  stack_class stacks(default_size, guard);
  std::set<std::ptrdiff_t> offsets;
  for (const stack* each : take_many(stacks, 64)) {
    offsets.insert(each->bottom + default_size - each->top);
  }
  EXPECT_EQ(offsets.size(), 16U);
}

TEST(StackClass, CommitsOnlyWhatIsTouched) {
  stack_class stacks(default_size, guard);
  const stack& fresh = take(stacks);
  EXPECT_EQ(resident_pages(fresh), 0U);
  *static_cast<volatile std::byte*>(fresh.top - 1) = std::byte{1};
  EXPECT_EQ(resident_pages(fresh), 1U);
}

TEST(StackClass, GivesThePagesOfDeepStacksBackButKeepsTheTopAndAFewWarmOnes) {
  stack_class stacks(default_size, guard);
  const auto taken = take_many(stacks, 50);
  for (stack* each : taken) touch_all(*each);
  for (stack* each : taken) stacks.give_back(*each);
  EXPECT_TRUE(stacks.trimmable());
  while (stacks.trimmable()) stacks.trim(8);
  std::size_t deep = 0;
  for (const stack* each : taken) {
    const std::size_t resident = resident_pages(*each);
    EXPECT_GE(resident, 1U);
    deep += resident > 1 ? 1U : 0U;
  }
  EXPECT_EQ(deep, 17U);
  // Those freed last stay warm, and are reused first.
  for (const stack* each : take_many(stacks, 17)) EXPECT_GT(resident_pages(*each), 1U);
}

TEST(StackClass, GivesBackAPageThatWasTouchedAnywhereInALargeStack) {
  stack_class stacks(std::size_t{4} << 20U, guard);
  const auto taken = take_many(stacks, 20);
  for (const stack* each : taken) {
    *static_cast<volatile std::byte*>(each->top - 1) = std::byte{1};
    *static_cast<volatile std::byte*>(each->top - 3 * weir::os::page_size()) = std::byte{1};
  }
  for (stack* each : taken) stacks.give_back(*each);
  while (stacks.trimmable()) stacks.trim(64);
  EXPECT_EQ(resident_pages(*taken.front()), 1U);
}

TEST(StackClass, HasNothingToTrimWhenAllStacksAreInUse) {
  stack_class stacks(default_size, guard);
  for (stack* each : take_many(stacks, 50)) stacks.give_back(*each);
  EXPECT_TRUE(stacks.trimmable());
  take_many(stacks, 50);
  EXPECT_FALSE(stacks.trimmable());
}

TEST(StackClass, TrimsNoMoreThanItIsAskedTo) {
  stack_class stacks(default_size, guard);
  const auto taken = take_many(stacks, 50);
  for (stack* each : taken) touch_all(*each);
  for (stack* each : taken) stacks.give_back(*each);
  stacks.trim(3);
  std::size_t trimmed = 0;
  for (const stack* each : taken) trimmed += resident_pages(*each) == 1 ? 1U : 0U;
  EXPECT_EQ(trimmed, 3U);
}

TEST(StackClass, TrimmedStacksAreReusedBeforeNewOnesAreMade) {
  stack_class stacks(default_size, guard);
  const auto taken = take_many(stacks, 50);
  const std::set<stack*> known(taken.begin(), taken.end());
  for (stack* each : taken) stacks.give_back(*each);
  while (stacks.trimmable()) stacks.trim(64);
  for (stack* each : take_many(stacks, 50)) {
    EXPECT_TRUE(known.contains(each));
    touch_all(*each);  // the guard is where it was, and nowhere else
  }
}

bool is_mapped(std::byte* page) {
  unsigned char resident = 0;
  return ::mincore(page, weir::os::page_size(), &resident) == 0 || errno != ENOMEM;
}

TEST(StackClass, UnmapsItsStacksButThoseThatWereLeaked) {
  std::byte* gone = nullptr;
  std::byte* leaked = nullptr;
  {
    stack_class stacks(default_size, guard);
    const auto taken = take_many(stacks, 20);  // more than the first mapping holds
    gone = taken.front()->limit();
    leaked = taken.back()->limit();
    stacks.leak(*taken.back());
  }
  EXPECT_FALSE(is_mapped(gone));
  EXPECT_TRUE(is_mapped(leaked));
}

std::size_t size_got(stack_pool& pool, std::size_t asked) {
  std::error_code why;
  const stack* const taken = pool.take(asked, why);
  if (taken == nullptr) return 0;
  return taken->owner->size();
}

TEST(StackPool, SizesAreRoundedUpToAPowerOfTwo) {
  stack_pool pool(default_size, guard);
  constexpr std::size_t kib = 1024;
  EXPECT_EQ(size_got(pool, 0), 256 * kib);
  EXPECT_EQ(size_got(pool, 256 * kib), 256 * kib);
  EXPECT_EQ(size_got(pool, 1), 128 * kib);  // the guard and as much again
  EXPECT_EQ(size_got(pool, 129 * kib), 256 * kib);
  EXPECT_EQ(size_got(pool, 1025 * kib), 2048 * kib);
  EXPECT_EQ(stack_pool(100 * kib, guard).default_size(), 128 * kib);
}

TEST(StackPool, GivesAStackBackToItsClass) {
  stack_pool pool(default_size, guard);
  std::error_code why;
  stack* const large = pool.take(std::size_t{1} << 20U, why);
  stack* const normal = pool.take(0, why);
  ASSERT_NE(large, nullptr);
  ASSERT_NE(normal, nullptr);
  stack_pool::give_back(*large);
  stack_pool::give_back(*normal);
  EXPECT_EQ(pool.take(0, why), normal);
  EXPECT_EQ(pool.take(std::size_t{1} << 20U, why), large);
}

}  // namespace
