// SPDX-License-Identifier: MIT
// Random schedules over channels of one kind, beside the model.
#include <cstddef>
#include <cstdint>

#include <gtest/gtest.h>

#include "message/channel_runs_suite.hpp"
#include "message/channel_schedule_suite.hpp"
#include "testing/random_schedule.hpp"

namespace {

using weir::testing::channel_case;
using weir::testing::channel_plan;
using weir::testing::kind;
using weir::testing::run_schedules;
using weir::testing::scaled;

void check_alone(const channel_case& over, std::uint64_t first_seed) {
  run_schedules(over, first_seed, scaled(100'000), false);
  run_schedules(over, first_seed + 1'000'000, scaled(20'000), true);
}

TEST(PipeModel, AgreesWithPipesCallByCallInRandomSchedules) {
  check_alone({.channels = {{.what = kind::pipe}}, .joins = {}}, 1);
  check_alone({.channels = {{.what = kind::pipe}, {.what = kind::pipe}}, .joins = {}}, 1);
}

TEST(ValueModel, AgreesWithValuesCallByCallInRandomSchedules) {
  check_alone({.channels = {{.what = kind::value}}, .joins = {}}, 1);
}

TEST(GateModel, AgreesWithGatesCallByCallInRandomSchedules) {
  check_alone({.channels = {{.what = kind::gate}}, .joins = {}}, 1);
}

TEST(QueueModel, AgreesWithQueuesCallByCallInRandomSchedules) {
  for (const std::size_t capacity : {std::size_t{0}, std::size_t{2}, channel_plan::unbounded})
    check_alone({.channels = {{.what = kind::queue, .capacity = capacity}}, .joins = {}}, 1);
}

TEST(StalkModel, AgreesWithStalksCallByCallInRandomSchedules) {
  check_alone({.channels = {{.what = kind::stalk, .capacity = 2}}, .joins = {}}, 1);
}

TEST(SelectorModel, AgreesWithSelectorsCallByCallInRandomSchedules) {
  check_alone({.channels = {{.what = kind::pipe}, {.what = kind::pipe}, {.what = kind::selector}},
               .joins = {{0, 2}, {1, 2}}},
              1);
  check_alone({.channels = {{.what = kind::gate},
                            {.what = kind::value},
                            {.what = kind::pipe},
                            {.what = kind::selector}},
               .joins = {{0, 3}, {1, 3}, {2, 3}}},
              1);
}

}  // namespace
