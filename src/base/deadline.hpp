// SPDX-License-Identifier: MIT
// One deadline for a call that may wait several times.
#pragma once

#include <chrono>

#include <weir/until.hpp>

namespace weir::detail {

/// A duration that began at `start` becomes the time point it ends at; others stay.
[[nodiscard]] inline until counted_from(time_point start, until limit) noexcept {
  if (!limit.relative()) return limit;
  const std::chrono::nanoseconds length(limit.nanoseconds());
  if (time_point::max() - start < length) return limit.with_time({});
  return limit.with_time(start + length);
}

/// A duration that begins now becomes the time point it ends at; others stay. Reads the clock.
[[nodiscard]] inline until fixed(until limit) noexcept {
  return limit.relative() && limit.nanoseconds() > 0 ? counted_from(now(), limit) : limit;
}

}  // namespace weir::detail
