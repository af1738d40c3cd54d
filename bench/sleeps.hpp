// SPDX-License-Identifier: MIT
// The round of sleep_all, which is the same for everyone but for how 100,000 sleepers are started
// and awaited.
#pragma once

#include <span>
#include <vector>

#include "bench.hpp"

namespace bench {

/// 100,000 durations of 0 to 1000 ms, the same in every run. bench/peers/go/sleeps.go makes the
/// same ones.
inline std::vector<std::chrono::milliseconds> sleep_durations() {
  std::vector<std::chrono::milliseconds> durations(100'000);
  std::uint64_t state = 1;
  for (auto& duration : durations) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    duration = std::chrono::milliseconds((state >> 33) % 1001);
  }
  return durations;
}

/// `sleep_all(durations)` runs one sleeper for each and returns when all have ended. It is called
/// twice; the value is the CPU time of the second call, when stacks and tables have been made and
/// the timers are what is left to pay for.
template <class SleepAll>
round second_round_of_sleeps(SleepAll sleep_all) {
  const std::vector<std::chrono::milliseconds> durations = sleep_durations();
  const std::span<const std::chrono::milliseconds> each = durations;
  sleep_all(each);
  const auto before = cpu_time();
  sleep_all(each);
  return {(cpu_time() - before).count(), "cpu s", static_cast<std::int64_t>(durations.size())};
}

}  // namespace bench
