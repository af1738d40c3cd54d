// SPDX-License-Identifier: MIT
// Leaving out of a traceback what only those who work on weir want to see.
#pragma once

#include <vector>

#include "inspect/named_frame.hpp"

namespace weir::detail {

/// Whether it is a function of weir, and not one that shows a function of a user in its name alone.
[[nodiscard]] bool is_weirs(const named_frame& frame);

/// Of frames of weir that follow each other, only the outermost stays: the one that other code
/// called. Those that every task begins with go, and so does what of the standard library weir
/// calls (std::invoke). Nothing is left out where nothing would remain.
[[nodiscard]] std::vector<stack_frame> folded(const named_frames& trace);

}  // namespace weir::detail
