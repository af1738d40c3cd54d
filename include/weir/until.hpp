// SPDX-License-Identifier: MIT
// When a wait gives up: after a duration, at a time point, with a cancel token, or never.
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

class cancel_token;

namespace detail {
struct token_state;
/// Whether the token was cancelled, or its deadline had passed when the hub last looked.
[[nodiscard]] bool is_cancelled(const token_state& token) noexcept;
}  // namespace detail

/// When a wait gives up. Converts from a duration, a time point, a cancel token, or a time and a
/// token: `{1s, token}`; by default never.
///
/// A duration is counted from the hub's next look at the clock: never early, late by at most a
/// tick. One that is zero or negative, or a time point that has passed, waits for exactly one tick.
/// One too large for the clock means never. With a token, whichever comes first ends the wait; a
/// cancelled one has a call refused, even if it could succeed. The token is borrowed: it is to
/// outlive the call.
class until {
 public:
  constexpr until() noexcept = default;

  template <class Rep, class Period>
  constexpr until(std::chrono::duration<Rep, Period> wait) noexcept {
    const double nanoseconds = approximate(wait);
    if (!(nanoseconds < largest)) return;  // too large, or not a number: never
    bits_ = after;
    if (nanoseconds > 0) value_ = exact(wait);
  }

  template <class Duration>
  constexpr until(std::chrono::time_point<std::chrono::steady_clock, Duration> point) noexcept {
    const double nanoseconds = approximate(point.time_since_epoch());
    if (!(nanoseconds < largest)) return;
    bits_ = at;
    value_ = nanoseconds > -largest ? exact(point.time_since_epoch())
                                    : std::numeric_limits<std::int64_t>::min();
  }

  until(const cancel_token& token) noexcept;
  /// The time of `time`; its token, if it has one, makes way for `token`.
  until(until time, const cancel_token& token) noexcept;

  /// Whether it has no time; it may have a token.
  [[nodiscard]] constexpr bool never() const noexcept { return (bits_ & time_bits) == 0; }
  /// Whether it has neither time nor token.
  [[nodiscard]] constexpr bool unlimited() const noexcept { return bits_ == 0; }
  /// Whether it is a duration; `nanoseconds()` then counts from the next look at the clock.
  [[nodiscard]] constexpr bool relative() const noexcept { return (bits_ & time_bits) == after; }
  /// The duration, or the time point since the clock's epoch. Without meaning when `never()`.
  [[nodiscard]] constexpr std::int64_t nanoseconds() const noexcept { return value_; }

  /// Whether its token is cancelled, as far as the hub has seen. Reads no clock.
  [[nodiscard]] bool cancelled() const noexcept {
    return token() != nullptr && detail::is_cancelled(*token());
  }
  /// The same token with the time of `time`.
  [[nodiscard]] until with_time(until time) const noexcept {
    time.bits_ = (time.bits_ & time_bits) | (bits_ & ~time_bits);
    return time;
  }
  /// For weir: the token's state; null: none.
  [[nodiscard]] detail::token_state* token() const noexcept {
    return reinterpret_cast<detail::token_state*>(bits_ & ~time_bits);
  }

 private:
  // `bits_` is the address of the token's state, whose alignment leaves the lowest free to tell
  // which time there is: so the whole fits two registers.
  static constexpr std::uintptr_t after = 1;
  static constexpr std::uintptr_t at = 2;
  static constexpr std::uintptr_t time_bits = 3;
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
  std::uintptr_t bits_ = 0;
};

}  // namespace weir
