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

std::vector<task_info> view_of_all(const hub_core& hub, time_point now) {
  std::vector<task_info> tasks;
  tasks.reserve(hub.alive_count);
  for (const auto* each = hub.alive.first(); each != nullptr; each = hub.alive.after(*each)) {
    if (!each->service) tasks.push_back(view_of(hub, *each, now));
  }
  return tasks;
}

captured_trace capture(const hub_core& hub, const task_record& task,
                       std::span<const void*> into) noexcept {
  if (&task == hub.current) return capture_here(into);
  return task.started ? capture_parked(task, into) : captured_trace();
}

}  // namespace detail

std::vector<task_info> task_tree() {
  if (detail::this_hub == nullptr) return {};
  const detail::hub_core& hub = detail::hub_core::here();
  return view_of_all(hub, hub.clock->now());
}

}  // namespace weir
