// SPDX-License-Identifier: MIT
// How tasks begin, are cancelled, end, or are abandoned.
#include <atomic>

#include <weir/detail/cancel_region.hpp>
#include <weir/detail/family.hpp>
#include <weir/detail/spawning.hpp>
#include <weir/detail/task_values.hpp>

#include "core/fork_guard.hpp"
#include "core/hub_core.hpp"
#include "core/picking.hpp"
#include "core/sanitizers.hpp"
#include "core/switch_entry.hpp"

namespace weir::detail {
namespace {

constexpr std::size_t smallest_room = 64;  // tasks
constexpr std::size_t smallest_usable_stack = std::size_t{16} * 1024;
constexpr int unstarted_at_once = 64;  // tasks, between two looks

std::uintptr_t address_of(const void* place) noexcept {
  return reinterpret_cast<std::uintptr_t>(place);
}

[[gnu::noinline, gnu::cold]] fresh_stack too_large(hub_core& hub, stack& unused) noexcept {
  give_back_stack(unused);
  hub.spawn_error = std::make_error_code(std::errc::value_too_large);
  return {};
}

/// `found`, unless a record of `size` bytes, the function with what it captured, is too large.
fresh_stack hand_out(hub_core& hub, stack& found, std::size_t size) noexcept {
  if (found.top - found.limit() < static_cast<std::ptrdiff_t>(size + smallest_usable_stack)) {
    return too_large(hub, found);
  }
  return {.stack = &found, .top = found.top};
}

[[gnu::noinline]] fresh_stack take_cooler_stack(hub_core& hub, std::size_t stack_size,
                                                std::size_t size) noexcept {
  if (!hub.has_room_for_task()) return {};
  stack* const found = hub.stacks.take(stack_size, hub.spawn_error);
  return found == nullptr ? fresh_stack{} : hand_out(hub, *found, size);
}

/// The rest of `begin_task`.
[[gnu::noinline, gnu::cold]] task_record* begin_inheriting(task_record& child) noexcept {
  inherit_values(child, *this_hub->current);
  return begin_yield();
}

}  // namespace

/// What is rare is called last here, as in picking.hpp.
fresh_stack take_stack(std::size_t stack_size, std::size_t size) noexcept {
  hub_core& hub = hub_core::here();
  if (stack_size == 0 && hub.has_room_for_task_already()) [[likely]] {
    if (stack* const hottest = hub.stacks.take_hottest()) return hand_out(hub, *hottest, size);
  }
  return take_cooler_stack(hub, stack_size, size);
}

std::error_code spawn_error() noexcept { return hub_core::here().spawn_error; }

void give_back_stack(stack& unused) noexcept { stack_pool::give_back(unused); }

task_record* begin_failed_spawn() noexcept {
  hub_core& hub = hub_core::here();
  if (!hub.in_teardown()) return begin_yield();
  hub.calls_left = 1;  // this one uses up its turn
  return begin_refusal();
}

[[gnu::always_inline]] inline void hub_core::adopt(task_record& task,
                                                   std::source_location where) noexcept {
  task.id = ++last_id_;
  task.parent = current->id;
  task.spawned_at = where;
  if (task.link != nullptr) task.link->id = task.id;
  alive.push_back(task);
  ++alive_count;
}

[[gnu::always_inline]] inline void hub_core::place_new(task_record& task, detail::stack& stack,
                                                       std::source_location where) noexcept {
  adopt(task, where);
  if (teardown_) {  // begun while the function was being copied
    task.cancelled = task.cancel_asked = true;
    task.refusals = 0;
  }
  start_on(task, stack, &task);
  ready.push(task);
}

// Both hand a spawner's values on last: nothing is to be saved in registers for that.

void hub_core::queue_new(task_record& task, detail::stack& stack,
                         std::source_location where) noexcept {
  place_new(task, stack, where);
  if (current->has_extras) [[unlikely]]
    inherit_values(task, *current);
}

task_record* begin_task(task_record& task, stack& stack, std::source_location where) noexcept {
  hub_core& hub = hub_core::here();
  hub.place_new(task, stack, where);
  if (hub.current->has_extras) [[unlikely]]
    return begin_inheriting(task);
  return hub.queue_current_and_pick();
}

std::error_code register_later(later_task& task, until start, std::source_location where) noexcept {
  hub_core& hub = hub_core::here();
  if (start.never() || start.token() != nullptr) {
    return std::make_error_code(std::errc::invalid_argument);
  }
  if (!hub.has_room_for_task()) return hub.spawn_error;
  hub.adopt(task, where);
  if (hub.current->has_extras) inherit_values(task, *hub.current);
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

bool hub_core::make_room_for_tasks() noexcept {
  if (teardown_) {
    spawn_error = make_error_code(errc::cancelled);
    return false;
  }
  const std::size_t wanted = std::max(smallest_room, 2 * alive_count);
  try {
    timers.reserve(wanted + limits_);  // a task waits for one deadline at a time
  } catch (const std::bad_alloc&) {
    spawn_error = std::make_error_code(std::errc::not_enough_memory);
    return false;
  }
  room_for_tasks_ = wanted;
  return true;
}

[[gnu::always_inline]] inline void hub_core::forget(task_record& task) noexcept {
  task.list_hook<alive_tag>::unlink_for_good();
  task.id = 0;
  if (--alive_count == alive_at_end_ && all_ended_ != nullptr) all_ended_->wake();
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

/// Its time has come, or it was cancelled before: either way it gets a stack to end on. False, and
/// it has ended, where there is none.
bool hub_core::start_later(later_task& task) noexcept {
  task.awaits_start = false;
  stack* const taken = stacks.take(task.stack_size, spawn_error);
  if (taken == nullptr) {
    task.cancelled ? task.type->refuse(task) : task.type->fail(task, spawn_error);
    forget(task);
    task.type->release(task);
    return false;
  }
  start_on(task, *taken, taken->top);
  ready.push(task);
  return true;
}

/// Has those that were cancelled before their time end, a few in each pass, for there may be many
/// more of them than there should be stacks.
void hub_core::end_unstarted() noexcept {
  for (int begun = 0; begun < unstarted_at_once && !unstarted_.empty();) {
    if (start_later(static_cast<later_task&>(unstarted_.pop()))) ++begun;
  }
}

/// The function has returned and its outcome is delivered: gives the stack back and goes on with
/// the next task. The stack is stood on until the jump; nobody can take it meanwhile.
[[gnu::always_inline]] inline void hub_core::leave_ended(task_record& ended) noexcept {
  stack& stack = *ended.stack;
  current = &loop_;  // the record will be gone, and a signal handler may ask at any time
  std::atomic_signal_fence(std::memory_order_release);
  forget(ended);
  stack.occupant = nullptr;
  if (ended.type->release == nullptr) {
    std::destroy_at(&ended);  // its function is destroyed already
  } else {
    ended.type->release(ended);
  }
  stack_pool::give_back(stack);
  task_record& next = *pick();
  before_switch(nullptr, next.sanitizer);
  jump_to_context(next);
}

[[gnu::always_inline]] inline void hub_core::run(task_record& task) noexcept {
  task.started = true;
  if (task.cancelled) {
    task.type->refuse(task);
  } else {
    task.type->run(task);
  }
  if (this_hub == nullptr) end_stray_child();
  here().leave_ended(task);
}

extern "C" void weir_run_task(context* entered) noexcept {
  auto& task = static_cast<task_record&>(*entered);
  after_switch(task.sanitizer);
  hub_core::run(task);
}

/// Runs nobody's code: who goes through `alive` may call it.
void hub_core::cancel(task_record& task) noexcept {
  family* others = nullptr;
  cancel_alone(task, others);
  family::cancel_all(others);
}

void hub_core::cancel_alone(task_record& task, family*& others) noexcept {
  task.cancel_asked = true;
  interrupt(task, others);
}

/// Has the cancellation of a task take effect, unless a shield is in its way.
void hub_core::interrupt(task_record& task, family*& others) noexcept {
  if (task.cancelled || !cancel_region::is_cancelled(task)) return;
  task.cancelled = true;
  if (task.awaits_start) {
    task.awaits_start = false;
    disarm(static_cast<later_task&>(task));
    unstarted_.push(task);
    look_after_pass();
  } else if (task.parked_on != nullptr && task.parked_on->cancellable()) {
    task.parked_on->wake(errc::cancelled);
  } else if (task.parked_on != nullptr && task.parked_on->passes_on()) {
    family& joined = *static_cast<family_wait&>(*task.parked_on).parents;
    joined.next = std::exchange(others, &joined);
  }
}

void hub_core::interrupt(task_record& task) noexcept {
  family* others = nullptr;
  interrupt(task, others);
  family::cancel_all(others);
}

void hub_core::begin_teardown() noexcept {
  if (teardown_) return;
  teardown_ = true;
  room_for_tasks_ = 0;
  for (task_record* each = alive.first(); each != nullptr; each = alive.after(*each)) {
    each->refusals = 0;
    cancel(*each);
  }
}

void hub_core::wait_until_all_ended() noexcept {
  hand_over_gathered();
  while (!all_ended() || !unsent.empty() || !services_.empty()) {
    if (all_ended()) {
      for (gatherer* each = unsent.first(); each != nullptr;) {
        gatherer* const next = unsent.after(*each);
        each->limit();
        each = next;
      }
      if (unsent.empty()) {
        cancel_services();
        if (services_.empty()) break;
      }
    }
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
  task.cancelled = true;  // in spite of any shield: what is delivered is no error of its own
  const bool stuck = task.parked_on != nullptr;
  if (stuck) static_cast<void>(task.parked_on->claim());  // before the logger could wake it
  report_abandoned(task, stuck);
  cancel_region::abandon_all(task);
  task.type->abandon(task);
  if (task.service) --alive_at_end_;
  forget(task);
  if (std::exchange(task.holds_exceptions, false)) --holders_;
  task.stack->occupant = nullptr;
  task.stack->owner->leak(*task.stack);
}

/// Whether there was anyone to be abandoned.
bool hub_core::abandon_stuck() noexcept {
  const std::size_t before = alive_count;
  abandon_stuck_of(alive);
  abandon_stuck_of(services_);
  return alive_count != before;
}

/// Abandons all of a list that are parked, the latest first: who joins a task was mostly spawned
/// before it, and is made ready when that one is abandoned. A service that was not told to end yet
/// will listen when it is.
void hub_core::abandon_stuck_of(const list<task_record, alive_tag>& tasks) noexcept {
  for (task_record* each = tasks.last(); each != nullptr;) {
    task_record& task = *each;
    each = tasks.before(task);
    if (&task == &thread_ || !task.cancel_asked || task.parked_on == nullptr) continue;
    abandon(task);
  }
}

}  // namespace weir::detail
