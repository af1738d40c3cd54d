// SPDX-License-Identifier: MIT
// Tasks for people to read.
#include <algorithm>
#include <cstddef>
#include <set>
#include <string_view>
#include <unordered_map>

#include <fmt/core.h>

#include <weir/task_info.hpp>

#include "core/description.hpp"

namespace weir {
namespace {

constexpr std::size_t deepest_indentation = 32;  // levels; tasks below it stand beside it

std::string indentation(std::size_t depth) {
  return std::string(2 * std::min(depth, deepest_indentation), ' ');
}

std::string line_of(const stack_frame& frame) {
  std::string line = frame.function.empty() ? fmt::format("{}", frame.address) : frame.function;
  if (frame.inlined) line += " (inlined)";
  if (!frame.file.empty()) {
    line += fmt::format(" at {}", frame.file);
    if (frame.line != 0) line += fmt::format(":{}", frame.line);
  } else if (!frame.object.empty()) {
    line += fmt::format(" in {}", frame.object);
    if (!frame.function.empty()) line += fmt::format(" ({})", frame.address);
  }
  return line + "\n";
}

std::string state_of(const task_info& task) {
  switch (task.status) {
    case task_status::running: return "running";
    case task_status::ready: return "ready";
    case task_status::waiting:
      return detail::describe_waiting(task.waiting_for, task.waiting_since);
    case task_status::done: return "done";
  }
  return "?";
}

std::string place_of(const task_info& task) {
  if (task.spawned_from.file.empty()) {
    return detail::describe_place(task.spawned_at, task.spawned_from.address);
  }
  return fmt::format("{}:{}", task.spawned_from.file, task.spawned_from.line);
}

void append(std::string& text, const task_info& task, std::size_t depth) {
  text += indentation(depth);
  text += detail::describe_task(task.id, task.name, place_of(task));
  if (task.detached) text += ", detached";
  text += fmt::format(": {}\n", state_of(task));
  for (const stack_frame& each : task.traceback) {
    text += indentation(depth + 2) + line_of(each);
  }
  if (!task.traceback_note.empty()) {
    text += fmt::format("{}({})\n", indentation(depth + 2), task.traceback_note);
  }
}

/// For each id, where the tasks are that it spawned; under 0 those whose parent is not here.
using children = std::unordered_map<std::uint64_t, std::vector<std::size_t>>;

children children_of(std::span<const task_info> tasks) {
  std::set<std::uint64_t> here;
  for (const task_info& each : tasks) here.insert(each.id);
  children found;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const std::uint64_t parent = tasks[i].parent_id;
    // A parent has the lower id; so there is no circle, whatever was put together by hand.
    found[parent < tasks[i].id && here.contains(parent) ? parent : 0].push_back(i);
  }
  return found;
}

/// Says once for each object why its lines are missing.
void append_what_is_missing(std::string& text, std::span<const task_info> tasks) {
  std::set<std::string_view> objects;
  for (const task_info& task : tasks) {
    for (const stack_frame& each : task.traceback) {
      if (each.file.empty() && !each.object.empty()) objects.insert(each.object);
    }
  }
  for (const std::string_view each : objects) {
    text += fmt::format(
        "(no line numbers in {}: it was compiled without -g, or its debug information, or libdw, "
        "is "
        "not installed)\n",
        each);
  }
}

}  // namespace

std::string to_text(std::span<const stack_frame> traceback) {
  std::string text;
  for (const stack_frame& each : traceback) text += line_of(each);
  return text;
}

std::string to_text(std::span<const task_info> tasks) {
  const children spawned = children_of(tasks);
  struct entry {
    std::size_t task;
    std::size_t depth;
  };
  std::vector<entry> to_write;  // the next last
  const auto add_children = [&](std::uint64_t parent, std::size_t depth) {
    const auto found = spawned.find(parent);
    if (found == spawned.end()) return;
    std::for_each(found->second.rbegin(), found->second.rend(),
                  [&](std::size_t each) { to_write.push_back({.task = each, .depth = depth}); });
  };
  std::string text;
  add_children(0, 0);
  while (!to_write.empty()) {
    const entry next = to_write.back();
    to_write.pop_back();
    append(text, tasks[next.task], next.depth);
    if (tasks[next.task].id != 0) add_children(tasks[next.task].id, next.depth + 1);
  }
  append_what_is_missing(text, tasks);
  return text;
}

}  // namespace weir
