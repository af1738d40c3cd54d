// SPDX-License-Identifier: MIT
// A semaphore of POSIX.
#include "os/wake_up.hpp"

#include <cerrno>
#include <ctime>

namespace weir::os {

void wake_up::ring() noexcept {
  const int saved = errno;
  ::sem_post(&rings_);
  errno = saved;
}

void wake_up::wait(std::optional<std::chrono::steady_clock::time_point> until) noexcept {
  if (!until) {
    ::sem_wait(&rings_);
    return;
  }
  const auto since_boot = until->time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_boot);
  const timespec limit{.tv_sec = seconds.count(),
                       .tv_nsec = std::chrono::nanoseconds(since_boot - seconds).count()};
  ::sem_clockwait(&rings_, CLOCK_MONOTONIC, &limit);
}

}  // namespace weir::os
