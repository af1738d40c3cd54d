// SPDX-License-Identifier: MIT
// Where a task's stack begins.
#pragma once

namespace weir::detail {

/// The address to resume a task at that has not run yet. There, the context switched to is handed
/// to `weir_run_task`; unwinders see the end of the stack.
[[nodiscard]] void* switch_entry_address() noexcept;

}  // namespace weir::detail
