// SPDX-License-Identifier: MIT
// What is told to the reports of the core.
#include "core/inspection.hpp"

#include <chrono>
#include <span>

#include <weir/task_info.hpp>

#include "inspect/backtrace.hpp"
#include "inspect/look_up_beside.hpp"
#include "inspect/symbols.hpp"
#include "inspect/task_view.hpp"

namespace weir::detail {

std::string traceback_of(const hub_core& hub, const task_record& task) {
  trace_buffer room;
  const captured_trace captured = capture(hub, task, room);
  const auto trace = std::span(room).first(captured.size);
  if (!is_known(trace)) {
    look_up_beside([trace] { look_up(trace); }, [](side_thread& lookup) { lookup.finish(); });
  }
  return describe_trace(trace, captured.end);
}

std::string tree_of(const hub_core& hub) {
  std::string text = to_text(view_of_all(hub, hub.now));
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace weir::detail
