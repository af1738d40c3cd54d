// SPDX-License-Identifier: MIT
// The virtual counter of aarch64.
#pragma once

#include <cstdint>

namespace weir::detail {

inline std::uint64_t cycle_count() noexcept {
  std::uint64_t count = 0;
  asm volatile("mrs %0, cntvct_el0" : "=r"(count));
  return count;
}

inline std::uint64_t assumed_cycles_per_microsecond() noexcept {
  std::uint64_t frequency = 0;
  asm volatile("mrs %0, cntfrq_el0" : "=r"(frequency));
  return frequency / 1'000'000 + 1;
}

}  // namespace weir::detail
