// SPDX-License-Identifier: MIT
// So many tasks at a time.
#pragma once

#include <cstddef>

#include <weir/error.hpp>
#include <weir/until.hpp>
#include <weir/waiting_place.hpp>

namespace weir {

/// A number of permits that tasks take and give back. First come, first served: `release` hands a
/// permit to who has waited longest. Belongs to the hub it was made at. Who waits when it is
/// destroyed is told `errc::closed`.
class semaphore {
 public:
  explicit semaphore(std::size_t permits) noexcept : permits_(permits) {}
  semaphore(const semaphore&) = delete;
  semaphore& operator=(const semaphore&) = delete;
  ~semaphore() { waiters_.wake_all(errc::closed); }

  /// Takes a permit.
  ///
  /// Parks while there is none. Errors: `errc::timed_out`, `errc::cancelled`, `errc::closed`,
  /// `errc::deadlock` (when nothing could wake any task; see `errc`). On any error none was taken.
  [[nodiscard]] result<void> acquire(until until = {});
  /// Takes a permit if there is one. Does not park.
  [[nodiscard]] bool try_acquire() noexcept;

  /// Gives `count` permits, by whomever they were taken: to those who wait, who go on one tick
  /// later, and the rest for who comes. Does not park.
  void release(std::size_t count = 1);

  /// Permits that nobody has.
  [[nodiscard]] std::size_t available() const noexcept { return permits_; }

 private:
  std::size_t permits_;
  waiting_place waiters_;  ///< empty unless there is no permit
};

}  // namespace weir
