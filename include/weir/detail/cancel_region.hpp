// SPDX-License-Identifier: MIT
// A stretch of a task's run in which a cancellation counts, or does not, by rules of its own.
//
// Invariants:
// 1. A task's regions are a list from the innermost outwards, each in a frame of the task.
// 2. `task_record::cancelled` is what `is_cancelled` says, whenever the task runs: brought up to
// date
//    when a cancellation is asked for, when a region runs out, and where one is entered or left.
#pragma once

#include <cstdint>

#include <weir/detail/record.hpp>
#include <weir/detail/timer.hpp>
#include <weir/until.hpp>

namespace weir::detail {

enum class region_kind : std::uint8_t {
  deadline,  ///< cancelled once its time has come
  shield,    ///< not cancelled until its time has come
};

struct cancel_region : timer {
  /// Entered by the current task. Throws `logic_error` without a hub and for a `limit` with a
  /// token, `bad_alloc`.
  cancel_region(region_kind chosen, until limit);
  cancel_region(const cancel_region&) = delete;
  cancel_region& operator=(const cancel_region&) = delete;
  ~cancel_region();

  /// Whether `task` counts as cancelled where it is now: the innermost region that has a say.
  [[nodiscard]] static bool is_cancelled(const task_record& task) noexcept;

  task_record* task;
  cancel_region* outer;
  region_kind kind;
  bool limited = false;  ///< its timer counts among the hub's limits
  bool passed = false;   ///< its time has come
};

}  // namespace weir::detail
