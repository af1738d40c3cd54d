// SPDX-License-Identifier: MIT
// Random schedules over three channels that are joined meanwhile, in either order, beside the
// model.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <gtest/gtest.h>

#include "message/channel_runs_suite.hpp"
#include "message/channel_schedule_suite.hpp"
#include "testing/random_schedule.hpp"

namespace {

using weir::testing::channel_case;
using weir::testing::kind;
using weir::testing::run_schedules;
using weir::testing::scaled;

/// Every two of pipe, gate and value before a `last`.
void check_chain(kind last) {
  const std::size_t least = last == kind::queue ? 0 : 1;
  std::uint64_t first_seed = 1;
  for (const kind first : {kind::pipe, kind::gate, kind::value}) {
    for (const kind second : {kind::pipe, kind::gate, kind::value}) {
      for (const bool back_to_front : {false, true}) {
        channel_case over{.channels = {{.what = first},
                                       {.what = second},
                                       {.what = last, .capacity = least + (first_seed % 3)}},
                          .joins = {{.from = 0, .to = 1}, {.from = 1, .to = 2}}};
        if (back_to_front) std::swap(over.joins[0], over.joins[1]);
        run_schedules(over, first_seed, scaled(6'000), false);
        run_schedules(over, first_seed + 500'000, scaled(1'000), true);
        first_seed += 1'000'001;
      }
    }
  }
}

TEST(ChainToPipeModel, AgreesCallByCallInRandomSchedules) { check_chain(kind::pipe); }
TEST(ChainToGateModel, AgreesCallByCallInRandomSchedules) { check_chain(kind::gate); }
TEST(ChainToValueModel, AgreesCallByCallInRandomSchedules) { check_chain(kind::value); }
TEST(ChainToQueueModel, AgreesCallByCallInRandomSchedules) { check_chain(kind::queue); }
TEST(ChainToStalkModel, AgreesCallByCallInRandomSchedules) { check_chain(kind::stalk); }
TEST(ChainToSelectorModel, AgreesCallByCallInRandomSchedules) { check_chain(kind::selector); }

}  // namespace
