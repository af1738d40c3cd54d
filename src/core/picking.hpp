// SPDX-License-Identifier: MIT
// Choosing who runs next, for the few functions that are to have it inlined: those that the code
// which switches calls. All others call `hub_core::pick_next`. What is rare is called last, so that
// the compiler saves no register for it.
#pragma once

#include "core/hub_core.hpp"

namespace weir::detail {

[[gnu::always_inline]] inline task_record* hub_core::make_current(task_record& next) noexcept {
  if (watched_->in_use()) [[unlikely]]
    return make_current_with_care(next);
  return set_current(next);
}

[[gnu::always_inline]] inline task_record* hub_core::set_current(task_record& next) noexcept {
  ++switches_;
  current = &next;
  calls_left = calls_without_parking;
  return &next;
}

[[gnu::always_inline]] inline task_record* hub_core::pick() noexcept {
  if (pass_over_) {
    if (ready.empty() || switches_ >= ask_meter_at_) return pick_after_pass();
    begin_pass(*ready.last());
  }
  return go_on_with(ready.pop());
}

[[gnu::always_inline]] inline task_record* hub_core::queue_current_and_pick() noexcept {
  task_record& self = *current;
  if (ready.empty() || is_loop(self)) [[unlikely]]
    return queue_current_alone();
  if (pass_over_) {
    if (switches_ >= ask_meter_at_) {
      ready.push(self);
      return pick_after_pass();
    }
    begin_pass(self);
  }
  return go_on_with(ready.exchange(self));
}

inline void hub_core::begin_pass(task_record& last) noexcept {
  ++ticks_;
  pass_over_ = false;
  pass_last_ = &last;
}

/// `next` was taken from the queue in a pass.
[[gnu::always_inline]] inline task_record* hub_core::go_on_with(task_record& next) noexcept {
  pass_over_ = &next == pass_last_;
  return make_current(next);
}

}  // namespace weir::detail
