// SPDX-License-Identifier: MIT
// Choosing who runs next, for the few functions that are to have it inlined: those that the code
// which switches calls. All others call `hub_core::pick_next`.
#pragma once

#include "core/hub_core.hpp"

namespace weir::detail {

[[gnu::always_inline]] inline task_record* hub_core::make_current(task_record& next) noexcept {
  if (!gathering.empty()) [[unlikely]]
    hand_over_gathered();
  ++switches_;
  if (exceptions_->in_use()) [[unlikely]] {
    current->exceptions = *exceptions_;
    current->holds_exceptions = true;
    *exceptions_ = {};
  }
  if (next.holds_exceptions) [[unlikely]] {
    *exceptions_ = next.exceptions;
    next.holds_exceptions = false;
  }
  current = &next;
  calls_left = calls_without_parking;
  return &next;
}

[[gnu::always_inline]] inline task_record* hub_core::pick() noexcept {
  if (pass_over_) {
    if (ready.empty() || time_to_look()) return make_current(loop_);
    begin_pass();
  }
  task_record& next = ready.pop();
  pass_over_ = &next == pass_last_;
  return make_current(next);
}

/// Between two passes: most times there is nothing for the loop to do, and it is not switched to.
[[gnu::always_inline]] inline bool hub_core::time_to_look() noexcept {
  if (look_soon || look_every_pass_) return true;
  return switches_ >= ask_meter_at_ && ask_meter();
}

inline void hub_core::begin_pass() noexcept {
  ++ticks_;
  pass_over_ = false;
  pass_last_ = ready.last();
}

[[gnu::always_inline]] inline task_record* hub_core::queue_current_and_pick() noexcept {
  task_record* const self = current;
  if (is_loop(*self)) [[unlikely]] {
    return nullptr;
  }
  ready.push(*self);
  task_record* const next = pick();
  return next == self ? nullptr : next;
}

}  // namespace weir::detail
