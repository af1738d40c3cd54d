// SPDX-License-Identifier: MIT
// Random schedules over two channels that are joined meanwhile, beside the model: every way to
// join.
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

void check_join(kind from, kind to) {
  // Little room, so that it is full often; none at times.
  constexpr std::size_t parts = 4;
  for (std::size_t part = 0; part < parts; ++part) {
    const std::size_t capacity = to == kind::queue ? part % 3 : 1 + part % 2;
    channel_case over{.channels = {{.what = from}, {.what = to, .capacity = capacity}},
                      .joins = {{.from = 0, .to = 1}}};
    if (to == kind::selector && part % 2 == 1) {  // beside another
      const kind other = part == 1 ? kind::pipe : kind::gate;
      over = {.channels = {{.what = from}, {.what = other}, {.what = to}},
              .joins = {{.from = 0, .to = 2}, {.from = 1, .to = 2}}};
    }
    const std::uint64_t first_seed = 1 + part * 1'000'000;
    run_schedules(over, first_seed, scaled(100'000 / parts), false);
    run_schedules(over, first_seed + 500'000, scaled(20'000 / parts), true);
  }
}

TEST(PipeToPipeModel, AgreesCallByCallInRandomSchedules) { check_join(kind::pipe, kind::pipe); }
TEST(PipeToValueModel, AgreesCallByCallInRandomSchedules) { check_join(kind::pipe, kind::value); }
TEST(PipeToGateModel, AgreesCallByCallInRandomSchedules) { check_join(kind::pipe, kind::gate); }
TEST(PipeToQueueModel, AgreesCallByCallInRandomSchedules) { check_join(kind::pipe, kind::queue); }
TEST(PipeToStalkModel, AgreesCallByCallInRandomSchedules) { check_join(kind::pipe, kind::stalk); }
TEST(PipeToSelectorModel, AgreesCallByCallInRandomSchedules) {
  check_join(kind::pipe, kind::selector);
}

TEST(GateToPipeModel, AgreesCallByCallInRandomSchedules) { check_join(kind::gate, kind::pipe); }
TEST(GateToValueModel, AgreesCallByCallInRandomSchedules) { check_join(kind::gate, kind::value); }
TEST(GateToGateModel, AgreesCallByCallInRandomSchedules) { check_join(kind::gate, kind::gate); }
TEST(GateToQueueModel, AgreesCallByCallInRandomSchedules) { check_join(kind::gate, kind::queue); }
TEST(GateToStalkModel, AgreesCallByCallInRandomSchedules) { check_join(kind::gate, kind::stalk); }
TEST(GateToSelectorModel, AgreesCallByCallInRandomSchedules) {
  check_join(kind::gate, kind::selector);
}

TEST(ValueToPipeModel, AgreesCallByCallInRandomSchedules) { check_join(kind::value, kind::pipe); }
TEST(ValueToValueModel, AgreesCallByCallInRandomSchedules) { check_join(kind::value, kind::value); }
TEST(ValueToGateModel, AgreesCallByCallInRandomSchedules) { check_join(kind::value, kind::gate); }
TEST(ValueToQueueModel, AgreesCallByCallInRandomSchedules) { check_join(kind::value, kind::queue); }
TEST(ValueToStalkModel, AgreesCallByCallInRandomSchedules) { check_join(kind::value, kind::stalk); }
TEST(ValueToSelectorModel, AgreesCallByCallInRandomSchedules) {
  check_join(kind::value, kind::selector);
}

}  // namespace
