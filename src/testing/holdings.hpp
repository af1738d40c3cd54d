// SPDX-License-Identifier: MIT
// What a test compares before and after: what a hub holds, and the error of a result.
#pragma once

#include <cstddef>
#include <ostream>
#include <system_error>

#include <weir/error.hpp>
#include <weir/stats.hpp>

namespace weir::testing {

/// Everything of this thread's hub that something must give back: all stats that do not only grow.
struct holdings {
  std::size_t tasks = 0;
  std::size_t started = 0;
  std::size_t ready = 0;
  std::size_t timers = 0;
  std::size_t waiting_fds = 0;
  std::size_t registered_fds = 0;

  friend bool operator==(const holdings&, const holdings&) = default;
  friend std::ostream& operator<<(std::ostream& out, const holdings& held) {
    return out << held.tasks << " tasks, " << held.started << " of them started, " << held.ready
               << " ready, " << held.timers << " timers, " << held.waiting_fds
               << " tasks waiting for an fd, " << held.registered_fds << " fds registered";
  }
};

[[nodiscard]] inline holdings held_now() {
  const stats_snapshot now = stats();
  return {now.task_count,  now.active_coros, now.ready_count,
          now.timer_count, now.waiting_fds,  now.registered_fds};
}

/// The error of a result; none when it is a success.
template <class T>
[[nodiscard]] std::error_code error_of(const result<T>& answer) {
  return answer ? std::error_code{} : answer.error();
}

}  // namespace weir::testing
