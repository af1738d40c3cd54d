// SPDX-License-Identifier: MIT
// The tracebacks of all tasks: captured at once, looked up while others may run.
#include <chrono>
#include <span>

#include <weir/task_tree.hpp>

#include "core/hub_core.hpp"
#include "inspect/backtrace.hpp"
#include "inspect/look_up_beside.hpp"
#include "inspect/symbols.hpp"
#include "inspect/task_view.hpp"

namespace weir {
namespace detail {
namespace {

using std::chrono::steady_clock;

/// So long the task that asks goes on before it lets others run; less where others are ready.
constexpr std::chrono::nanoseconds slice = std::chrono::milliseconds(1);
constexpr std::chrono::nanoseconds short_slice = std::chrono::microseconds(100);

/// The tasks, and their traces as addresses, one behind the other.
struct raw_dump {
  struct trace {
    std::size_t begin = 0;
    captured_trace captured;
  };
  std::vector<task_info> tasks;
  std::vector<trace> traces;  ///< of the task at the same place in `tasks`
  std::vector<const void*> addresses;

  [[nodiscard]] std::span<const void* const> addresses_of(const trace& traced) const noexcept {
    return std::span(addresses).subspan(traced.begin, traced.captured.size);
  }
};

raw_dump capture_all(const hub_core& hub) {
  raw_dump dump;
  dump.tasks.reserve(hub.alive_count);
  dump.traces.reserve(hub.alive_count);
  const time_point now = hub.clock->now();
  trace_buffer room;
  for (const auto* each = hub.alive.first(); each != nullptr; each = hub.alive.after(*each)) {
    if (each->service) continue;
    const captured_trace captured = capture(hub, *each, room);
    dump.tasks.push_back(view_of(hub, *each, now));
    dump.traces.push_back({.begin = dump.addresses.size(), .captured = captured});
    dump.addresses.insert(dump.addresses.end(), room.begin(),
                          room.begin() + static_cast<std::ptrdiff_t>(captured.size));
  }
  return dump;
}

/// All that is to be looked up.
template <class Visit>
void for_each_trace(const raw_dump& dump, Visit visit) {
  for (const raw_dump::trace& each : dump.traces) visit(dump.addresses_of(each));
  for (const task_info& each : dump.tasks) {
    const void* const from = each.spawned_from.address;
    if (from != nullptr) visit(std::span(&from, 1));
  }
}

bool all_known(const raw_dump& dump) {
  bool known = true;
  for_each_trace(dump, [&known](auto trace) { known = known && is_known(trace); });
  return known;
}

void look_up_all(const raw_dump& dump) {
  if (all_known(dump)) return;
  look_up_beside([&dump] { for_each_trace(dump, look_up); },
                 [](side_thread& lookup) {
                   while (!lookup.finished_within(this_hub->ready.empty() ? slice : short_slice)) {
                     let_others_run();
                   }
                 });
}

void fill_in(task_info& task, std::span<const void* const> trace, trace_end end) {
  task.traceback = symbolize(trace);
  task.traceback_note = note_of(end);
  const void* const from = task.spawned_from.address;
  if (from != nullptr) task.spawned_from = symbolize(std::span(&from, 1)).front();
}

}  // namespace
}  // namespace detail

std::vector<task_info> task_dump() {
  if (detail::this_hub == nullptr) return {};
  detail::remember_thread_stack();
  detail::raw_dump dump = detail::capture_all(detail::hub_core::here());
  look_up_all(dump);
  auto slice_end = detail::steady_clock::now() + detail::slice;
  for (std::size_t i = 0; i < dump.tasks.size(); ++i) {
    const auto& traced = dump.traces[i];
    detail::fill_in(dump.tasks[i], dump.addresses_of(traced), traced.captured.end);
    if (detail::steady_clock::now() < slice_end) continue;
    detail::let_others_run();
    slice_end = detail::steady_clock::now() + detail::slice;
  }
  return std::move(dump.tasks);
}

}  // namespace weir
