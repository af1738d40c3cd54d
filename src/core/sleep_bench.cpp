// SPDX-License-Identifier: MIT
// What timers cost that come due: 100,000 tasks that sleep.
#include <weir/sleep.hpp>

#include <vector>

#include <weir/hub.hpp>
#include <weir/spawn.hpp>
#include <weir/task.hpp>

#include "sleeps.hpp"

namespace {

const bench::benchmark sleep_all("sleep_all", [] {
  weir::hub hub;
  return bench::second_round_of_sleeps([](std::span<const std::chrono::milliseconds> durations) {
    std::vector<weir::task<>> sleepers;
    sleepers.reserve(durations.size());
    for (const auto duration : durations) {
      sleepers.push_back(weir::spawn([duration] { weir::sleep(duration).value(); }));
    }
    for (auto& each : sleepers) {
      each.await().value();
    }
  });
});

}  // namespace
