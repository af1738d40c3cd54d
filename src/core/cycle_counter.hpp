// SPDX-License-Identifier: MIT
// Picks the cycle counter for the processor compiled for.
#pragma once

#if defined(__x86_64__)
#include "core/cycle_counter_x86_64.hpp"
#elif defined(__aarch64__)
#include "core/cycle_counter_aarch64.hpp"
#endif
