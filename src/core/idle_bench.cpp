// SPDX-License-Identifier: MIT
// What a task costs that does nothing but wait: a million of them, with their guards.
#include <weir/hub.hpp>
#include <weir/pause.hpp>
#include <weir/spawn.hpp>

#include "bench.hpp"

namespace {

const bench::benchmark idle_million("idle_million", [] {
  constexpr int count = 1'000'000;
  weir::hub hub;
  const auto before = bench::memory_in_use();
  for (int i = 0; i < count; ++i) {
    // Nobody resumes it; the end of the hub cancels it.
    weir::spawn({.detached = true}, [] { (void)weir::pause<int>(); });
  }
  const auto each = static_cast<double>(bench::memory_in_use() - before) / count;
  return bench::round{each, "bytes", count};
});

}  // namespace
