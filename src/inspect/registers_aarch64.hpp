// SPDX-License-Identifier: MIT
// The registers of aarch64 by their DWARF numbers (DWARF for the Arm 64-bit Architecture).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <ucontext.h>

#include <weir/detail/context.hpp>

#include "inspect/register_set.hpp"

namespace weir::detail {

inline constexpr std::size_t x19 = 19;
inline constexpr std::size_t x29 = 29;
inline constexpr std::size_t x30 = 30;
inline constexpr std::size_t sp = 31;

inline constexpr std::size_t stack_pointer_number = sp;

[[nodiscard]] inline registers registers_of(const context& parked) noexcept {
  registers found;
  found.set(x19, reinterpret_cast<std::uintptr_t>(parked.base_pointer));
  found.set(x29, reinterpret_cast<std::uintptr_t>(parked.frame_pointer));
  found.set(sp, reinterpret_cast<std::uintptr_t>(parked.stack_pointer));
  found.pc = reinterpret_cast<std::uintptr_t>(parked.resume_address);
  return found;
}

[[nodiscard]] inline registers registers_of_interrupted(const void* ucontext) noexcept {
  const mcontext_t& saved = static_cast<const ucontext_t*>(ucontext)->uc_mcontext;
  registers found;
  for (std::size_t number = 0; number <= x30; ++number) found.set(number, saved.regs[number]);
  found.set(sp, saved.sp);
  found.pc = saved.pc;
  found.exact = true;
  return found;
}

[[gnu::always_inline]] inline void read_registers(registers& into) noexcept {
  std::array<std::uintptr_t, 14> read;
  asm volatile(
      "stp x19, x20, [%0]\n\t"
      "stp x21, x22, [%0, #16]\n\t"
      "stp x23, x24, [%0, #32]\n\t"
      "stp x25, x26, [%0, #48]\n\t"
      "stp x27, x28, [%0, #64]\n\t"
      "stp x29, x30, [%0, #80]\n\t"
      "mov x1, sp\n\t"
      "adr x2, 1f\n\t"
      "stp x1, x2, [%0, #96]\n\t"
      "1:"
      :
      : "r"(read.data())
      : "x1", "x2", "memory");
  for (std::size_t i = 0; i <= x30 - x19; ++i) into.set(x19 + i, read[i]);
  into.set(sp, read[12]);
  into.pc = read[13];
  into.exact = true;
}

/// xpaclri, which does nothing on processors that do not sign.
[[nodiscard]] inline std::uintptr_t without_signature(std::uintptr_t address) noexcept {
  register std::uintptr_t signed_address asm("x30") = address;
  asm("hint #7" : "+r"(signed_address));
  return signed_address;
}

}  // namespace weir::detail
