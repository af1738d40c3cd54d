// SPDX-License-Identifier: MIT
// From the addresses of backtrace.hpp to functions, files and lines.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <weir/task_info.hpp>

#include "inspect/backtrace.hpp"

namespace weir::detail {

/// Looks up what is not known yet, for `symbolize`; it is kept until a shared object is unloaded.
///
/// From any thread. Blocks for as long as it takes, the first time for long, see `task_dump`; it
/// wants a thread's stack or one as large, not a task's.
void look_up(std::span<const void* const> trace);
/// Whether nothing is left to be looked up. From any thread; waits for no look-up.
[[nodiscard]] bool is_known(std::span<const void* const> trace);

/// The frames of a trace, inlined ones included, weir's own folded; what is outside of `main` left
/// out. Of what was not looked up there is the address. From any thread; waits for no look-up.
[[nodiscard]] std::vector<stack_frame> symbolize(std::span<const void* const> trace);

/// What is to be said of a trace that ended so; empty if it is complete.
[[nodiscard]] std::string note_of(trace_end end);
/// Both of them in words, a line for each frame; the last has no newline.
[[nodiscard]] std::string describe_trace(std::span<const void* const> trace, trace_end end);

}  // namespace weir::detail
