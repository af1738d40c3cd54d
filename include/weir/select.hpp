// SPDX-License-Identifier: MIT
// Waiting for the first of several receivers, which may be of different types.
#pragma once

#include <array>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include <weir/detail/select_branch.hpp>
#include <weir/detail/wait_set.hpp>
#include <weir/error.hpp>
#include <weir/until.hpp>

namespace weir {

namespace detail {

/// What is received, or the error of that branch; its alternative by position.
template <class Variant, class Branches, std::size_t... Indices>
[[nodiscard]] result<Variant> selected_from(Branches& branches, std::size_t index,
                                            std::index_sequence<Indices...>) {
  result<Variant> chosen = failure(errc{});
  const auto take = [&chosen](auto position, auto& received) {
    if (received) {
      chosen = Variant(std::in_place_index<decltype(position)::value>, *std::move(received));
    } else {
      chosen = std::unexpected(received.error());
    }
  };
  ((index == Indices
        ? take(std::integral_constant<std::size_t, Indices>(), std::get<Indices>(branches).received)
        : void()),
   ...);
  return chosen;
}

template <class... Ends>
class selection {
 public:
  static constexpr std::size_t count = sizeof...(Ends);
  using variant = std::variant<typename select_branch<Ends>::value_type...>;
  static_assert((std::is_nothrow_move_constructible_v<typename select_branch<Ends>::value_type> &&
                 ...),
                "what is received is moved into the variant, and must not be lost on the way");

  explicit selection(Ends&... ends) : branches_(ends...) {}

  [[nodiscard]] result<variant> wait_for_first(until until) {
    hub_face& hub = need_hub();
    task_record& self = *hub.current;
    wait whole("select");
    if (is_refused(self, until)) {
      finish_switch(self, whole.begin_refused());
      return failure(errc::cancelled);
    }
    bool busy = false;
    const std::size_t ready = first_ready(busy);
    if (ready != count || busy) {
      finish_switch(self, begin_return(hub));
      if (ready == count) return failure(errc::busy);
      return from(ready);
    }
    const std::array<wait_set::place, count> places = std::apply(
        [](auto&... branch) {
          return std::array<wait_set::place, count>{
              wait_set::place{&branch.begin(), &branch.place()}...};
        },
        branches_);
    wait_set set(whole, places);
    finish_switch(self, set.begin_park(until));
    const std::size_t woken = set.woken();
    if (woken == count) return failure(whole.outcome());
    finish(woken);
    return from(woken);
  }

 private:
  [[nodiscard]] result<variant> from(std::size_t index) {
    return selected_from<variant>(branches_, index, std::index_sequence_for<Ends...>());
  }

  /// Tries each in turn; `count` if none has anything. `busy`: some task waits at one of them.
  [[nodiscard]] std::size_t first_ready(bool& busy) {
    std::size_t index = 0;
    const auto ready = [&index, &busy](auto& branch) {
      const attempt came = branch.try_now();
      if (came == attempt::received || came == attempt::closed) return true;
      busy = busy || came == attempt::busy;
      ++index;
      return false;
    };
    std::apply([&ready](auto&... branch) { static_cast<void>((ready(branch) || ...)); }, branches_);
    return index;
  }

  void finish(std::size_t woken) {
    std::size_t index = 0;
    std::apply(
        [&index, woken](auto&... branch) { ((index++ == woken ? branch.finish() : void()), ...); },
        branches_);
  }

  std::tuple<select_branch<Ends>...> branches_;
};

template <class Tuple, std::size_t... Indices>
[[nodiscard]] auto select_among(Tuple& ends, until until, std::index_sequence<Indices...>) {
  selection<std::remove_reference_t<std::tuple_element_t<Indices, Tuple>>...> all(
      std::get<Indices>(ends)...);
  return all.wait_for_first(until);
}

}  // namespace detail

/// Waits for the first of several receiving ends that has something, and receives that alone:
/// `select(rx_int, rx_string, 10ms)`, an `until` last or none.
///
/// Ends may be of pipes, gates, values, dealers, broadcasts, queues, stalks (then it is how many
/// messages there are; 0 when another task has removed them since) and selectors. Of those that
/// have something the first in the list is taken. Parks until there is one, `until` passes or this
/// task is cancelled. Returns a variant, whose index is the end's place in the list. Errors: the
/// error that was received, `errc::closed` (one of them is, and has nothing left; it says so in
/// `open()`), `errc::timed_out`, `errc::cancelled`, `errc::busy` (a task waits at one of them),
/// `errc::deadlock`. Messages must move without throwing.
template <class... Arguments>
[[nodiscard]] auto select(Arguments&&... arguments) {
  constexpr std::size_t count = sizeof...(Arguments);
  auto all = std::forward_as_tuple(std::forward<Arguments>(arguments)...);
  using last = std::tuple_element_t<count - 1, std::tuple<Arguments...>>;
  if constexpr (std::is_convertible_v<last, until>) {
    return detail::select_among(all, until(std::get<count - 1>(all)),
                                std::make_index_sequence<count - 1>());
  } else {
    return detail::select_among(all, until(), std::make_index_sequence<count>());
  }
}

}  // namespace weir
