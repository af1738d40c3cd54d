// SPDX-License-Identifier: MIT
// Reading the registers of a task, for the processor compiled for. Each variant defines:
//
//   stack_pointer_number
//   registers_of(context): those of a parked task
//   registers_of_interrupted(ucontext): those a signal interrupted, from its handler's third
//   argument read_registers(registers&): inlined, those that a function leaves as they were, at
//   that place without_signature(address): a return address as it was before the processor signed
//   it
#pragma once

#if defined(__x86_64__)
#include "inspect/registers_x86_64.hpp"
#elif defined(__aarch64__)
#include "inspect/registers_aarch64.hpp"
#endif
