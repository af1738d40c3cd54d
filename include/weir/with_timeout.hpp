// SPDX-License-Identifier: MIT
// Limits on how long a piece of a task may take, or may go on in spite of a cancellation.
#pragma once

#include <concepts>
#include <functional>
#include <type_traits>
#include <utility>

#include <weir/detail/cancel_region.hpp>
#include <weir/detail/outcome.hpp>
#include <weir/error.hpp>
#include <weir/until.hpp>

namespace weir {

namespace detail {

/// What `function` returned, as a result.
template <class Function>
[[nodiscard]] auto result_of_call(Function&& function) {
  using returned = std::invoke_result_t<Function>;
  using value = flattened_t<returned>;
  if constexpr (std::is_void_v<returned>) {
    std::invoke(std::forward<Function>(function));
    return result<void>();
  } else {
    return result<value>(std::invoke(std::forward<Function>(function)));
  }
}

}  // namespace detail

/// Runs `function()` in this same task, under a limit: once that has come, by its time or its
/// token, every call that can park answers `errc::cancelled`, and so do those of the tasks it waits
/// for in `all`, `race` and `scope`.
///
/// Returns what `function` returns, a `result` flattened; `errc::timed_out` in the place of
/// `errc::cancelled`, if it was the time that came. Nested, the earliest counts. Throws what
/// `function` throws, `logic_error` without a hub, and `bad_alloc`.
template <std::invocable Function>
[[nodiscard]] auto with_timeout(until limit, Function&& function) {
  detail::cancel_region region(detail::region_kind::deadline, limit);
  auto ended = detail::result_of_call(std::forward<Function>(function));
  if (!ended && ended.error() == errc::cancelled && region.by == detail::run_out::time) {
    ended = std::unexpected(make_error_code(errc::timed_out));
  }
  return ended;
}

/// Runs `function()` in this same task, which within it does not count as cancelled, until `limit`
/// has come, by its time or its token: for clean-up that has to talk.
///
/// Returns what `function` returns, as it is. A cancellation takes effect behind it. A limit set
/// around it does not count within it, one set within does. A shield without a limit holds off the
/// end of the hub for as long as anything could end its wait. Throws as `with_timeout`.
template <std::invocable Function>
auto shielded(until limit, Function&& function) {
  detail::cancel_region region(detail::region_kind::shield, limit);
  return std::invoke(std::forward<Function>(function));
}

}  // namespace weir
