// SPDX-License-Identifier: MIT
// Code that runs in a task that has been cancelled.
#pragma once

#include <gtest/gtest.h>

#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/task.hpp>

namespace weir::testing {

/// Calls `function` in a task that has been cancelled.
template <class Function>
void in_cancelled_task(Function function) {
  auto task = weir::spawn([function] {
    weir::yield();
    function();
  });
  task.cancel();
  EXPECT_TRUE(task.await());
}

}  // namespace weir::testing
