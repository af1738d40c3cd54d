// SPDX-License-Identifier: MIT
// Tasks that end before a block does.
#pragma once

#include <exception>
#include <source_location>
#include <utility>

#include <weir/detail/concurrent.hpp>
#include <weir/error.hpp>
#include <weir/task_options.hpp>

namespace weir {

/// Has a scope cancel what still runs when it is left.
struct cancel_on_exit_t {};
inline constexpr cancel_on_exit_t cancel_on_exit{};

/// Tasks that may refer to what was declared before it: all have ended when it is destroyed.
///
/// `~scope` parks until they have. It cancels them first when it is left by an exception, when its
/// own task is cancelled, or when it was made with `cancel_on_exit`; a cancellation that comes
/// while it waits goes to them. Errors that no `join` has returned are logged. Belongs to the task
/// that made it; only its tasks may use it beside that, to spawn and to cancel.
class scope {
 public:
  scope() noexcept = default;
  explicit scope(cancel_on_exit_t /*choice*/) noexcept : cancel_on_exit_(true) {}
  scope(const scope&) = delete;
  scope& operator=(const scope&) = delete;
  ~scope();

  /// Runs `function()`, or `function(token)`, in a new task, at once if nothing else is ready; the
  /// token is cancelled with the tasks. What it returns is dropped, but for an error.
  ///
  /// Yields for one tick, as `weir::spawn`, and is no cancel point either. After a `cancel` the
  /// task never runs. Where no stack can be had, or in a teardown, that is an error as of a task.
  /// Throws `logic_error` without a hub, `bad_alloc`, and what moving `function` throws.
  template <detail::concurrent_function Function>
  void spawn(Function&& function, std::source_location where = std::source_location::current()) {
    start(nullptr, std::forward<Function>(function), where);
  }
  /// The same with a name or a stack size; all are awaited, `detached` or not.
  template <detail::concurrent_function Function>
  void spawn(task_options options, Function&& function,
             std::source_location where = std::source_location::current()) {
    start(&options, std::forward<Function>(function), where);
  }

  /// Waits until all its tasks have ended.
  ///
  /// The first error or exception, in time, also one from before the call, has the others cancelled
  /// and is returned or rethrown; later ones are logged. More may be spawned afterwards, but after
  /// an error they never run. Parks, which nothing shortens: a cancellation of this task goes to
  /// the others. Errors: those of the tasks; `errc::cancelled`, also when they all succeed, if this
  /// task was cancelled when it called. To be called by the task that made the scope.
  [[nodiscard]] result<void> join();

  /// Cancels all its tasks, those still to be spawned too. Does not park.
  void cancel() noexcept { children_.cancel(); }

 private:
  template <class Function>
  void start(task_options* options, Function&& function, std::source_location where) {
    require_task();
    using returned = detail::result_of<Function>;
    detail::start_one<Function, returned>(children_, nullptr, std::forward<Function>(function),
                                          {.where = where}, options);
    detail::let_others_run();
  }
  /// Throws `logic_error` where there is no task to wait for others.
  static void require_task();

  detail::family children_{"scope", detail::decided_by::joined_failure};
  int exceptions_ = std::uncaught_exceptions();  ///< more when it is left: by one of them
  bool cancel_on_exit_ = false;
};

}  // namespace weir
