// SPDX-License-Identifier: MIT
#include <weir/task_name.hpp>

#include <utility>

#include "core/hub_core.hpp"
#include "core/name_change.hpp"

namespace weir {
namespace {

/// Null in the hub's loop, too, where a logger may run.
detail::task_record* current_task() noexcept {
  if (detail::this_hub == nullptr) return nullptr;
  detail::task_record* const current = detail::this_hub->current;
  return current->service ? nullptr : current;
}

}  // namespace

std::string task_name() {
  const detail::task_record* const current = current_task();
  return current == nullptr ? std::string() : current->name;
}

void task_name(std::string name) {
  detail::task_record* const current = current_task();
  if (current == nullptr) return;
  const detail::name_change changing;
  current->name = std::move(name);
}

}  // namespace weir
