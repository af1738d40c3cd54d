// SPDX-License-Identifier: MIT
// A view of all tasks of a hub.
#pragma once

#include <vector>

#include <weir/task_info.hpp>

namespace weir {

/// The tasks of this thread's hub that have not ended, by id; empty where there is no hub. Does not
/// park. weir's own tasks are not among them. LEV: `task_tree`.
[[nodiscard]] std::vector<task_info> task_tree();

/// The same with the traceback of each task that has started.
///
/// All are of one moment; then others may run while functions and lines are looked up: parks, for
/// slices of a millisecond or so, and is not a cancel point. The first call reads what debug
/// information there is, which takes some 50 ms and more for a large program; that needs libdw (in
/// Debian the package libdw1), and without it that is logged, and there are only the names that the
/// dynamic linker knows. LEV: `task_dump`.
[[nodiscard]] std::vector<task_info> task_dump();

}  // namespace weir
