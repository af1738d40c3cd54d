// SPDX-License-Identifier: MIT
// Where a hub gets its time from; tests give it a virtual one.
#pragma once

#include <chrono>

#include <weir/until.hpp>

namespace weir::detail {

class clock {
 public:
  virtual ~clock() = default;
  [[nodiscard]] virtual time_point now() noexcept = 0;
  /// For a virtual clock: moves time on by `ahead`, as nothing else would; a real one says false.
  [[nodiscard]] virtual bool leap(std::chrono::nanoseconds ahead) noexcept = 0;
};

/// CLOCK_MONOTONIC, clock_gettime(2).
class monotonic_clock final : public clock {
 public:
  [[nodiscard]] time_point now() noexcept override { return std::chrono::steady_clock::now(); }
  [[nodiscard]] bool leap(std::chrono::nanoseconds /*ahead*/) noexcept override { return false; }
};

}  // namespace weir::detail
