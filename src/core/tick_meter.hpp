// SPDX-License-Identifier: MIT
// Tells when a busy hub is due to look at clock and kernel again, without asking either.
#pragma once

#include <chrono>
#include <cstdint>

#include <weir/until.hpp>

#include "core/cycle_counter.hpp"

namespace weir::detail {

/// Counts the processor's time-stamp counter, whose rate it learns from the hub's clock. Reading
/// the counter costs as much as several switches, so it learns how many of them a fraction of the
/// interval holds, and is asked once in so many.
class tick_meter {
 public:
  /// To be called when the hub has looked, with the clock's reading.
  void looked(time_point now, std::uint64_t cycles = cycle_count()) noexcept {
    if (started_at_ == time_point{} || cycles < started_cycles_) {
      started_at_ = now;
      started_cycles_ = cycles;
    } else if (const auto passed = now - started_at_; passed > learning_time) {
      interval_ = static_cast<std::uint64_t>(static_cast<double>(cycles - started_cycles_) /
                                             static_cast<double>(passed.count()) *
                                             static_cast<double>(look_interval.count()));
    }
    asked_at_ = cycles;
    due_ = cycles + interval_;
  }
  /// Whether a look is due. To be asked again after `stride()` switches.
  [[nodiscard]] bool due(std::uint64_t cycles = cycle_count()) noexcept {
    if (cycles < asked_at_) {  // the thread is on a processor now that counts from elsewhere
      started_at_ = {};
      return true;
    }
    const std::uint64_t passed = cycles - asked_at_;
    asked_at_ = cycles;
    if (passed < interval_ / 8) {
      if (stride_ < longest_stride) stride_ *= 2;
    } else if (passed > interval_ / 4) {
      stride_ = stride_ * (interval_ / 8) / passed;
      if (stride_ == 0) stride_ = 1;
    }
    return cycles >= due_;
  }
  [[nodiscard]] std::uint64_t stride() const noexcept { return stride_; }

 private:
  static constexpr std::chrono::nanoseconds look_interval = std::chrono::microseconds(10);
  static constexpr std::uint64_t longest_stride = 256;
  static constexpr std::chrono::nanoseconds learning_time = std::chrono::milliseconds(1);

  std::uint64_t interval_ = assumed_cycles_per_microsecond() * 10;
  std::uint64_t due_ = 0;
  std::uint64_t asked_at_ = 0;
  std::uint64_t stride_ = 1;
  time_point started_at_{};
  std::uint64_t started_cycles_ = 0;
};

}  // namespace weir::detail
