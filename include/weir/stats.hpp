// SPDX-License-Identifier: MIT
// Counters of a hub.
#pragma once

#include <cstddef>
#include <cstdint>

namespace weir {

/// A hub's counters at one moment. LEV: `stats`.
struct stats_snapshot {
  std::size_t task_count = 0;      ///< tasks not ended
  std::size_t active_coros = 0;    ///< those of them that have started
  std::size_t ready_count = 0;     ///< tasks queued to run
  std::size_t timer_count = 0;     ///< waits with a deadline, and tasks to be spawned later
  std::size_t registered_fds = 0;  ///< fds the poller knows
  std::size_t waiting_fds = 0;     ///< tasks parked for an fd
  std::uint64_t ticks = 0;         ///< passes over the ready queue
  std::uint64_t polls = 0;         ///< times the kernel was asked for events
  std::uint64_t switches = 0;      ///< switches from one task to another, the loop's included

  friend bool operator==(const stats_snapshot&, const stats_snapshot&) = default;
};

/// The counters of this thread's hub; all zero where there is none. Does not park; costs nothing
/// but the time to count.
[[nodiscard]] stats_snapshot stats() noexcept;

}  // namespace weir
