// SPDX-License-Identifier: MIT
// The switch from one stack to another on aarch64.
//
// It stores four registers in the context left, loads them from the one entered, and jumps; every
// other register is declared clobbered, so the compiler keeps what is live, and nothing else, in
// the frame. x29 and x19 cannot be declared so in every function (frame and base pointer), hence
// they are kept by hand.
#pragma once

#include <weir/detail/context.hpp>

namespace weir::detail {

/// Leaves `from` and goes on at `to`; returns when something switches back to `from`.
[[gnu::always_inline]] inline void switch_context(context& from, context& to) noexcept {
  register context* leaving asm("x0") = &from;
  register context* entering asm("x1") = &to;
  asm volatile(
      "adr x2, 1f\n\t"
      "mov x3, sp\n\t"
      "stp x3, x29, [x0]\n\t"
      "stp x2, x19, [x0, #16]\n\t"
      "ldp x3, x29, [x1]\n\t"
      "ldp x2, x19, [x1, #16]\n\t"
      "mov sp, x3\n\t"
      "br x2\n\t"
      "1:\n\t"
      "hint #36"  // bti j: a landing place for the indirect branch
      : "+r"(leaving), "+r"(entering)
      :
      : "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
        "x16", "x17", "x18", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x30",
        "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13",
        "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26",
        "v27", "v28", "v29", "v30", "v31",
#if defined(__ARM_FEATURE_SVE)
        "p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9", "p10", "p11", "p12", "p13",
        "p14", "p15", "ffr",
#endif
        "cc", "memory");
}

/// Goes on at `to` and never returns: for a stack that is done.
[[noreturn, gnu::always_inline]] inline void jump_to_context(context& to) noexcept {
  register context* entering asm("x1") = &to;
  asm volatile(
      "ldp x3, x29, [x1]\n\t"
      "ldp x2, x19, [x1, #16]\n\t"
      "mov sp, x3\n\t"
      "br x2"
      :
      : "r"(entering)
      : "memory");
  __builtin_unreachable();
}

}  // namespace weir::detail
