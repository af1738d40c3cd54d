// SPDX-License-Identifier: MIT
// Running functions beside each other until the first has ended.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <source_location>
#include <stdexcept>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include <weir/detail/concurrent.hpp>
#include <weir/error.hpp>

namespace weir {

namespace detail {

template <class First, class... Others>
struct winner {
  using type = std::conditional_t<(std::is_same_v<First, Others> && ...), First,
                                  std::variant<First, Others...>>;
};
/// One type where all are equal, else a variant of them by position.
template <class... Values>
using winner_of = typename winner<Values...>::type;

/// The value in that of `slots` that has won, which succeeded.
template <class Winner, class Slots, std::size_t Index = 0>
[[nodiscard]] result<Winner> take_winner(Slots& slots, const void* winner) {
  auto& slot = std::get<Index>(slots);
  if constexpr (Index + 1 < std::tuple_size_v<Slots>) {
    if (&slot != winner) return take_winner<Winner, Slots, Index + 1>(slots, winner);
  }
  if constexpr (std::is_same_v<Winner, std::decay_t<decltype(take_value(slot))>>) {
    return take_value(slot);
  } else {
    return Winner(std::in_place_index<Index>, take_value(slot));
  }
}

[[noreturn]] void throw_empty_race();

}  // namespace detail

/// Runs each function in a task of its own, at the same time, and gives what the first to end, well
/// or badly, ended with: a `result<R>` where all have the same result, else one of a `std::variant`
/// by position, where `void` counts as `std::monostate` and a `result` is flattened.
///
/// A function takes a `cancel_token` or nothing. The others are cancelled, and the token, and
/// waited for; what they return is dropped, their errors are logged, but for the `cancelled` that
/// answers this. Parks until all have ended, which nothing shortens: a cancellation of this task
/// goes to them. Errors: `errc::cancelled`, with nothing run, when this task is cancelled; the
/// functions'; the system's when no stack can be had. Throws what the first to end threw,
/// `logic_error` on a thread without a hub, `bad_alloc`. Functions are moved or copied, and
/// destroyed where they end. LEV: `race`.
template <detail::concurrent_function... Functions>
  requires(sizeof...(Functions) > 0)
[[nodiscard, gnu::noinline]] auto race(Functions&&... functions)
    -> result<detail::winner_of<detail::value_of<detail::result_of<Functions>>...>> {
  using value = detail::winner_of<detail::value_of<detail::result_of<Functions>>...>;
  const detail::spawn_place place{.where = {}, .address = __builtin_return_address(0)};
  if (detail::family::is_refused()) return failure(errc::cancelled);
  std::tuple<detail::outcome<detail::result_of<Functions>>...> slots;
  detail::family children("race", detail::decided_by::first_end);
  detail::start_all(children, slots, place, std::forward<Functions>(functions)...);
  children.wait_for_children();
  if (children.failed()) return children.failure();
  return detail::take_winner<value>(slots, children.winner());
}

/// The same for a range of functions of one type: a `result<R>`. Those of a container that is given
/// up (`std::move`) are moved. Throws `logic_error` for an empty one.
template <detail::concurrent_range Range>
[[nodiscard]] auto race(Range&& functions,
                        std::source_location where = std::source_location::current())
    -> result<detail::value_of<detail::result_of<std::ranges::range_value_t<Range>>>> {
  if (detail::family::is_refused()) return failure(errc::cancelled);
  std::deque<detail::outcome<detail::result_of<std::ranges::range_value_t<Range>>>> slots;
  detail::family children("race", detail::decided_by::first_end);
  detail::start_each(children, slots, std::forward<Range>(functions), {.where = where});
  children.wait_for_children();
  if (children.failed()) return children.failure();
  for (auto& slot : slots) {
    if (&slot == children.winner()) return detail::take_value(slot);
  }
  detail::throw_empty_race();
}

}  // namespace weir
