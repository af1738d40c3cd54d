// SPDX-License-Identifier: MIT
// One deadline for a call that may wait several times.
#pragma once

#include <weir/until.hpp>

namespace weir::detail {

/// A duration becomes the time point it ends at; others stay. Reads the clock.
[[nodiscard]] inline until fixed(until limit) noexcept {
  if (!limit.relative() || limit.nanoseconds() == 0) return limit;
  const std::chrono::nanoseconds length(limit.nanoseconds());
  const time_point start = now();
  if (time_point::max() - start < length) return {};
  return start + length;
}

}  // namespace weir::detail
