// SPDX-License-Identifier: MIT
// The name of the current task.
#pragma once

#include <string>

namespace weir {

/// The name of the task that asks; empty if it has none, and where there is no hub.
[[nodiscard]] std::string task_name();

/// Names the task that calls, for the log, `task_tree` and its handle; what `task::name` has
/// returned before is void. Any bytes are a name. Does nothing where there is no hub. LEV:
/// `task_name`, which may be called anywhere, too.
void task_name(std::string name);

}  // namespace weir
