// SPDX-License-Identifier: MIT
// Decides whether a hub with nothing to do should look again for a while before it sleeps.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace weir::detail {

/// A sleeping thread takes some 25 us to wake, so in a conversation, where the answer is about to
/// come, looking beats sleeping. It is one when there are two processors to hold it and at most
/// two sources made up the last eight wake-ups; each look in vain halves how often it is tried,
/// down to one wait in 32, and a hit restores it.
class look_ahead {
 public:
  look_ahead(std::chrono::nanoseconds length, std::size_t processors) noexcept
      : length_(processors < 2 ? std::chrono::nanoseconds{} : length) {}

  /// For how long to look before the next sleep; zero: not at all. `sleep`: how long it will be.
  [[nodiscard]] std::chrono::nanoseconds before_sleep(
      std::optional<std::chrono::nanoseconds> sleep) noexcept;

  void hit() noexcept { interval_ = 1; }
  void missed() noexcept {
    interval_ = interval_ * 2 > longest_interval ? longest_interval : interval_ * 2;
  }

  /// A wait ended, by `source` (a number for each fd), or by a timer.
  void woken_by(std::optional<std::uint32_t> source) noexcept;

 private:
  static constexpr std::size_t remembered = 8;
  static constexpr std::uint32_t longest_interval = 32;
  static constexpr std::uint32_t nothing = 0xFFFF'FFFF;

  [[nodiscard]] bool conversation() const noexcept;

  std::chrono::nanoseconds length_;
  std::array<std::uint32_t, remembered> sources_{nothing, nothing, nothing, nothing,
                                                 nothing, nothing, nothing, nothing};
  std::size_t next_ = 0;
  std::uint32_t interval_ = 1;  ///< one wait in so many looks first
  std::uint32_t waits_ = 0;     ///< since the last that did
};

}  // namespace weir::detail
