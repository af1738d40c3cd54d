// SPDX-License-Identifier: MIT
// Looking up code from a task.
#pragma once

#include <functional>

#include "inspect/side_thread.hpp"

namespace weir::detail {

/// Runs `look_up_all` on a thread of its own, and `await` on this one, which waits for it: libdw
/// and the demangler may need more stack than a task has, and more time than others are to wait.
/// False, and it is logged, where there is no thread to be had.
bool look_up_beside(std::function<void()> look_up_all,
                    const std::function<void(side_thread&)>& await);

}  // namespace weir::detail
