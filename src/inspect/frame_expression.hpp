// SPDX-License-Identifier: MIT
// Computes an address in the way that unwind information says: DWARF 5, section 2.5.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "inspect/register_set.hpp"
#include "inspect/stack_memory.hpp"

namespace weir::detail {

/// Computes the expression at `begin`, its length in front, on top of what is pushed first. Nothing
/// where it asks for a register that is not known, reads outside of the stack, or is of a kind that
/// compilers do not write for frames.
[[nodiscard]] std::optional<std::uintptr_t> evaluate(const void* begin, const registers& frame,
                                                     const stack_memory& memory,
                                                     std::optional<std::uintptr_t> first) noexcept;

}  // namespace weir::detail
