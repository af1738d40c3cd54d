// SPDX-License-Identifier: MIT
// The part of memory that may be read to trace a stack.
#pragma once

#include <cstddef>
#include <cstdint>

namespace weir::detail {

/// Invariant: all of it is mapped for as long as it is used.
struct stack_memory {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;

  [[nodiscard]] bool contains(std::uintptr_t address) const noexcept {
    return address >= begin && address < end;
  }

  /// Reads one word. False where it is not on the stack. Sanitizers do not look: it reads what
  /// belongs to other functions.
  [[nodiscard, gnu::no_sanitize_address, gnu::no_sanitize_thread]] bool load(
      std::uintptr_t address, std::uintptr_t& word) const noexcept {
    if (!contains(address) || end - address < sizeof word) return false;
    if (address % sizeof word != 0) return false;
    word = *reinterpret_cast<const volatile std::uintptr_t*>(address);
    return true;
  }
};

}  // namespace weir::detail
