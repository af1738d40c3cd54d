// SPDX-License-Identifier: MIT
// Waiting for what another thread or a signal is to do, so that a test fails where it is not done.
#pragma once

#include <chrono>
#include <thread>

namespace weir::testing {

/// Lets others run until `condition` holds. False if it does not within half a minute, which no
/// test that passes waits for. Calls the system between two looks, as a thread has to now and then
/// for ThreadSanitizer to hand out signals.
template <class Condition, class LetRun = void (*)() noexcept>
[[nodiscard]] bool comes_true(Condition condition, LetRun let_run = std::this_thread::yield) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    let_run();
  }
  return true;
}

}  // namespace weir::testing
