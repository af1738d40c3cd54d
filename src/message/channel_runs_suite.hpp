// SPDX-License-Identifier: MIT
// Runs many random schedules over real channels beside the model, until one goes wrong. For tests.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <weir/testing.hpp>

#include "message/channel_rig_suite.hpp"
#include "message/channel_schedule_suite.hpp"

namespace weir::testing {

/// Channels and how they are to be joined, see `channel_schedule_drawer`.
struct channel_case {
  std::vector<channel_plan> channels;
  std::vector<join_plan> joins;
};

/// Runs the schedules drawn from the seeds from `first` to `last` in one hub, that of `last` traced
/// if that is asked for. Tells of the first that goes wrong.
inline std::optional<std::pair<std::uint64_t, std::string>> run_in_a_hub(
    const channel_case& over, std::uint64_t first, std::uint64_t last, bool shuffled, bool traced) {
  const virtual_hub hub({.shuffle_seed = shuffled ? std::optional(first) : std::nullopt});
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    const auto schedule = channel_schedule_drawer(seed).draw(over.channels, over.joins);
    channel_rig run(schedule, shuffled, traced && seed == last);
    if (const std::string wrong = run.run(); !wrong.empty())
      return std::pair(seed, wrong + "\n" + to_string(schedule) + run.trace());
  }
  return std::nullopt;
}

/// Runs schedules drawn from seeds from `first_seed` on. Many share a hub: to make one takes longer
/// than most of them.
inline void run_schedules(const channel_case& over, std::uint64_t first_seed, std::size_t count,
                          bool shuffled) {
  constexpr std::size_t in_a_hub = 500;
  const std::uint64_t end = first_seed + count;
  for (std::uint64_t first = first_seed; first < end; first += in_a_hub) {
    const std::uint64_t last = std::min(first + in_a_hub, end) - 1;
    const auto wrong = run_in_a_hub(over, first, last, shuffled, false);
    if (!wrong) continue;
    const auto traced = run_in_a_hub(over, first, wrong->first, shuffled, true);
    FAIL() << "seed " << wrong->first << " in the hub of " << first
           << (shuffled ? ", shuffled: " : ": ") << (traced ? traced->second : wrong->second);
  }
}

}  // namespace weir::testing
