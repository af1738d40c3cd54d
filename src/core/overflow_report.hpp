// SPDX-License-Identifier: MIT
// Says which task ran into the end of its stack, before the process dies of it.
#pragma once

namespace weir::detail {

/// Gives this thread an alternate signal stack, and the process a handler of SIGSEGV that knows
/// the guards of this thread's tasks; all other faults go to the handler that was there before.
void report_stack_overflows_of_this_thread() noexcept;
void stop_reporting_stack_overflows_of_this_thread() noexcept;

}  // namespace weir::detail
