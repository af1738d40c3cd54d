// SPDX-License-Identifier: MIT
// Where a task's stack begins.
#pragma once

/// Not to be called but resumed at.
extern "C" void weir_task_entry();

namespace weir::detail {

/// The address to resume a task at that has not run yet. There, the context switched to is handed
/// to `weir_run_task`; unwinders see the end of the stack.
[[nodiscard]] inline void* switch_entry_address() noexcept {
  return reinterpret_cast<void*>(&weir_task_entry);
}

}  // namespace weir::detail
