// SPDX-License-Identifier: MIT
// One task as others see it.
#pragma once

#include <weir/task_info.hpp>
#include <weir/until.hpp>

#include "core/hub_core.hpp"

namespace weir::detail {

/// All but the traceback. Precondition: not ended, not one of weir's own.
[[nodiscard]] task_info view_of(const hub_core& hub, const task_record& task, time_point now);

}  // namespace weir::detail
