// SPDX-License-Identifier: MIT
// Tasks for programs to read.
#include <chrono>

#include <fmt/core.h>

#include <weir/task_info.hpp>

#include "inspect/json.hpp"

namespace weir {
namespace {

using detail::json_list;
using detail::json_object;
using detail::json_string;

constexpr std::string_view null = "null";

std::string json_bool(bool value) { return value ? "true" : "false"; }

std::string known_string(std::string_view text) {
  return text.empty() ? std::string(null) : json_string(text);
}

std::string known_number(std::uint64_t number) {
  return number == 0 ? std::string(null) : std::to_string(number);
}

std::string json_address(const void* address) {
  return address == nullptr ? std::string(null) : json_string(fmt::format("{}", address));
}

std::string json_seconds(std::chrono::nanoseconds time) {
  return fmt::format("{:.9f}", std::chrono::duration<double>(time).count());
}

std::string_view name_of(task_status status) {
  switch (status) {
    case task_status::running: return "running";
    case task_status::ready: return "ready";
    case task_status::waiting: return "waiting";
    case task_status::done: return "done";
  }
  return "";
}

std::string_view name_of(coroutine_status status) {
  switch (status) {
    case coroutine_status::not_started: return "not_started";
    case coroutine_status::suspended: return "suspended";
    case coroutine_status::running: return "running";
    case coroutine_status::dead: return "dead";
  }
  return "";
}

std::string json_of(const std::source_location& place) {
  if (place.line() == 0) return std::string(null);
  json_object object;
  object.add("file", json_string(place.file_name()));
  object.add("line", std::to_string(place.line()));
  object.add("function", known_string(place.function_name()));
  return object.text();
}

std::string json_of(const stack_frame& frame) {
  json_object object;
  object.add("function", known_string(frame.function));
  object.add("file", known_string(frame.file));
  object.add("line", known_number(frame.line));
  object.add("inlined", json_bool(frame.inlined));
  object.add("address", json_address(frame.address));
  object.add("object", known_string(frame.object));
  return object.text();
}

std::string json_of(const std::vector<stack_frame>& traceback) {
  json_list list;
  for (const stack_frame& each : traceback) list.add(json_of(each));
  return list.text();
}

std::string json_of(const task_info& task) {
  json_object object;
  object.add("id", std::to_string(task.id));
  object.add("parent_id", std::to_string(task.parent_id));
  object.add("name", json_string(task.name));
  object.add("status", json_string(name_of(task.status)));
  object.add("co_status", json_string(name_of(task.co_status)));
  object.add("detached", json_bool(task.detached));
  object.add("spawned_at", json_of(task.spawned_at));
  object.add("spawned_from",
             task.spawned_from.address == nullptr ? std::string(null) : json_of(task.spawned_from));
  object.add("waiting_for", known_string(task.waiting_for));
  object.add("waiting_since",
             task.waiting_since ? json_seconds(*task.waiting_since) : std::string(null));
  object.add("traceback", json_of(task.traceback));
  object.add("traceback_note", known_string(task.traceback_note));
  return object.text();
}

}  // namespace

std::string to_json(std::span<const task_info> tasks) {
  json_list list;
  for (const task_info& each : tasks) list.add(json_of(each));
  return list.text();
}

}  // namespace weir
