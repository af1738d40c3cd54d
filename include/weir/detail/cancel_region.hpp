// SPDX-License-Identifier: MIT
// A stretch of a task's run in which a cancellation counts, or does not, by rules of its own.
//
// Invariants:
// 1. A task's regions are a list from the innermost outwards, each in a frame of the task.
// 2. `task_record::cancelled` is what `is_cancelled` says, whenever the task runs: brought up to
//    date when a cancellation is asked for, when a region runs out, and where one is entered or
//    left.
// 3. A region with a token is among the token's regions until either has run out, or ends.
#pragma once

#include <cstdint>

#include <weir/detail/list.hpp>
#include <weir/detail/record.hpp>
#include <weir/detail/timer.hpp>
#include <weir/detail/token_state.hpp>
#include <weir/until.hpp>

namespace weir::detail {

enum class region_kind : std::uint8_t {
  deadline,  ///< cancelled once it has run out
  shield,    ///< not cancelled until it has run out
};

/// What has made a region run out.
enum class run_out : std::uint8_t { not_yet, time, token, deadlock };

struct cancel_region : timer, list_hook<region_tag> {
  /// Entered by the current task. Throws `logic_error` without a hub, `bad_alloc`.
  cancel_region(region_kind chosen, until limit);
  cancel_region(const cancel_region&) = delete;
  cancel_region& operator=(const cancel_region&) = delete;
  ~cancel_region();

  /// Whether `task` counts as cancelled where it is now: the innermost region that has a say.
  [[nodiscard]] static bool is_cancelled(const task_record& task) noexcept;

  /// Its task never runs again: timers and tokens forget its regions, whose frames stay.
  static void abandon_all(task_record& task) noexcept;

  /// Has its shields run out.
  static void break_shields(task_record& task) noexcept;

  /// Takes it off the hub's timers and its token.
  void leave_limits() noexcept;

  [[nodiscard]] bool passed() const noexcept { return by != run_out::not_yet; }

  task_record* task;
  cancel_region* outer;
  region_kind kind;
  bool limited = false;  ///< its timer counts among the hub's limits
  run_out by = run_out::not_yet;

 private:
  void limit_to(until limit);
};

}  // namespace weir::detail
