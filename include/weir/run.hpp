// SPDX-License-Identifier: MIT
// Running a program in a hub of its own.
#pragma once

#include <concepts>
#include <memory>
#include <source_location>
#include <type_traits>
#include <utility>

#include <weir/detail/spawn_with.hpp>
#include <weir/hub.hpp>

namespace weir {

namespace detail {

/// A hub for the time of one `run`; the thread that made it is no task, and only waits.
class run_session {
 public:
  explicit run_session(const hub_options& options);
  run_session(const run_session&) = delete;
  run_session& operator=(const run_session&) = delete;
  ~run_session();

  void wait_until_all_ended() noexcept;

 private:
  std::unique_ptr<hub_core> core_;
};

}  // namespace detail

/// Makes a hub, runs `function()` as its main task, and returns its result when all tasks have
/// ended: a `result<R>`; rethrows what it threw.
///
/// Throws `logic_error` if this thread has a hub already (`run` inside `run`), and `system_error`
/// if the system refuses what a hub needs. LEV: `run`.
template <class Function>
  requires std::invocable<std::decay_t<Function>>
auto run(const hub_options& options, Function&& function,
         std::source_location where = std::source_location::current()) {
  detail::task_of<Function> main;
  detail::run_session session(options);
  task_options named{.name = "main"};
  main = detail::spawn_with(&named, std::forward<Function>(function), where);
  session.wait_until_all_ended();
  return main.await();
}

template <class Function>
  requires std::invocable<std::decay_t<Function>>
auto run(Function&& function, std::source_location where = std::source_location::current()) {
  return run(hub_options{}, std::forward<Function>(function), where);
}

}  // namespace weir
