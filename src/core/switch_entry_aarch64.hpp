// SPDX-License-Identifier: MIT
// The first instructions of every task on aarch64; see weir/detail/switch_aarch64.hpp.
#pragma once

// The switch arrives with the context entered in x1. An undefined return address is what tells an
// unwinder that there is no caller.
asm(R"(
  .pushsection .text
  .globl weir_task_entry
  .hidden weir_task_entry
  .type weir_task_entry, %function
weir_task_entry:
  .cfi_startproc
  .cfi_undefined x30
  hint #36
  mov x29, xzr
  mov x30, xzr
  mov x0, x1
  bl weir_run_task
  brk #0
  .cfi_endproc
  .size weir_task_entry, .-weir_task_entry
  .popsection
)");
