// SPDX-License-Identifier: MIT
// Counting the processors that may be used.
#include "os/processors.hpp"

#include <thread>

#include <gtest/gtest.h>
#include <sched.h>

namespace {

TEST(Processors, ThereIsAtLeastOneAndNoMoreThanTheMachineHas) {
  const std::size_t usable = weir::os::usable_processors();
  EXPECT_GE(usable, 1U);
  EXPECT_LE(usable, std::thread::hardware_concurrency());
}

TEST(Processors, AThreadBoundToOneUsesOne) {
  std::size_t usable = 0;
  std::thread([&usable] {
    cpu_set_t mask;
    CPU_ZERO(&mask);
    CPU_SET(static_cast<unsigned>(::sched_getcpu()), &mask);
    ASSERT_EQ(::sched_setaffinity(0, sizeof mask, &mask), 0);
    usable = weir::os::usable_processors();
  }).join();
  EXPECT_EQ(usable, 1U);
}

}  // namespace
