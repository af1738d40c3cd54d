// SPDX-License-Identifier: MIT
// From a function to a task: where it is put, how it is run, who gets the outcome.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <source_location>
#include <string>
#include <type_traits>
#include <utility>

#include <weir/detail/cache_line.hpp>
#include <weir/detail/outcome.hpp>
#include <weir/task_options.hpp>
#include <weir/wait.hpp>

namespace weir::detail {

struct child_record;

/// Who a task was, for the log and for its handle when it has ended.
struct task_identity {
  std::uint64_t id = 0;
  std::string name;
  std::source_location spawned_at;
  const void* spawned_from = nullptr;  ///< the code address instead, where it has no such place
  bool was_cancelled = false;
};

/// The untyped part of a handle. Invariant: while the task has not ended, `record` points to it and
/// its `link` points here; moving the handle re-points both.
struct task_link {
  enum class phase : std::uint8_t { empty, running, ended, taken };

  task_record* record = nullptr;
  std::uint64_t id = 0;
  std::unique_ptr<task_identity> identity;  ///< of an ended task: if it had a name, or failed
  phase state = phase::empty;
  bool reported = false;  ///< the error it ended with is logged already

  task_link() noexcept = default;
  task_link(task_link&& other) noexcept { *this = std::move(other); }
  task_link& operator=(task_link&& other) noexcept;
  ~task_link() {
    if (record != nullptr) record->link = nullptr;
  }

  void link_to(task_record& spawned) noexcept {
    record = &spawned;
    record->link = this;
    state = phase::running;
  }
  /// The task has ended; what remains of it is kept here.
  void keep(task_record& ended, bool failed) noexcept {
    record = nullptr;
    state = phase::ended;
    reported = ended.detached;
    if (failed || !ended.name.empty()) [[unlikely]]
      keep_identity(ended);
  }
  void keep_identity(task_record& ended) noexcept;
};

/// Who a task is that is about to end. Moves its name.
[[nodiscard]] task_identity identify(task_record& ended) noexcept;

/// Logs an outcome that nobody can await any more, unless it is `cancelled` and the task was.
void report_failure(const task_identity& who, std::error_code error,
                    const std::exception_ptr& exception) noexcept;
/// The same for a task that is about to end.
void report_failure(task_record& ended, std::error_code error,
                    const std::exception_ptr& exception) noexcept;

/// Logs what a `defer` of it threw.
void report_cleanup(const task_record& ended, const std::exception_ptr& exception) noexcept;

/// The same for an ended task whose handle goes; by its id alone if nothing else was kept.
void report_unread(const task_link& handle, std::error_code error,
                   const std::exception_ptr& exception) noexcept;

/// A handle's state: link and outcome.
template <class R>
struct task_state : task_link {
  outcome<R> held;
};

/// Shown by who makes tasks, to reach the state of a handle.
struct spawning {};

/// Cancels the task a handle is linked to, if it has not ended.
void cancel_linked(task_link& link) noexcept;
[[noreturn]] void throw_not_awaitable(task_link::phase state);

/// A wait of `await`: the outcome comes here, so that the handle may be moved or destroyed.
template <class R>
struct await_wait : wait {
  using wait::wait;
  detail::outcome<R> received;

  [[nodiscard]] result<R> take() {
    if (!received.empty()) return received.take();
    return std::unexpected(make_error_code(this->outcome()));
  }
};

/// Runs what was deferred and closes what is owned, the last first. Precondition: it has extras.
void run_cleanups(task_record& ended) noexcept;
/// Destroys those of its values that no other task has, and runs what that deferred. The same
/// holds. An abandoned task's stay, as its frames do.
void drop_values(task_record& ended) noexcept;

/// Hands an ended task's outcome to who awaits it, else to the handle, else to the log.
template <class R>
[[gnu::noinline]] void deliver_any(task_record& ended, outcome<R>&& out) noexcept {
  const bool failed = out.failed();
  const auto is_unwanted = [&ended] {
    return ended.detached || (ended.link == nullptr && ended.joiners.empty());
  };
  const bool reported = failed && is_unwanted();
  if (reported) report_failure(ended, out.error(), out.exception());
  if (failed && ended.has_extras) {
    drop_values(ended);
    if (!reported && is_unwanted()) report_failure(ended, out.error(), out.exception());
  }
  // Only now, for all that may have parked, and the handle been moved or destroyed.
  task_link* const link = std::exchange(ended.link, nullptr);
  if (link != nullptr) link->keep(ended, failed);
  if (!ended.joiners.empty()) {
    auto& joiner = static_cast<await_wait<R>&>(ended.joiners.front());
    joiner.received.receive(std::move(out));
    if (link != nullptr) link->state = task_link::phase::taken;
    joiner.wake();
  } else if (link != nullptr) {
    static_cast<task_state<R>*>(link)->held.receive(std::move(out));
  }
}

/// The same. What stands inline is for the most frequent case, for the sake of short tasks: a
/// success that goes to the handle of a task without a name.
template <class R>
[[gnu::always_inline]] inline void deliver(task_record& ended, outcome<R>&& out) noexcept {
  if (out.failed() || ended.link == nullptr || !ended.joiners.empty() || !ended.name.empty()) {
    return deliver_any(ended, std::move(out));
  }
  task_link* const link = std::exchange(ended.link, nullptr);
  link->keep(ended, false);
  static_cast<task_state<R>*>(link)->held.receive(std::move(out));
}

/// A task with its function. `Record` is `task_record`, `later_task` or `child_record`, each of
/// which has a `deliver` that says who gets the outcome.
template <class Record, class Function>
struct task_body : Record {
  using result_type = flattened_t<std::invoke_result_t<Function>>;

  union {
    Function function;  // destroyed as soon as it has returned
  };

  template <class Given>
  task_body(std::in_place_t /*the function*/, Given&& given)
      : function(std::forward<Given>(given)) {
    this->type = &type_of;
  }
  ~task_body() {}  // NOLINT(modernize-use-equals-default): of a union's holder

  static task_body& of(task_record& record) noexcept { return static_cast<task_body&>(record); }

  static void run(task_record& record) noexcept {
    auto ended = outcome<result_type>::of(std::move(of(record).function));
    std::destroy_at(&of(record).function);
    if (record.has_extras) [[unlikely]]
      return end_with_extras(record, std::move(ended));
    deliver(of(record), std::move(ended));
  }
  /// Its values go before anyone learns that it has ended: their destructors may park, too. Where
  /// it failed that is left to `deliver`, for a logger may ask for them.
  [[gnu::noinline, gnu::cold]] static void end_with_extras(task_record& record,
                                                           outcome<result_type>&& ended) noexcept {
    run_cleanups(record);
    if (!ended.failed()) drop_values(record);
    deliver(of(record), std::move(ended));
    drop_values(record);  // what moving the outcome, or destroying it, has set
  }
  static void refuse(task_record& record) noexcept {
    fail(record, make_error_code(errc::cancelled));
  }
  static void fail(task_record& record, std::error_code error) noexcept {
    std::destroy_at(&of(record).function);
    deliver(of(record), outcome<result_type>(error));
    if (record.has_extras) drop_values(record);
  }
  static void abandon(task_record& record) noexcept {
    deliver(of(record), outcome<result_type>(make_error_code(errc::cancelled)));
  }
  static void release(task_record& record) noexcept {
    delete &of(record);  // NOLINT(cppcoreguidelines-owning-memory): made by `begin_later`
  }

  static constexpr task_type type_of{run,
                                     refuse,
                                     abandon,
                                     fail,
                                     std::is_same_v<Record, later_task> ? release : nullptr,
                                     std::is_same_v<Record, child_record>};
};

/// A stack to begin a task on: the record is to be put right below `top`.
struct fresh_stack {
  detail::stack* stack = nullptr;  ///< null: none can be had, see `spawn_error`
  std::byte* top = nullptr;
};
/// The warmest free stack with room for a record of `size` bytes.
[[nodiscard]] fresh_stack take_stack(std::size_t stack_size, std::size_t size) noexcept;
/// Why `take_stack` had none.
[[nodiscard]] std::error_code spawn_error() noexcept;
void give_back_stack(stack& unused) noexcept;
/// Yields, as a spawn does; in a teardown that is a call refused.
[[nodiscard]] task_record* begin_failed_spawn() noexcept;

/// Registers the task and queues it and then the current one; returns whom to switch to.
[[nodiscard]] task_record* begin_task(task_record& task, stack& stack,
                                      std::source_location where) noexcept;
/// Registers a task of `spawn_later`, to be queued at once or when its time has come. An error
/// where it cannot be; nothing is done then.
[[nodiscard]] std::error_code register_later(later_task& task, until start,
                                             std::source_location where) noexcept;

/// The handle of a task that could not be made: it has ended, with `error`.
template <class R>
void link_failed(task_state<R>& handle, const task_options* options, std::error_code error,
                 std::source_location where) {
  handle.state = task_link::phase::ended;
  handle.identity = std::make_unique<task_identity>();
  handle.identity->spawned_at = where;
  handle.identity->was_cancelled = error == errc::cancelled;
  if (options != nullptr) handle.identity->name = options->name;
  handle.held.receive(outcome<R>(error));
}

template <class R>
void apply(task_state<R>& handle, task_options* options, task_record& task) noexcept {
  handle.link_to(task);
  if (options == nullptr) return;
  task.name = std::move(options->name);
  task.detached = options->detached;
  task.stack_size = options->stack_size;
}

/// In the place of a spawn for which there is no stack. Kept apart, so that a spawn that has one
/// saves no registers for it.
template <class R>
[[nodiscard, gnu::noinline, gnu::cold]] task_record* begin_spawn_without_stack(
    task_state<R>& handle, const task_options* options, std::source_location where) {
  link_failed(handle, options, spawn_error(), where);
  return begin_failed_spawn();
}

[[nodiscard]] inline std::size_t stack_size_of(const task_options* options) noexcept {
  return options == nullptr ? 0 : options->stack_size;
}

/// A record begins with a cache line, so that what a switch touches lies in one.
template <class Body>
inline constexpr std::size_t alignment_of = std::max(alignof(Body), cache_line);
/// With room for the alignment, too: any address below the top may be the first that has it.
template <class Body>
inline constexpr std::size_t room_for = sizeof(Body) + alignment_of<Body>;

/// The record of a task of `given` at the top of the stack, which goes back if moving it throws.
template <class Body, class Given>
[[nodiscard, gnu::always_inline]] inline Body* put_on(const fresh_stack& place, Given&& given) {
  const auto top = reinterpret_cast<std::uintptr_t>(place.top);
  void* const memory = reinterpret_cast<void*>((top - sizeof(Body)) & ~(alignment_of<Body> - 1));
  try {
    return ::new (memory) Body(std::in_place, std::forward<Given>(given));
  } catch (...) {
    give_back_stack(*place.stack);
    throw;
  }
}

/// Makes a task of `function`, linked to `handle`; returns whom to switch to, see face.hpp.
template <class Function, class Given, class R>
[[nodiscard, gnu::noinline]] task_record* begin_spawn(task_state<R>& handle, task_options* options,
                                                      Given&& given, std::source_location where) {
  using body = task_body<task_record, Function>;
  const fresh_stack place = take_stack(stack_size_of(options), room_for<body>);
  if (place.stack == nullptr) [[unlikely]]
    return begin_spawn_without_stack(handle, options, where);
  body* const task = put_on<body>(place, std::forward<Given>(given));
  apply(handle, options, *task);
  return begin_task(*task, *place.stack, where);
}

/// Makes a task of `function` that starts later, linked to `handle`.
template <class Function, class Given, class R>
void begin_later(task_state<R>& handle, until start, task_options* options, Given&& given,
                 std::source_location where) {
  using body = task_body<later_task, Function>;
  auto task = std::make_unique<body>(std::in_place, std::forward<Given>(given));
  apply(handle, options, *task);
  if (const std::error_code error = register_later(*task, start, where)) {
    task->spawned_at = where;
    task->cancelled = error == errc::cancelled;
    task->type->fail(*task, error);
  } else {
    static_cast<void>(task.release());  // its end frees it
  }
}

}  // namespace weir::detail
