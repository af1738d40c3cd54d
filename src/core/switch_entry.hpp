// SPDX-License-Identifier: MIT
// Where a task's stack begins.
#pragma once

#include <weir/detail/context.hpp>

/// Not to be called but resumed at.
extern "C" void weir_task_entry();

namespace weir::detail {

/// What a task does from its beginning to its end. Called from assembly only, which an optimizer of
/// whole programs does not see.
extern "C" [[gnu::used]] void weir_run_task(context* entered) noexcept;

/// The address to resume a task at that has not run yet. There, the context switched to is handed
/// to `weir_run_task`; unwinders see the end of the stack.
[[nodiscard]] inline void* switch_entry_address() noexcept {
  return reinterpret_cast<void*>(&weir_task_entry);
}

}  // namespace weir::detail
