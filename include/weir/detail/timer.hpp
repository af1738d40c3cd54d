// SPDX-License-Identifier: MIT
// Something that happens at a time: a wait's deadline, a task to be spawned later.
#pragma once

#include <cstdint>

#include <weir/detail/list.hpp>

namespace weir::detail {

struct fresh_tag;  // set since the hub last looked at its clock, in the order they were set

enum class timer_place : std::uint8_t { nowhere, fresh, heap };

/// Owned by who arms it; the members are the hub's timers' own.
/// Invariant: it is idle, or on the list of fresh timers, or in the heap; never in two.
struct timer : list_hook<fresh_tag> {
  /// Called once, by the hub's loop, when the time has come; the timer is idle again by then.
  void (*on_expire)(timer&) noexcept;
  std::int64_t when;       ///< nanoseconds: a duration while relative, else a time
  std::uint32_t position;  ///< in the heap's array
  bool relative;           ///< a duration that the hub has not begun to count
  timer_place where = timer_place::nowhere;  // the others have meaning only when it is somewhere

  [[nodiscard]] bool armed() const noexcept { return where != timer_place::nowhere; }
};

/// Takes an armed timer off this thread's hub.
void disarm_armed(timer& armed) noexcept;

/// Takes it off the hub's timers; nothing to do when it is not armed.
inline void disarm(timer& any) noexcept {
  if (any.armed()) disarm_armed(any);
}

}  // namespace weir::detail
