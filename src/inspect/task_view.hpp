// SPDX-License-Identifier: MIT
// Tasks as others see them.
#pragma once

#include <span>
#include <vector>

#include <weir/task_info.hpp>
#include <weir/until.hpp>

#include "core/hub_core.hpp"
#include "inspect/backtrace.hpp"

namespace weir::detail {

/// All but the traceback. Precondition: not ended, not one of weir's own.
[[nodiscard]] task_info view_of(const hub_core& hub, const task_record& task, time_point now);
/// The same of each task of the hub.
[[nodiscard]] std::vector<task_info> view_of_all(const hub_core& hub, time_point now);

/// Where a task of this thread's hub stands: nowhere, where it has not started.
[[nodiscard]] captured_trace capture(const hub_core& hub, const task_record& task,
                                     std::span<const void*> into) noexcept;

}  // namespace weir::detail
