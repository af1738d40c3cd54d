// SPDX-License-Identifier: MIT
// Entering and leaving the regions of a task.
#include <weir/detail/cancel_region.hpp>

#include <cassert>
#include <chrono>
#include <cstdint>
#include <new>
#include <utility>

#include "core/hub_core.hpp"

namespace weir::detail {

namespace {

void expire(cancel_region& expired, run_out by) noexcept {
  expired.leave_limits();
  if (expired.passed()) return;  // its token came first
  expired.by = by;
  hub_core::here().interrupt(*expired.task);
}

void time_out(timer& due) noexcept { expire(static_cast<cancel_region&>(due), run_out::time); }
void time_out_token(timer& due) noexcept {
  expire(static_cast<cancel_region&>(due), run_out::token);
}

}  // namespace

cancel_region::cancel_region(region_kind chosen, until limit)
    : task(need_hub().current), outer(task->region), kind(chosen) {
  if (limit.cancelled()) {
    by = run_out::token;
  } else {
    limit_to(limit);
  }
  task->region = this;
  task->cancelled = is_cancelled(*task);
}

void cancel_region::limit_to(until limit) {
  hub_core& hub = hub_core::here();
  token_state* const token = limit.token();
  const bool by_deadline = token != nullptr && limit_by_deadline(*token, limit);
  if (!limit.never()) {
    limited = hub.arm_limit(*this, limit, by_deadline ? time_out_token : time_out);
    if (!limited) throw std::bad_alloc();
    const std::int64_t last_look = std::chrono::nanoseconds(hub.now.time_since_epoch()).count();
    if (limit.nanoseconds() <= (limit.relative() ? 0 : last_look)) hub.look_after_pass();
  }
  if (token == nullptr) return;
  assert(belongs_here(token->made_by) && "given on the thread of another hub");
  token->regions.push_back(*this);
}

cancel_region::~cancel_region() {
  if (this_hub == nullptr) return;  // a forked child
  leave_limits();
  task->region = outer;
  task->cancelled = is_cancelled(*task);
}

void cancel_region::leave_limits() noexcept {
  if (std::exchange(limited, false)) hub_core::here().disarm_limit(*this);
  list_hook<region_tag>::unlink();
}

void cancel_region::break_shields(task_record& task) noexcept {
  for (cancel_region* each = task.region; each != nullptr; each = each->outer) {
    if (each->kind == region_kind::shield && !each->passed()) each->by = run_out::deadlock;
  }
}

void cancel_region::abandon_all(task_record& task) noexcept {
  for (cancel_region* each = task.region; each != nullptr; each = each->outer) each->leave_limits();
}

bool cancel_region::is_cancelled(const task_record& task) noexcept {
  for (const cancel_region* each = task.region; each != nullptr; each = each->outer) {
    if (each->kind == region_kind::deadline && each->passed()) return true;
    if (each->kind == region_kind::shield && !each->passed()) return false;
  }
  return task.cancel_asked;
}

}  // namespace weir::detail
