// SPDX-License-Identifier: MIT
// Letting others run, and letting time pass.
#pragma once

#include <weir/error.hpp>
#include <weir/until.hpp>
#include <weir/wait.hpp>

namespace weir {

namespace detail {
/// `errc::cancelled`, counted as a call that was refused.
[[nodiscard, gnu::cold]] result<void> refused();
}  // namespace detail

/// Lets every task that is ready run before this one goes on.
///
/// Yields for one tick, also when it refuses. Errors: `errc::cancelled`. Levee: `continue`.
[[gnu::always_inline]] inline result<void> yield() {
  detail::task_record& self = *detail::need_hub().current;
  detail::finish_switch(self, detail::begin_yield());
  if (self.cancelled) [[unlikely]]
    return detail::refused();
  return {};
}

/// Waits until `until` has come; then succeeds.
///
/// Parks, for one tick at least. Never early; late by the hub's timer grain and a tick at most.
/// Errors: `errc::cancelled`, `errc::deadlock` (with an `until` that is never, when nothing could
/// wake any task; see `errc`). Levee, LEV: `sleep`.
[[nodiscard]] result<void> sleep(until until);
/// The same, ended by `token` too: `errc::cancelled`, also where both come at once.
[[nodiscard]] result<void> sleep(until until, const cancel_token& token);

}  // namespace weir
