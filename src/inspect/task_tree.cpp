// SPDX-License-Identifier: MIT
// A task as others see it, and all of them.
#include <weir/task_tree.hpp>

#include "core/description.hpp"
#include "core/hub_core.hpp"
#include "inspect/task_view.hpp"

namespace weir {
namespace detail {
namespace {

task_status status_of(const hub_core& hub, const task_record& task) noexcept {
  if (&task == hub.current) return task_status::running;
  return task.parked_on != nullptr || task.awaits_start ? task_status::waiting : task_status::ready;
}

coroutine_status co_status_of(const hub_core& hub, const task_record& task) noexcept {
  if (!task.started) return coroutine_status::not_started;
  return &task == hub.current ? coroutine_status::running : coroutine_status::suspended;
}

}  // namespace

task_info view_of(const hub_core& hub, const task_record& task, time_point now) {
  return {.id = task.id,
          .parent_id = task.parent,
          .name = task.name,
          .status = status_of(hub, task),
          .co_status = co_status_of(hub, task),
          .detached = task.detached,
          .spawned_at = task.spawned_at,
          .spawned_from = {.address = address_of_spawn(task)},
          .waiting_for = describe_wait(task),
          .waiting_since = time_waited(task, now)};
}

}  // namespace detail

std::vector<task_info> task_tree() {
  std::vector<task_info> tasks;
  if (detail::this_hub == nullptr) return tasks;
  const detail::hub_core& hub = detail::hub_core::here();
  const time_point now = hub.clock->now();
  tasks.reserve(hub.alive_count);
  for (const auto* each = hub.alive.first(); each != nullptr; each = hub.alive.after(*each)) {
    if (!each->service) tasks.push_back(view_of(hub, *each, now));
  }
  return tasks;
}

}  // namespace weir
