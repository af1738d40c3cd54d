// SPDX-License-Identifier: MIT
// What it costs to start a task and to await it: one at a time, and many at once.
#include <weir/spawn.hpp>

#include <vector>

#include <weir/hub.hpp>
#include <weir/task.hpp>

#include "bench.hpp"

namespace {

const bench::benchmark spawn_join("spawn_join", [] {
  constexpr int count = 5'000'000;
  weir::hub hub;
  return bench::timed(count, [] {
    for (int i = 0; i < count; ++i) {
      weir::spawn([] {}).await().value();
    }
  });
});

const bench::benchmark spawn_many("spawn_many", [] {
  constexpr int count = 100'000;
  weir::hub hub;
  std::vector<weir::task<>> started;
  started.reserve(count);
  return bench::timed_again(count, [&] {
    for (int i = 0; i < count; ++i) {
      started.push_back(weir::spawn([] {}));
    }
    for (auto& each : started) {
      each.await().value();
    }
    started.clear();
  });
});

}  // namespace
