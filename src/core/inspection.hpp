// SPDX-License-Identifier: MIT
// What the core's reports say of tasks and cannot know themselves: defined by the layer that looks
// into tasks, in src/inspect/inspection.cpp.
#pragma once

#include <string>

#include <weir/detail/record.hpp>

namespace weir::detail {

class hub_core;

/// The calls that the task stands in, a line each; empty if there are none. The last line has no
/// newline. Blocks while they are looked up.
[[nodiscard]] std::string traceback_of(const hub_core& hub, const task_record& task);

/// All tasks, the spawned ones below their spawner, a line each, the last without newline.
[[nodiscard]] std::string tree_of(const hub_core& hub);

}  // namespace weir::detail
