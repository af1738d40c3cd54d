// SPDX-License-Identifier: MIT
// Waking a thread, from a signal handler too, sem_overview(7).
#pragma once

#include <chrono>
#include <optional>

#include <semaphore.h>

namespace weir::os {

/// What one thread waits for and others ring. A ring that comes while nobody waits is kept.
class wake_up {
 public:
  wake_up() noexcept { ::sem_init(&rings_, 0, 0); }
  wake_up(const wake_up&) = delete;
  wake_up& operator=(const wake_up&) = delete;
  ~wake_up() { ::sem_destroy(&rings_); }

  /// Async-signal-safe. errno stays as it was.
  void ring() noexcept;
  /// Blocks the thread until one rings or `until` has come; none: however long it takes. May return
  /// without either.
  void wait(std::optional<std::chrono::steady_clock::time_point> until) noexcept;

 private:
  sem_t rings_{};
};

}  // namespace weir::os
