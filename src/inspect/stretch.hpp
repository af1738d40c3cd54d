// SPDX-License-Identifier: MIT
// Finding out from looks at a hub that a task has run for long without a switch.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include <weir/until.hpp>

namespace weir::detail {

/// A stretch is the time between two switches. It is known from the first look at it on, so what
/// is said of its length is never too much.
class stretch {
 public:
  explicit stretch(std::chrono::nanoseconds limit) noexcept : limit_(limit) {}

  /// A look at `now`, when the hub has made so many switches. For how long this stretch has lasted,
  /// if that is the limit at least, and it was not `told` yet.
  [[nodiscard]] std::optional<std::chrono::nanoseconds> look(time_point now,
                                                             std::uint64_t switches) noexcept {
    if (switches != switches_) {
      switches_ = switches;
      since_ = now;
      told_ = false;
    }
    if (told_ || now - since_ < limit_) return std::nullopt;
    return now - since_;
  }
  /// The present stretch is not to be spoken of again.
  void told() noexcept { told_ = true; }

 private:
  std::chrono::nanoseconds limit_;
  std::optional<std::uint64_t> switches_;  ///< none: never looked
  time_point since_{};                     ///< the first look at this stretch
  bool told_ = false;
};

}  // namespace weir::detail
