// SPDX-License-Identifier: MIT
// How many processors this thread may really use.
#pragma once

#include <cstddef>

namespace weir::os {

/// Processors in this thread's affinity mask, and in the quota of its control group (cpu.max of
/// cgroup v2, rounded down; at least 1). sched_getaffinity(2).
[[nodiscard]] std::size_t usable_processors() noexcept;

}  // namespace weir::os
