// SPDX-License-Identifier: MIT
// Errors that tests expect or send.
#pragma once

#include <system_error>

#include <weir/error.hpp>

namespace weir::testing {

inline const std::error_code cancelled = errc::cancelled;
/// Not one of weir's own.
inline const std::error_code some_error = std::make_error_code(std::errc::io_error);

}  // namespace weir::testing
