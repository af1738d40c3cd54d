// SPDX-License-Identifier: MIT
// What Valgrind and the sanitizers are told of stacks; nothing in a plain build but for Valgrind.
#pragma once

#include <cstddef>

#include <weir/detail/sanitizer.hpp>

#include "core/stack.hpp"

namespace weir::detail {

struct task_record;

/// A stack that tasks will run on, and that they will no more.
void remember_stack(stack& made) noexcept;
void forget_stack(stack& gone) noexcept;

/// Memory in which LeakSanitizer is to look for pointers, and no more.
void remember_root(void* begin, std::size_t size) noexcept;
void forget_root(void* begin, std::size_t size) noexcept;

/// A task is about to run on its stack for the first time. (A plain build makes no call of it.)
void enter_stack_sanitized(task_record& task) noexcept;
inline void enter_stack([[maybe_unused]] task_record& task) noexcept {
  if constexpr (address_sanitized || thread_sanitized) enter_stack_sanitized(task);
}
/// The calling thread's own stack, that of `task`.
void enter_thread_stack(task_record& task) noexcept;

}  // namespace weir::detail
