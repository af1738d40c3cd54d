// SPDX-License-Identifier: MIT
// How tasks begin, are cancelled, end, or are abandoned.
#include <weir/detail/spawning.hpp>

#include "core/hub_core.hpp"
#include "core/sanitizers.hpp"
#include "core/switch_entry.hpp"

namespace weir::detail {
namespace {

constexpr std::size_t smallest_usable_stack = std::size_t{16} * 1024;

std::uintptr_t address_of(const void* place) noexcept {
  return reinterpret_cast<std::uintptr_t>(place);
}

}  // namespace

task_memory allocate_task(std::size_t size, std::size_t alignment,
                          std::size_t stack_size) noexcept {
  hub_core& hub = hub_core::here();
  if (hub.in_teardown()) return {.error = make_error_code(errc::cancelled)};
  const auto taken = hub.stacks.take(stack_size);
  if (!taken) return {.error = taken.error()};
  stack& found = **taken;
  const std::uintptr_t begin = (address_of(found.top) - size) & ~(std::uintptr_t{alignment} - 1);
  if (begin < address_of(found.limit()) + smallest_usable_stack) {  // the function is too large
    stack_pool::give_back(found);
    return {.error = std::make_error_code(std::errc::value_too_large)};
  }
  return {.memory = reinterpret_cast<void*>(begin), .stack = &found, .error = {}};
}

void free_task_memory(stack& stack) noexcept { stack_pool::give_back(stack); }

bool begin_task(task_record& task, stack& stack, std::source_location where) noexcept {
  hub_core& hub = hub_core::here();
  if (!hub.adopt(task, where)) return false;
  hub.start_on(task, stack, &task);
  hub.ready.push(task);
  return true;
}

std::error_code register_later(later_task& task, until start, std::source_location where) noexcept {
  hub_core& hub = hub_core::here();
  if (hub.in_teardown()) return make_error_code(errc::cancelled);
  if (start.never()) return std::make_error_code(std::errc::invalid_argument);
  if (!hub.adopt(task, where)) return std::make_error_code(std::errc::not_enough_memory);
  task.awaits_start = true;
  if (start.relative() && start.nanoseconds() == 0) {
    hub.start_later(task);
  } else {
    hub.timers.arm(task, start, [](timer& due) noexcept {
      hub_core::here().start_later(static_cast<later_task&>(due));
    });
  }
  return {};
}

bool hub_core::adopt(task_record& task, std::source_location where) noexcept {
  try {
    timers.reserve(alive_count + 1);  // a task waits for one deadline at a time
  } catch (const std::bad_alloc&) {
    return false;
  }
  task.id = ++last_id_;
  task.parent = current->id;
  task.spawned_at = where;
  if (task.link != nullptr) task.link->id = task.id;
  alive.push_back(task);
  ++alive_count;
  return true;
}

void hub_core::start_on(task_record& task, detail::stack& stack, const void* top) noexcept {
  task.stack = &stack;
  stack.occupant = &task;
  task.stack_pointer = reinterpret_cast<void*>(address_of(top) & ~std::uintptr_t{15});
  task.frame_pointer = nullptr;
  task.base_pointer = nullptr;
  task.resume_address = switch_entry_address();
  enter_stack(task);
}

/// Its time has come, or it was cancelled before: either way it gets a stack to end on.
void hub_core::start_later(later_task& task) noexcept {
  task.awaits_start = false;
  disarm(task);
  const auto taken = stacks.take(task.stack_size);
  if (!taken) {
    task.type->fail(task, taken.error());
    forget(task);
    task.type->destroy(task);
    return;
  }
  start_on(task, **taken, (*taken)->top);
  ready.push(task);
}

extern "C" void weir_run_task(context* entered) noexcept {
  auto& task = static_cast<task_record&>(*entered);
  after_switch(task.sanitizer);
  hub_core::here().run_current();
}

void hub_core::run_current() noexcept {
  task_record& task = *current;
  if (!task.service) {
    task.started = true;
    ++started_count;
  }
  if (task.cancelled) {
    task.type->refuse(task);
  } else {
    task.type->run(task);
  }
  leave_ended(task);
}

/// The function has returned and its outcome is delivered: gives the stack back and goes on with
/// the next task. The stack is stood on until the jump; nobody can take it meanwhile.
void hub_core::leave_ended(task_record& ended) noexcept {
  stack& stack = *ended.stack;
  forget(ended);
  stack.occupant = nullptr;
  ended.type->destroy(ended);
  stack_pool::give_back(stack);
  current = &loop_;  // the record is gone
  task_record& next = *pick_next();
  before_switch(nullptr, next.sanitizer);
  jump_to_context(next);
}

void hub_core::forget(task_record& task) noexcept {
  task.list_hook<alive_tag>::unlink();
  task.id = 0;
  if (task.started) --started_count;
  if (--alive_count == alive_at_end_ && all_ended_ != nullptr) all_ended_->wake();
}

void hub_core::cancel(task_record& task) noexcept {
  if (task.cancelled) return;
  task.cancelled = true;
  if (task.awaits_start) {
    start_later(static_cast<later_task&>(task));
  } else if (task.parked_on != nullptr && task.parked_on->cancellable()) {
    task.parked_on->wake(errc::cancelled);
  }
}

void hub_core::begin_teardown() noexcept {
  if (teardown_) return;
  teardown_ = true;
  for (task_record* each = alive.first(); each != nullptr;) {
    task_record* const next = alive.after(*each);
    cancel(*each);
    each = next;
  }
}

void hub_core::wait_until_all_ended() noexcept {
  while (alive_count > alive_at_end_) {
    wait here("hub.all_ended");
    here.set_cancellable(false);
    all_ended_ = &here;
    static_cast<void>(here.park());
    all_ended_ = nullptr;
  }
}

/// Its stack, and whatever lies on it, stays as it is for the rest of the process.
void hub_core::abandon(task_record& task) noexcept {
  task.abandoned = true;
  report_abandoned(task);
  if (task.parked_on != nullptr) static_cast<void>(task.parked_on->claim());
  task.type->abandon(task);
  forget(task);
  task.stack->occupant = nullptr;
  task.stack->owner->leak(*task.stack);
}

}  // namespace weir::detail
