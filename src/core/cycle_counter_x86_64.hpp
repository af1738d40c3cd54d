// SPDX-License-Identifier: MIT
// The time-stamp counter of x86-64.
#pragma once

#include <cstdint>

namespace weir::detail {

inline std::uint64_t cycle_count() noexcept { return __builtin_ia32_rdtsc(); }
/// Until its rate is known; it matters little when it is wrong.
inline std::uint64_t assumed_cycles_per_microsecond() noexcept { return 2000; }

}  // namespace weir::detail
