// SPDX-License-Identifier: MIT
// Picks the switch for the processor compiled for.
#pragma once

#if defined(__x86_64__)
#include <weir/detail/switch_x86_64.hpp>
#elif defined(__aarch64__)
#include <weir/detail/switch_aarch64.hpp>
#else
#error \
    "weir runs on x86-64 and aarch64; another processor needs its own weir/detail/switch_<cpu>.hpp"
#endif
