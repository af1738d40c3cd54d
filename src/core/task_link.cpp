// SPDX-License-Identifier: MIT
// Keeping a handle and its task pointed at each other.
#include <stdexcept>

#include <weir/detail/spawning.hpp>

#include "core/hub_core.hpp"

namespace weir::detail {

task_link& task_link::operator=(task_link&& other) noexcept {
  unlink();
  record = std::exchange(other.record, nullptr);
  if (record != nullptr) record->link = this;
  id = other.id;
  state = std::exchange(other.state, phase::empty);
  was_cancelled = other.was_cancelled;
  reported = other.reported;
  spawned_at = other.spawned_at;
  name = std::move(other.name);
  other.id = 0;
  return *this;
}

void cancel_linked(task_link& link) noexcept {
  if (link.record != nullptr) hub_core::here().cancel(*link.record);
}

void throw_not_awaitable(task_link::phase state) {
  throw std::logic_error(state == task_link::phase::empty
                             ? "weir: await on a handle that names no task"
                             : "weir: the task's result was taken already");
}

}  // namespace weir::detail
