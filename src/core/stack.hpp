// SPDX-License-Identifier: MIT
// One task's stack: a guard at the low end, usable memory above it.
#pragma once

#include <cstddef>

#include <weir/detail/list.hpp>

namespace weir::detail {

struct free_stack_tag;
class stack_class;
struct task_record;

/// Describes a stack; lies outside of it, so that the stack's own pages can all be given back.
struct stack : list_hook<free_stack_tag> {
  static constexpr std::size_t guard_size = std::size_t{64} * 1024;

  std::byte* bottom = nullptr;  ///< where the guard begins
  std::byte* top = nullptr;     ///< one past the highest usable byte; differs a little by colour
  stack_class* owner = nullptr;
  task_record* occupant = nullptr;  ///< the task that begins, runs or is parked here
  void* fiber = nullptr;            ///< ThreadSanitizer's, of the last task that ran here
  unsigned valgrind_name = 0;       ///< Valgrind's
  bool prepared = false;            ///< the guard is in place; tasks may run here

  /// The lowest usable byte.
  [[nodiscard]] std::byte* limit() const noexcept { return bottom + guard_size; }
  [[nodiscard]] bool guards(const void* address) const noexcept {
    return address >= bottom && address < limit();
  }
};

}  // namespace weir::detail
