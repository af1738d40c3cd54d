// SPDX-License-Identifier: MIT
// One thread waits, others ring.
#include "os/wake_up.hpp"

#include <atomic>
#include <cerrno>
#include <thread>

#include <gtest/gtest.h>

namespace weir::testing {
namespace {

using std::chrono::steady_clock;

TEST(WakeUp, ARingThatComesFirstIsKept) {
  os::wake_up bell;
  bell.ring();
  bell.wait({});
}

TEST(WakeUp, ARingEndsAWait) {
  os::wake_up bell;
  std::atomic<bool> rung = false;
  std::thread ringer([&bell, &rung] {
    rung = true;
    bell.ring();
  });
  bell.wait({});
  EXPECT_TRUE(rung);
  ringer.join();
}

TEST(WakeUp, AWaitEndsWhenItsTimeHasCome) {
  os::wake_up bell;
  const auto end = steady_clock::now() + std::chrono::milliseconds(2);
  bell.wait(end);
  EXPECT_GE(steady_clock::now(), end);
}

TEST(WakeUp, ARingLeavesErrnoAlone) {
  os::wake_up bell;
  errno = EDOM;
  bell.ring();
  EXPECT_EQ(errno, EDOM);
}

}  // namespace
}  // namespace weir::testing
