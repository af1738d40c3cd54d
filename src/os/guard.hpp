// SPDX-License-Identifier: MIT
// Pages whose touch raises SIGSEGV.
#pragma once

#include <cstddef>

#include <weir/error.hpp>

namespace weir::os {

enum class guard_kind {
  marker,      ///< MADV_GUARD_INSTALL (Linux 6.13): needs no mapping of its own
  protection,  ///< mprotect(2) to PROT_NONE: splits the mapping in three
};

/// Makes `[begin, begin + size)` a guard: by a marker if `preferred`, and by protection where that
/// fails (older kernels, locked memory). Returns which. Errors: the system's, of the last try.
[[nodiscard]] result<guard_kind> install_guard(std::byte* begin, std::size_t size,
                                               guard_kind preferred) noexcept;

}  // namespace weir::os
