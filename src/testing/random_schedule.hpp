// SPDX-License-Identifier: MIT
// How long random schedules are, and what they are drawn from.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <random>

namespace weir::testing {

/// `steps`, shrunk by the factor in WEIR_TEST_SCALE; at least one.
[[nodiscard]] inline std::size_t scaled(std::size_t steps) {
  const char* const chosen = std::getenv("WEIR_TEST_SCALE");
  const double factor = chosen == nullptr ? 1 : std::strtod(chosen, nullptr);
  return std::max(static_cast<std::size_t>(static_cast<double>(steps) * factor), std::size_t{1});
}

/// Draws the steps of a schedule; the same seed gives the same schedule.
class random_schedule {
 public:
  explicit random_schedule(std::uint64_t seed) : engine_(seed) {}

  /// A number from 0 to `count` - 1.
  [[nodiscard]] std::size_t below(std::size_t count) { return engine_() % count; }
  /// True once in `count` times.
  [[nodiscard]] bool once_in(std::size_t count) { return below(count) == 0; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace weir::testing
