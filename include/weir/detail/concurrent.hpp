// SPDX-License-Identifier: MIT
// What `all` and `race` have in common: their functions, with a token or without, and results.
#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <iterator>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include <weir/cancel_token.hpp>
#include <weir/detail/family.hpp>
#include <weir/detail/outcome.hpp>

namespace weir::detail {

template <class Function>
inline constexpr bool takes_token = std::invocable<std::decay_t<Function>, cancel_token>;

/// What may be run beside others: it takes a `cancel_token`, or nothing.
template <class Function>
concept concurrent_function = takes_token<Function> || std::invocable<std::decay_t<Function>>;

/// Several of one type. What is itself such a function is not meant.
template <class Range>
concept concurrent_range = !concurrent_function<Range> && std::ranges::input_range<Range> &&
                           concurrent_function<std::ranges::range_value_t<Range>>;

/// Without a type where it is no such function, so that an overload may ask.
template <class Function>
struct returned_by {};
template <class Function>
  requires takes_token<Function>
struct returned_by<Function> {
  using type = std::invoke_result_t<std::decay_t<Function>, cancel_token>;
};
template <class Function>
  requires(!takes_token<Function> && std::invocable<std::decay_t<Function>>)
struct returned_by<Function> {
  using type = std::invoke_result_t<std::decay_t<Function>>;
};

/// What its task results in.
template <class Function>
using result_of = flattened_t<typename returned_by<Function>::type>;

/// The same, with `monostate` in the place of void.
template <class Result>
using value_of = std::conditional_t<std::is_void_v<Result>, std::monostate, Result>;

/// The value of a success.
template <class R>
[[nodiscard]] value_of<R> take_value(outcome<R>& ended) {
  if constexpr (std::is_void_v<R>) {
    return {};
  } else {
    return *ended.take_value();
  }
}

/// Starts `function` in `children`, with their token if it takes one.
template <class Function, class R>
void start_one(family& children, outcome<R>* slot, Function&& function, const spawn_place& place,
               task_options* options = nullptr) {
  if constexpr (takes_token<Function>) {
    children.start(
        slot,
        [function = std::forward<Function>(function), token = children.token()]() mutable {
          return std::invoke(std::move(function), std::move(token));
        },
        place, options);
  } else {
    children.start(slot, std::forward<Function>(function), place, options);
  }
}

/// Starts each function, with the slot at its position in `slots`, a tuple, until one has decided.
template <class Slots, class... Functions>
void start_all(family& children, Slots& slots, const spawn_place& place, Functions&&... functions) {
  [&]<std::size_t... Index>(std::index_sequence<Index...>) {
    // `&&`, so that none is started behind one that decided.
    static_cast<void>(
        ((!children.decided() &&
          (start_one(children, &std::get<Index>(slots), std::forward<Functions>(functions), place),
           true)) &&
         ...));
  }(std::index_sequence_for<Functions...>());
}

/// The same for a range, with a new slot each in `slots`, a deque, whose members stay where they
/// are. Functions are moved out of a container that is the caller's no more.
template <class Range, class Slots>
// NOLINTNEXTLINE(cppcoreguidelines-missing-std-forward): its members are, where they may be
void start_each(family& children, Slots& slots, Range&& range, const spawn_place& place) {
  constexpr bool is_given_up =
      !std::is_lvalue_reference_v<Range> && !std::ranges::view<std::decay_t<Range>>;
  const auto end = std::ranges::end(range);
  for (auto each = std::ranges::begin(range); each != end; ++each) {
    if (children.decided()) break;
    if constexpr (is_given_up) {
      start_one(children, &slots.emplace_back(), std::ranges::iter_move(each), place);
    } else {
      start_one(children, &slots.emplace_back(), *each, place);
    }
  }
}

}  // namespace weir::detail
