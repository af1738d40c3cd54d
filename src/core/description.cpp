// SPDX-License-Identifier: MIT
#include "core/description.hpp"

#include <fmt/core.h>

#include <weir/detail/family.hpp>
#include <weir/wait.hpp>

#include "base/in_quotes.hpp"

namespace weir::detail {

const void* address_of_spawn(const task_record& task) noexcept {
  return task.type != nullptr && task.type->in_family
             ? static_cast<const child_record&>(task).spawned_from
             : nullptr;
}

std::string describe_place(const std::source_location& spawned_at, const void* spawned_from) {
  if (spawned_at.line() != 0) {  // nobody spawned the thread's own task
    return fmt::format("{}:{}", spawned_at.file_name(), spawned_at.line());
  }
  return spawned_from != nullptr ? fmt::format("{}", spawned_from) : std::string();
}

std::string describe_task(std::uint64_t id, std::string_view name, std::string_view place) {
  std::string text = fmt::format("task {}", id);
  if (!name.empty()) text += " " + in_quotes(name);
  if (!place.empty()) text += fmt::format(", spawned at {}", place);
  return text;
}

std::string describe_task(const task_record& task) {
  return describe_task(task.id, task.name, describe_place(task.spawned_at, address_of_spawn(task)));
}

std::string describe_wait(const task_record& task) {
  if (task.parked_on == nullptr) return task.awaits_start ? "its start" : "";
  const wait& parked = *task.parked_on;
  if (parked.fd() >= 0) return fmt::format("{} (fd {})", parked.what(), parked.fd());
  if (parked.object() != nullptr) return fmt::format("{} ({})", parked.what(), parked.object());
  return parked.what();
}

std::optional<std::chrono::nanoseconds> time_waited(const task_record& task,
                                                    time_point now) noexcept {
  if (task.parked_on == nullptr) return std::nullopt;
  return now - task.parked_on->since();
}

std::string describe_waiting(std::string_view waiting_for,
                             std::optional<std::chrono::nanoseconds> since) {
  std::string text = fmt::format("waits for {}", waiting_for);
  if (since) text += fmt::format(" since {:.3f} s", std::chrono::duration<double>(*since).count());
  return text;
}

}  // namespace weir::detail
