// SPDX-License-Identifier: MIT
// Tells when a busy hub is due to look at clock and kernel again, without asking either.
#pragma once

#include <chrono>
#include <cstdint>

#include <weir/until.hpp>

#include "core/cycle_counter.hpp"

namespace weir::detail {

/// Counts the processor's time-stamp counter, whose rate it learns from the hub's clock.
class tick_meter {
 public:
  /// To be called when the hub has looked, with the clock's reading.
  void looked(time_point now) noexcept {
    const std::uint64_t cycles = cycle_count();
    if (started_at_ == time_point{}) {
      started_at_ = now;
      started_cycles_ = cycles;
    } else if (const auto passed = now - started_at_; passed > learning_time) {
      interval_ = static_cast<std::uint64_t>(static_cast<double>(cycles - started_cycles_) /
                                             static_cast<double>(passed.count()) *
                                             static_cast<double>(look_interval.count()));
    }
    due_ = cycles + interval_;
  }
  [[nodiscard]] bool due() const noexcept { return cycle_count() >= due_; }

 private:
  static constexpr std::chrono::nanoseconds look_interval = std::chrono::microseconds(10);
  static constexpr std::chrono::nanoseconds learning_time = std::chrono::milliseconds(1);

  std::uint64_t interval_ = assumed_cycles_per_microsecond() * 10;
  std::uint64_t due_ = 0;
  time_point started_at_{};
  std::uint64_t started_cycles_ = 0;
};

}  // namespace weir::detail
