// SPDX-License-Identifier: MIT
// What Valgrind and the sanitizers are told of stacks; nothing in a plain build but for Valgrind.
#pragma once

#include <cstddef>

#include "core/stack.hpp"

namespace weir::detail {

struct task_record;

/// A stack that tasks will run on, and that they will no more.
void remember_stack(stack& made) noexcept;
void forget_stack(stack& gone) noexcept;

/// Memory in which LeakSanitizer is to look for pointers, and no more.
void remember_root(void* begin, std::size_t size) noexcept;
void forget_root(void* begin, std::size_t size) noexcept;

/// A task is about to run on its stack for the first time.
void enter_stack(task_record& task) noexcept;
/// The calling thread's own stack, that of `task`.
void enter_thread_stack(task_record& task) noexcept;

}  // namespace weir::detail
