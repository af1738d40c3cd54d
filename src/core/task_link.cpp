// SPDX-License-Identifier: MIT
// Keeping a handle and its task pointed at each other.
#include <cassert>
#include <new>
#include <stdexcept>

#include <weir/detail/spawning.hpp>

#include "core/hub_core.hpp"

namespace weir::detail {

task_link& task_link::operator=(task_link&& other) noexcept {
  if (record != nullptr) record->link = nullptr;
  record = std::exchange(other.record, nullptr);
  if (record != nullptr) record->link = this;
  id = std::exchange(other.id, 0);
  state = std::exchange(other.state, phase::empty);
  reported = other.reported;
  identity = std::move(other.identity);
  return *this;
}

void task_link::keep_identity(task_record& ended) noexcept {
  try {
    identity = std::make_unique<task_identity>();
  } catch (const std::bad_alloc&) {
    return;  // an error that nobody takes is then logged with the id alone
  }
  *identity = identify(ended);
}

void report_unread(const task_link& handle, std::error_code error,
                   const std::exception_ptr& exception) noexcept {
  if (handle.identity != nullptr) {
    report_failure(*handle.identity, error, exception);
  } else {
    report_failure(task_identity{.id = handle.id}, error, exception);
  }
}

void cancel_linked(task_link& link) noexcept {
  if (link.record == nullptr || this_hub == nullptr) return;
  assert(link.record->joiners.belongs_here() && "cancelled on the thread of another hub");
  hub_core::here().cancel(*link.record);
}

void throw_not_awaitable(task_link::phase state) {
  throw std::logic_error(state == task_link::phase::empty
                             ? "weir: await on a handle that names no task"
                             : "weir: the task's result was taken already");
}

}  // namespace weir::detail
