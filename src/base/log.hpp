// SPDX-License-Identifier: MIT
// Saying something through the logger that is set.
#pragma once

#include <string_view>

#include <weir/log.hpp>

namespace weir::detail {

/// Never throws; a logger that fails is stood in for by stderr.
void log(log_level level, std::string_view text) noexcept;

}  // namespace weir::detail
