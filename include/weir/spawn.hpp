// SPDX-License-Identifier: MIT
// Starting tasks.
#pragma once

#include <concepts>
#include <source_location>
#include <type_traits>
#include <utility>

#include <weir/detail/spawn_with.hpp>
#include <weir/task_options.hpp>
#include <weir/until.hpp>

namespace weir {

// Every function here throws `logic_error` on a thread without a hub, `bad_alloc` where there is no
// memory for the handle of a task that could not be made, or for one that starts later, and what
// moving `function` throws. When no stack can be had, or the hub is being torn down, the task
// returned has ended already and `await` tells the error (the system's, or `errc::cancelled`). A
// task is started from where `where` says; leave it to its default.

/// Runs `function()` in a new task, at once if nothing else is ready.
///
/// Yields for one tick: the new task is queued at the back and this one behind it. Not a cancel
/// point. Levee: `spawn(f, a)`. LEV: `spawn`.
template <class Function>
  requires std::invocable<std::decay_t<Function>>
[[gnu::always_inline]] inline auto spawn(
    Function&& function, std::source_location where = std::source_location::current()) {
  return detail::spawn_with(nullptr, std::forward<Function>(function), where);
}

/// Runs `function(argument)` in a new task; the argument is moved or copied there.
template <class Function, class Argument>
  requires std::invocable<std::decay_t<Function>, std::decay_t<Argument>>
[[gnu::always_inline]] inline auto spawn(
    Function&& function, Argument&& argument,
    std::source_location where = std::source_location::current()) {
  return detail::spawn_with(
      nullptr, detail::bound(std::forward<Function>(function), std::forward<Argument>(argument)),
      where);
}

/// The same with a name, a stack size, or without anyone who awaits it.
template <class Function>
  requires std::invocable<std::decay_t<Function>>
[[gnu::always_inline]] inline auto spawn(
    task_options options, Function&& function,
    std::source_location where = std::source_location::current()) {
  return detail::spawn_with(&options, std::forward<Function>(function), where);
}

template <class Function, class Argument>
  requires std::invocable<std::decay_t<Function>, std::decay_t<Argument>>
[[gnu::always_inline]] inline auto spawn(
    task_options options, Function&& function, Argument&& argument,
    std::source_location where = std::source_location::current()) {
  return detail::spawn_with(
      &options, detail::bound(std::forward<Function>(function), std::forward<Argument>(argument)),
      where);
}

/// Runs `function()` in a new task once `start` has come; with a zero duration it is queued at the
/// back at once.
///
/// Does not yield. Until it starts, the task has no stack. `start` may not be never, nor have a
/// token: the task then has ended with `std::errc::invalid_argument`. Levee: `spawn_later(ms, f)`.
template <class Function>
  requires std::invocable<std::decay_t<Function>>
auto spawn_later(until start, Function&& function,
                 std::source_location where = std::source_location::current()) {
  return detail::spawn_later_with(start, nullptr, std::forward<Function>(function), where);
}

template <class Function>
  requires std::invocable<std::decay_t<Function>>
auto spawn_later(task_options options, until start, Function&& function,
                 std::source_location where = std::source_location::current()) {
  return detail::spawn_later_with(start, &options, std::forward<Function>(function), where);
}

}  // namespace weir
