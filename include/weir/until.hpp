// SPDX-License-Identifier: MIT
// When a wait gives up: after a duration, at a time point, or never.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>

namespace weir {

/// Time points are those of the monotonic clock (`CLOCK_MONOTONIC`, clock_gettime(2)).
using time_point = std::chrono::steady_clock::time_point;

/// The current time of this thread's hub, which a test may have made virtual; outside a hub, the
/// monotonic clock's.
[[nodiscard]] time_point now() noexcept;

/// When a wait gives up. Converts from a duration or a time point; by default never.
///
/// A duration is counted from the hub's next look at the clock: never early, late by at most a
/// tick. One that is zero or negative, or a time point that has passed, waits for exactly one tick.
/// One too large for the clock means never.
class until {
 public:
  constexpr until() noexcept = default;

  template <class Rep, class Period>
  constexpr until(std::chrono::duration<Rep, Period> wait) noexcept {
    const double nanoseconds = approximate(wait);
    if (!(nanoseconds < largest)) return;  // too large, or not a number: never
    form_ = form::after;
    if (nanoseconds > 0) value_ = exact(wait);
  }

  template <class Duration>
  constexpr until(std::chrono::time_point<std::chrono::steady_clock, Duration> point) noexcept {
    const double nanoseconds = approximate(point.time_since_epoch());
    if (!(nanoseconds < largest)) return;
    form_ = form::at;
    value_ = nanoseconds > -largest ? exact(point.time_since_epoch())
                                    : std::numeric_limits<std::int64_t>::min();
  }

  [[nodiscard]] constexpr bool never() const noexcept { return form_ == form::never; }
  /// Whether it is a duration; `nanoseconds()` then counts from the next look at the clock.
  [[nodiscard]] constexpr bool relative() const noexcept { return form_ == form::after; }
  /// The duration, or the time point since the clock's epoch. Without meaning when `never()`.
  [[nodiscard]] constexpr std::int64_t nanoseconds() const noexcept { return value_; }

 private:
  enum class form : std::uint8_t { never, after, at };
  static constexpr double largest = 9.0e18;  // a little less than the clock's 2^63 nanoseconds

  /// In nanoseconds; tells whether `exact` would overflow.
  template <class Duration>
  [[nodiscard]] static constexpr double approximate(Duration length) noexcept {
    return std::chrono::duration_cast<std::chrono::duration<double, std::nano>>(length).count();
  }
  /// In nanoseconds, rounded up.
  template <class Duration>
  [[nodiscard]] static constexpr std::int64_t exact(Duration length) noexcept {
    return std::chrono::ceil<std::chrono::duration<std::int64_t, std::nano>>(length).count();
  }

  std::int64_t value_ = 0;
  form form_ = form::never;
};

}  // namespace weir
