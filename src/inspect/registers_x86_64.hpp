// SPDX-License-Identifier: MIT
// The registers of x86-64 by their DWARF numbers (System V ABI, figure 3.36).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <ucontext.h>

#include <weir/detail/context.hpp>

#include "inspect/register_set.hpp"

namespace weir::detail {

inline constexpr std::size_t rbx = 3;
inline constexpr std::size_t rbp = 6;
inline constexpr std::size_t rsp = 7;
/// The column of the return address, where a frame's caller goes on.
inline constexpr std::size_t rip = 16;

inline constexpr std::size_t stack_pointer_number = rsp;

[[nodiscard]] inline registers registers_of(const context& parked) noexcept {
  registers found;
  found.set(rbx, reinterpret_cast<std::uintptr_t>(parked.base_pointer));
  found.set(rbp, reinterpret_cast<std::uintptr_t>(parked.frame_pointer));
  found.set(rsp, reinterpret_cast<std::uintptr_t>(parked.stack_pointer));
  found.pc = reinterpret_cast<std::uintptr_t>(parked.resume_address);
  return found;
}

[[nodiscard]] inline registers registers_of_interrupted(const void* ucontext) noexcept {
  constexpr std::array order{REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI,
                             REG_RBP, REG_RSP, REG_R8,  REG_R9,  REG_R10, REG_R11,
                             REG_R12, REG_R13, REG_R14, REG_R15};
  const greg_t* const saved = static_cast<const ucontext_t*>(ucontext)->uc_mcontext.gregs;
  registers found;
  for (std::size_t number = 0; number < order.size(); ++number) {
    found.set(number, static_cast<std::uintptr_t>(saved[order[number]]));
  }
  found.pc = static_cast<std::uintptr_t>(saved[REG_RIP]);
  found.set(rip, found.pc);  // the linker's stubs for calls into shared objects go by it
  found.exact = true;
  return found;
}

[[gnu::always_inline]] inline void read_registers(registers& into) noexcept {
  std::array<std::uintptr_t, 8> read;
  asm volatile(
      "movq %%rbx, 0(%0)\n\t"
      "movq %%rbp, 8(%0)\n\t"
      "movq %%rsp, 16(%0)\n\t"
      "movq %%r12, 24(%0)\n\t"
      "movq %%r13, 32(%0)\n\t"
      "movq %%r14, 40(%0)\n\t"
      "movq %%r15, 48(%0)\n\t"
      "leaq 1f(%%rip), %%rax\n\t"
      "movq %%rax, 56(%0)\n\t"
      "1:"
      :
      : "r"(read.data())
      : "rax", "memory");
  constexpr std::array<std::size_t, 7> order{rbx, rbp, rsp, 12, 13, 14, 15};
  for (std::size_t i = 0; i < order.size(); ++i) into.set(order[i], read[i]);
  into.pc = read.back();
  into.exact = true;
}

[[nodiscard]] inline std::uintptr_t without_signature(std::uintptr_t address) noexcept {
  return address;
}

}  // namespace weir::detail
