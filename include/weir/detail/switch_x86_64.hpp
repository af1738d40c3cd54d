// SPDX-License-Identifier: MIT
// The switch from one stack to another on x86-64.
//
// It stores four registers in the context left, loads them from the one entered, and jumps. It
// pushes nothing, so the red zone is safe; every other register is declared clobbered, so the
// compiler keeps what is live, and nothing else, in the frame. rbp and rbx cannot be declared so
// in every function (frame and base pointer), hence they are kept by hand.
#pragma once

#include <weir/detail/context.hpp>

namespace weir::detail {

/// Leaves `from` and goes on at `to`; returns when something switches back to `from`.
[[gnu::always_inline]] inline void switch_context(context& from, context& to) noexcept {
  context* leaving = &from;
  context* entering = &to;
  asm volatile(
      "leaq 1f(%%rip), %%rax\n\t"
      "movq %%rsp, 0(%%rdi)\n\t"
      "movq %%rbp, 8(%%rdi)\n\t"
      "movq %%rax, 16(%%rdi)\n\t"
      "movq %%rbx, 24(%%rdi)\n\t"
      "movq 0(%%rsi), %%rsp\n\t"
      "movq 8(%%rsi), %%rbp\n\t"
      "movq 24(%%rsi), %%rbx\n\t"
      "jmpq *16(%%rsi)\n\t"
      "1:\n\t"
#if defined(__CET__)
      "endbr64"  // where indirect jumps may lead, in code compiled to be held to it
#endif
      : "+D"(leaving), "+S"(entering)
      :
      : "rax", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "xmm0", "xmm1",
        "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12",
        "xmm13", "xmm14", "xmm15", "mm0", "mm1", "mm2", "mm3", "mm4", "mm5", "mm6", "mm7", "st",
        "st(1)", "st(2)", "st(3)", "st(4)", "st(5)", "st(6)", "st(7)",
#if defined(__AVX512F__)
        "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm24", "xmm25",
        "xmm26", "xmm27", "xmm28", "xmm29", "xmm30", "xmm31", "k0", "k1", "k2", "k3", "k4", "k5",
        "k6", "k7",
#endif
        "cc", "memory");
}

/// Goes on at `to` and never returns: for a stack that is done.
[[noreturn, gnu::always_inline]] inline void jump_to_context(context& to) noexcept {
  asm volatile(
      "movq 0(%%rsi), %%rsp\n\t"
      "movq 8(%%rsi), %%rbp\n\t"
      "movq 24(%%rsi), %%rbx\n\t"
      "jmpq *16(%%rsi)"
      :
      : "S"(&to)
      : "memory");
  __builtin_unreachable();
}

}  // namespace weir::detail
