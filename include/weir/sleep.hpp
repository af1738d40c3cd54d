// SPDX-License-Identifier: MIT
// Letting others run, and letting time pass.
#pragma once

#include <weir/error.hpp>
#include <weir/until.hpp>
#include <weir/wait.hpp>

namespace weir {

/// Lets every task that is ready run before this one goes on.
///
/// Yields for one tick, also when it refuses. Errors: `errc::cancelled`. Levee: `continue`.
[[gnu::always_inline]] inline result<void> yield() {
  detail::task_record& self = *detail::need_hub().current;
  detail::finish_switch(self, detail::begin_yield());
  if (self.cancelled) [[unlikely]]
    return failure(errc::cancelled);
  return {};
}

/// Waits until `until` has come; then succeeds.
///
/// Parks, for one tick at least. Errors: `errc::cancelled`. Never late by less than the hub's
/// timer grain, never early. Levee, LEV: `sleep`.
[[nodiscard]] result<void> sleep(until until);

}  // namespace weir
