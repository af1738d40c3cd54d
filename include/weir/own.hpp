// SPDX-License-Identifier: MIT
// What a task leaves to be done when it has ended.
#pragma once

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

#include <weir/detail/cleanup.hpp>

namespace weir {

/// Keeps `resource` until the current task ends, and returns it where it is kept.
///
/// Then it is closed, by its `close()` if it has one, and destroyed: with what was deferred in one
/// order, last to first, after the task's function has returned and its locals are gone, before who
/// awaits the task goes on. Does not park. Throws `logic_error` outside a task, and `bad_alloc`.
/// LEV: `own`.
template <class Resource>
  requires(!std::is_lvalue_reference_v<Resource>)
Resource& own(Resource&& resource) {
  if (!detail::in_task()) detail::throw_no_task_to_own();
  auto entry =
      std::make_unique<detail::owned<Resource>>(std::in_place, std::forward<Resource>(resource));
  Resource& kept = entry->held;
  detail::add_cleanup(detail::cleanup_owner(entry.release()));
  return kept;
}

/// Gives back what the current task owns; `resource` is what `own` returned, and is gone then.
///
/// Does not park. Throws `logic_error` if the task does not own it. Looks through what was owned
/// and deferred since. LEV: `disown`.
template <class Resource>
[[nodiscard]] Resource disown(Resource& resource) {
  const detail::cleanup_owner entry =
      detail::take_cleanup(&resource, detail::owned<Resource>::close_held);
  if (entry == nullptr) detail::throw_not_owned();
  return std::move(resource);
}

/// Runs `function()` when the current task ends, in one order with what it owns, see `own`: it may
/// use what was owned before it, never the task's locals.
///
/// It may park; in a cancelled task its calls are refused, see `shielded`. What it throws is
/// logged, and the others still run. Does nothing outside a task. Throws `bad_alloc`. LEV: `defer`.
template <std::invocable Function>
void defer(Function&& function) {
  if (!detail::in_task()) return;
  using entry = detail::deferred<std::decay_t<Function>>;
  auto made = std::make_unique<entry>(std::in_place, std::forward<Function>(function));
  detail::add_cleanup(detail::cleanup_owner(made.release()));
}

}  // namespace weir
