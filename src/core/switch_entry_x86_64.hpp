// SPDX-License-Identifier: MIT
// The first instructions of every task on x86-64; see weir/detail/switch_x86_64.hpp.
#pragma once

// The switch arrives with the context entered in rsi. An undefined return address is what tells an
// unwinder that there is no caller.
asm(R"(
  .pushsection .text
  .globl weir_task_entry
  .hidden weir_task_entry
  .type weir_task_entry, @function
weir_task_entry:
  .cfi_startproc
  .cfi_undefined rip
  endbr64
  xorl %ebp, %ebp
  movq %rsi, %rdi
  call weir_run_task
  ud2
  .cfi_endproc
  .size weir_task_entry, .-weir_task_entry
  .popsection
)");
