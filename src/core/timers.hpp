// SPDX-License-Identifier: MIT
// A hub's timers: those set since it last looked at its clock, and the rest in a heap.
#pragma once

#include <cstddef>
#include <optional>

#include <weir/detail/list.hpp>
#include <weir/detail/timer.hpp>
#include <weir/until.hpp>

#include "base/timer_heap.hpp"

namespace weir::detail {

/// Setting a timer reads no clock and touches no heap: it goes on the list of fresh ones, and most
/// have been met before the hub looks. Only what is left then gets a deadline and a heap node.
class timers {
 public:
  [[nodiscard]] bool empty() const noexcept { return fresh_.empty() && heap_.empty(); }
  /// How many are armed; counts the fresh ones one by one.
  [[nodiscard]] std::size_t count() const noexcept;

  /// Makes room for `count` armed timers at once, so that none allocates. Throws `bad_alloc`.
  void reserve(std::size_t count) { heap_.reserve(count); }

  /// Precondition: not armed, `until` is not never.
  void arm(timer& set, until until, void (*on_expire)(timer&) noexcept) noexcept;
  void disarm(timer& armed) noexcept;

  /// Gives the fresh timers their deadlines, counted from `now`.
  void settle(time_point now) noexcept;
  /// The earliest deadline, if there is any. Call `settle` before.
  [[nodiscard]] std::optional<time_point> earliest() const noexcept;
  /// Expires what is due at `now`, in the order of the deadlines. Call `settle` before.
  void expire(time_point now) noexcept;

 private:
  list<timer, fresh_tag> fresh_;
  timer_heap heap_;
};

}  // namespace weir::detail
