// SPDX-License-Identifier: MIT
// What memory is fetched by.
#pragma once

#include <cstddef>

namespace weir::detail {

/// Bytes; of all processors that weir runs on. Not std::hardware_destructive_interference_size,
/// which is a compiler's option and so may differ between a program and the library.
inline constexpr std::size_t cache_line = 64;

}  // namespace weir::detail
