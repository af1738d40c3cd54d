// SPDX-License-Identifier: MIT
// What a switch costs: two tasks yield in turn.
#include <cstdint>

#include <weir/hub.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/task.hpp>

#include "bench.hpp"

namespace {

const bench::benchmark switch_round("switch", [] {
  constexpr std::int64_t yields = 40'000'000;
  weir::hub hub;
  return bench::timed(2 * yields, [] {
    const auto loop = [] {
      for (std::int64_t i = 0; i < yields; ++i) {
        (void)weir::yield();
      }
    };
    auto one = weir::spawn(loop);
    auto other = weir::spawn(loop);
    one.await().value();
    other.await().value();
  });
});

}  // namespace
