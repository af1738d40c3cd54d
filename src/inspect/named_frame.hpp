// SPDX-License-Identifier: MIT
// A frame with what is needed to decide whether it is weir's.
#pragma once

#include <string>
#include <vector>

#include <weir/task_info.hpp>

namespace weir::detail {

struct named_frame {
  stack_frame shown;
  std::string linkage;  ///< the name that the linker knows the function by; may be empty
};

/// What stands at one address: the function with a frame of its own last, before it what is inlined
/// into it there, the innermost first.
using named_frames = std::vector<named_frame>;

}  // namespace weir::detail
