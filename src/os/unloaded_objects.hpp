// SPDX-License-Identifier: MIT
// Shared objects that come and go.
#pragma once

#include <cstdint>

namespace weir::os {

/// How many shared objects the process has unloaded so far, dl_iterate_phdr(3).
[[nodiscard]] std::uint64_t unloaded_objects() noexcept;

}  // namespace weir::os
