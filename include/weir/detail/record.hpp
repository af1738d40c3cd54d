// SPDX-License-Identifier: MIT
// A task as the hub sees it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <source_location>
#include <string>
#include <system_error>

#include <weir/detail/context.hpp>
#include <weir/detail/list.hpp>
#include <weir/detail/sanitizer.hpp>
#include <weir/detail/timer.hpp>
#include <weir/waiting_place.hpp>

namespace weir::detail {

struct stack;
struct task_record;
struct task_link;
struct cancel_region;
struct cleanup;
struct value_set;

/// What differs between tasks by the type of their function.
struct task_type {
  void (*run)(task_record&) noexcept;      ///< runs the function, destroys it, delivers its outcome
  void (*refuse)(task_record&) noexcept;   ///< destroys the function unrun, delivers `cancelled`
  void (*abandon)(task_record&) noexcept;  ///< delivers `cancelled`; its frames stay as they are
  void (*fail)(task_record&, std::error_code) noexcept;  ///< as refuse, delivers the error given
  void (*release)(task_record&) noexcept;  ///< for a record on the heap: destroys it; else null
  bool in_family;                          ///< its record is a `child_record`
};

struct alive_tag;  // every task not ended, in the order of spawning

/// The C++ runtime's per-thread state of exceptions (`__cxa_eh_globals` of the Itanium C++ ABI).
struct exception_state {
  void* caught;           ///< those being handled, the latest first
  unsigned int uncaught;  ///< how many were thrown and not caught yet

  [[nodiscard]] bool in_use() const noexcept {
    // One branch, not two: this is asked at every switch.
    return (reinterpret_cast<std::uintptr_t>(caught) | uncaught) != 0;
  }
};

/// Invariants: a task is the hub's `current`, or in the ready queue, or parked (`parked_on` is
/// set), or waits for its start (`start_timer` is armed), or has ended. What a switch touches
/// stands first, in one cache line. What has no initial value is set before it has meaning: a short
/// task's cost is in what is stored for it.
struct task_record : context, list_hook<alive_tag> {
  task_record* next_ready;        ///< the one behind it in the ready queue
  wait* parked_on = nullptr;      ///< null unless parked
  exception_state exceptions;     ///< while switched out in a catch block or while unwinding
  bool holds_exceptions = false;  ///< `exceptions` has meaning
  bool cancelled = false;         ///< every call that can park is refused
  bool started = false;
  bool detached = false;
  bool abandoned = false;
  bool service = false;       ///< weir's own: not counted, never keeps the hub alive
  bool awaits_start = false;  ///< a `later_task` whose time has not come
  bool cancel_asked = false;  ///< outside of every `region`; `cancelled` is what counts here
  bool has_extras = false;    ///< `cleanups` and `values` have meaning
  std::uint32_t refusals;     ///< calls answered `cancelled`; has meaning in a teardown
  const task_type* type = nullptr;
  task_link* link = nullptr;        ///< the handle that receives the outcome; null: none any more
  waiting_place joiners;            ///< one at most: receives the outcome in the handle's stead
  detail::stack* stack = nullptr;   ///< null: the thread's own, or none yet
  cancel_region* region = nullptr;  ///< the innermost deadline or shield it is in; null: none
  cleanup* cleanups;                ///< what runs at its end, the last first
  value_set* values;                ///< what `task_local`s hold in it; null: nothing
  std::uint64_t id = 0;             ///< counts from 1 in each hub; 0: not a task, or not any more
  std::uint64_t parent = 0;         ///< the id of the task that spawned it; 0: none
  std::size_t stack_size = 0;       ///< bytes asked for; 0: the hub's default
  std::source_location spawned_at;
  std::string name;
  sanitizer_state sanitizer;

  /// Before `cleanups` or `values` gets something.
  void need_extras() noexcept {
    if (has_extras) return;
    cleanups = nullptr;
    values = nullptr;
    has_extras = true;
  }
};

/// A task that `spawn_later` made: allocated, as it has no stack until its time has come.
struct later_task : task_record, timer {};

}  // namespace weir::detail
