// SPDX-License-Identifier: MIT
// What is called once, when a receiver closes.
#pragma once

#include <functional>

namespace weir::detail {

using close_callback = std::move_only_function<void()>;

/// Calls it, if there is one; what it throws is logged.
void call_on_close(close_callback callback) noexcept;

}  // namespace weir::detail
