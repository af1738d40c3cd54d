// SPDX-License-Identifier: MIT
// The rule of when to look before sleeping.
#include "core/look_ahead.hpp"

namespace weir::detail {

std::chrono::nanoseconds look_ahead::before_sleep(
    std::optional<std::chrono::nanoseconds> sleep) noexcept {
  if (length_ <= std::chrono::nanoseconds{}) return {};
  if (sleep && *sleep <= length_) return {};  // it would only be a timer that it looks towards
  if (!conversation()) return {};
  if (++waits_ < interval_) return {};
  waits_ = 0;
  return length_;
}

void look_ahead::woken_by(std::optional<std::uint32_t> source) noexcept {
  sources_[next_] = source.value_or(nothing);
  next_ = (next_ + 1) % remembered;
}

bool look_ahead::conversation() const noexcept {
  const std::uint32_t first = sources_[0];
  std::uint32_t second = first;
  for (const std::uint32_t source : sources_) {
    if (source == nothing) return false;
    if (source == first || source == second) continue;
    if (second != first) return false;
    second = source;
  }
  return true;
}

}  // namespace weir::detail
