// SPDX-License-Identifier: MIT
// The registers that make a parked task: all that a switch stores, and all an unwinder needs.
#pragma once

#include <cstddef>

namespace weir::detail {

/// Where a task goes on. The switch addresses the members by offset; keep their order.
struct context {
  void* stack_pointer;
  void* frame_pointer;
  void* resume_address;
  void* base_pointer;  ///< the register some compilers address aligned frames by
};

static_assert(offsetof(context, resume_address) == 2 * sizeof(void*));
static_assert(offsetof(context, base_pointer) == 3 * sizeof(void*));

}  // namespace weir::detail
