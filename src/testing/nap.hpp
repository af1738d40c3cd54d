// SPDX-License-Identifier: MIT
// A function that only takes time.
#pragma once

#include <chrono>

#include <weir/sleep.hpp>

namespace weir::testing {

inline auto nap(std::chrono::nanoseconds length) {
  return [length] { return sleep(length); };
}

}  // namespace weir::testing
