// SPDX-License-Identifier: MIT
// The part of a hub that inlined code touches: the current task and the ready queue.
#pragma once

#include <cstdint>
#include <utility>

#include <weir/detail/record.hpp>
#include <weir/detail/switch.hpp>
#include <weir/detail/this_hub.hpp>
#include <weir/error.hpp>
#include <weir/until.hpp>

namespace weir::detail {

/// Tasks to run, first in, first out. Invariant: a task is in it at most once.
class ready_queue {
 public:
  [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }

  void push(task_record& task) noexcept {
    task.next_ready = nullptr;
    if (first_ == nullptr) {
      first_ = &task;
    } else {
      last_->next_ready = &task;
    }
    last_ = &task;
  }

  /// Precondition: not empty.
  task_record& pop() noexcept {
    task_record& task = *first_;
    // The branch lets the processor go on before it has the link, which was often written just now.
    if (&task == last_) [[likely]] {
      first_ = nullptr;
    } else {
      first_ = task.next_ready;
    }
    return task;
  }

  /// Pushes `task` and pops the first; for the same reason in one step. Precondition: not empty.
  task_record& exchange(task_record& task) noexcept {
    if (first_ == last_) [[likely]] {
      task.next_ready = nullptr;
      last_ = &task;
      return *std::exchange(first_, &task);
    }
    push(task);
    task_record& next = *first_;
    first_ = next.next_ready;
    return next;
  }

  [[nodiscard]] task_record* first() const noexcept { return first_; }
  /// Meaningful while not empty.
  [[nodiscard]] task_record* last() const noexcept { return last_; }

 private:
  task_record* first_ = nullptr;
  task_record* last_ = nullptr;
};

struct hub_face {
  task_record* current = nullptr;
  ready_queue ready;
  int calls_left = 0;  ///< how often the current task may yet return from a call without parking
  time_point now;      ///< the last reading of the hub's clock
};

[[noreturn]] void throw_no_hub();

/// This thread's hub; `logic_error` where there is none.
[[nodiscard]] inline hub_face& need_hub() {
  hub_face* const hub = this_hub;
  if (hub == nullptr) [[unlikely]]
    throw_no_hub();
  return *hub;
}

/// Whether a call that may park is refused: the task that calls is cancelled, or the token given.
/// Every such call asks before it does anything.
[[nodiscard]] inline bool is_refused(const task_record& caller, const until& given) noexcept {
  return caller.cancelled || given.cancelled();
}

/// Whether that has to be asked; false says no.
[[nodiscard]] inline bool may_be_refused(const hub_face& hub, const until& given) noexcept {
  return hub.current->cancelled || given.token() != nullptr;
}

// Each of the following chooses the task to switch to, and returns before the switch, so that the
// switch itself can stand inline in the caller: a return after it would be mispredicted. Null means
// that there is nothing to switch to: the current task goes on.

/// Queues the current task at the back.
[[nodiscard]] task_record* begin_yield() noexcept;
/// For a call that succeeded without parking: lets others run first when it was the last of many.
[[nodiscard]] inline task_record* begin_return(hub_face& hub) noexcept {
  return --hub.calls_left > 0 ? nullptr : begin_yield();
}
/// The same as a plain call, for code in which the switch need not stand inline.
void let_others_run() noexcept;
/// For a call refused because the current task, or its token, is cancelled. In a teardown, a task
/// that goes on calling is not switched back to any more.
[[nodiscard]] task_record* begin_refusal() noexcept;

/// Switches from the current task to `next`, and returns when the current one runs again.
[[gnu::always_inline]] inline void switch_to_task(task_record& self, task_record& next) noexcept {
  before_switch(&self.sanitizer, next.sanitizer);
  switch_context(self, next);
  after_switch(this_hub->current->sanitizer);
}

/// Switches to `next` where a `begin_` call has chosen another task.
[[gnu::always_inline]] inline void finish_switch(task_record& self, task_record* next) noexcept {
  if (next != nullptr && next != &self) switch_to_task(self, *next);
}

}  // namespace weir::detail
