// SPDX-License-Identifier: MIT
// Entering and leaving the regions of a task.
#include <weir/detail/cancel_region.hpp>

#include <new>
#include <stdexcept>

#include "core/hub_core.hpp"

namespace weir::detail {

cancel_region::cancel_region(region_kind chosen, until limit)
    : task(need_hub().current), outer(task->region), kind(chosen) {
  if (limit.token() != nullptr) {
    throw std::logic_error("weir: with_timeout and shielded take a time, and no token");
  }
  if (!limit.never()) {
    limited = hub_core::here().arm_limit(*this, limit, [](timer& due) noexcept {
      auto& expired = static_cast<cancel_region&>(due);
      expired.passed = true;
      hub_core::here().interrupt(*expired.task);
    });
    if (!limited) throw std::bad_alloc();
    const bool at_once = limit.relative() && limit.nanoseconds() <= 0;
    if (at_once) hub_core::here().look_after_pass();
  }
  task->region = this;
  task->cancelled = is_cancelled(*task);
}

cancel_region::~cancel_region() {
  if (this_hub == nullptr) return;  // a forked child
  if (limited) hub_core::here().disarm_limit(*this);
  task->region = outer;
  task->cancelled = is_cancelled(*task);
}

bool cancel_region::is_cancelled(const task_record& task) noexcept {
  for (const cancel_region* each = task.region; each != nullptr; each = each->outer) {
    if (each->kind == region_kind::deadline && each->passed) return true;
    if (each->kind == region_kind::shield && !each->passed) return false;
  }
  return task.cancel_asked;
}

}  // namespace weir::detail
