// SPDX-License-Identifier: MIT
// Calls that may park and are not begun.
#pragma once

#include <system_error>

#include <weir/until.hpp>

namespace weir::detail {

/// Why a call of the current task, `given` this, cannot be made, if so: `cancelled` first, then
/// `closed` unless what it is made on is `open`, then `busy` if it is `in_use`. Parks only to let
/// others run, where it is asked for too often.
[[nodiscard]] std::error_code refusal(const until& given, bool open = true, bool in_use = false);

}  // namespace weir::detail
