// SPDX-License-Identifier: MIT
// Running functions beside each other until all have succeeded.
#pragma once

#include <deque>
#include <source_location>
#include <tuple>
#include <utility>
#include <vector>

#include <weir/detail/concurrent.hpp>
#include <weir/error.hpp>

namespace weir {

/// Runs each function in a task of its own, at the same time, and gives their results in order:
/// `result<std::tuple<...>>`, where `void` counts as `std::monostate` and a `result` is flattened.
///
/// A function takes a `cancel_token` or nothing. The first that fails, in time, has the others
/// cancelled, and the token; they are waited for, and its error is returned or its exception
/// rethrown. Errors of the others are logged, but for the `cancelled` that answers this.
/// Parks until all have ended, which nothing shortens: a cancellation of this task goes to them.
/// Errors: `errc::cancelled`, with nothing run, when this task is cancelled; the functions'; the
/// system's when no stack can be had. Throws what the functions throw, `logic_error` on a thread
/// without a hub, `bad_alloc`. Functions are moved or copied, and destroyed where they end.
/// LEV: `all`.
template <detail::concurrent_function... Functions>
[[nodiscard, gnu::noinline]] auto all(Functions&&... functions)
    -> result<std::tuple<detail::value_of<detail::result_of<Functions>>...>> {
  const detail::spawn_place place{.where = {}, .address = __builtin_return_address(0)};
  if (detail::family::is_refused()) return failure(errc::cancelled);
  std::tuple<detail::outcome<detail::result_of<Functions>>...> slots;
  detail::family children("all", detail::decided_by::first_failure);
  detail::start_all(children, slots, place, std::forward<Functions>(functions)...);
  children.wait_for_children();
  if (children.failed()) return children.failure();
  return std::apply(
      [](auto&... slot) {
        return std::tuple<detail::value_of<detail::result_of<Functions>>...>(
            detail::take_value(slot)...);
      },
      slots);
}

/// The same for a range of functions of one type: a `result<std::vector<...>>`. Those of a
/// container that is given up (`std::move`) are moved.
template <detail::concurrent_range Range>
[[nodiscard]] auto all(Range&& functions,
                       std::source_location where = std::source_location::current())
    -> result<std::vector<detail::value_of<detail::result_of<std::ranges::range_value_t<Range>>>>> {
  using value = detail::result_of<std::ranges::range_value_t<Range>>;
  if (detail::family::is_refused()) return failure(errc::cancelled);
  std::deque<detail::outcome<value>> slots;
  detail::family children("all", detail::decided_by::first_failure);
  detail::start_each(children, slots, std::forward<Range>(functions), {.where = where});
  children.wait_for_children();
  if (children.failed()) return children.failure();
  std::vector<detail::value_of<value>> values;
  values.reserve(slots.size());
  for (auto& slot : slots) values.push_back(detail::take_value(slot));
  return values;
}

}  // namespace weir
