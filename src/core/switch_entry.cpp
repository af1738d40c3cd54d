// SPDX-License-Identifier: MIT
// The first instructions of every task, for the processor compiled for.
#include "core/switch_entry.hpp"

#if defined(__x86_64__)
#include "core/switch_entry_x86_64.hpp"
#elif defined(__aarch64__)
#include "core/switch_entry_aarch64.hpp"
#endif
