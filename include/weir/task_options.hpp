// SPDX-License-Identifier: MIT
// What can be chosen for a task when it is spawned.
#pragma once

#include <cstddef>
#include <string>

namespace weir {

struct task_options {
  std::string name;            ///< shown in reports and the task tree
  bool detached = false;       ///< nobody is expected to await it: an error it ends with is logged
  std::size_t stack_size = 0;  ///< bytes of address space, guard of 64 KiB included, rounded up to
                               ///< a power of two; 0: the hub's default
};

}  // namespace weir
