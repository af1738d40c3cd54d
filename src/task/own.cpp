// SPDX-License-Identifier: MIT
// A task's list of what is to be done at its end.
#include <weir/own.hpp>

#include <stdexcept>

namespace weir::detail {

void throw_no_task_to_own() {
  throw std::logic_error("weir: outside a task there is nobody to own anything");
}

void throw_not_owned() { throw std::logic_error("weir: the task disowns what it does not own"); }

}  // namespace weir::detail
