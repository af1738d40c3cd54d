// SPDX-License-Identifier: MIT
// From the addresses of backtrace.hpp to functions, files and lines.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <weir/task_info.hpp>

#include "inspect/backtrace.hpp"

namespace weir::detail {

/// The frames of a trace, inlined ones included, weir's own folded; what is outside of `main` left
/// out.
///
/// From any thread. What was looked up once is kept for the rest of the process. Blocks for as long
/// as it takes, the first time for long, see `task_dump`; it wants a thread's stack or one as
/// large, not a task's, unless all of it is known already.
[[nodiscard]] std::vector<stack_frame> symbolize(std::span<const void* const> trace);

/// Looks up what is not known yet.
void look_up(std::span<const void* const> trace);
/// Whether nothing is left to be looked up.
[[nodiscard]] bool is_known(std::span<const void* const> trace);

/// What is to be said of a trace that ended so; empty if it is complete.
[[nodiscard]] std::string note_of(trace_end end);

}  // namespace weir::detail
