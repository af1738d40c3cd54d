// SPDX-License-Identifier: MIT
// Waiting for a change of what a mutex guards.
#pragma once

#include <cstddef>

#include <weir/error.hpp>
#include <weir/mutex.hpp>
#include <weir/until.hpp>
#include <weir/waiting_place.hpp>

namespace weir {

/// Where tasks wait for a change of what a mutex guards. First come, first served. Belongs to the
/// hub it was made at. Who waits when it is destroyed is told `errc::closed`.
class condition_variable {
 public:
  condition_variable() noexcept = default;
  condition_variable(const condition_variable&) = delete;
  condition_variable& operator=(const condition_variable&) = delete;
  ~condition_variable() { waiters_.wake_all(errc::closed); }

  /// Unlocks `guard`, waits until notified, and locks it again; there is no waking without reason,
  /// but another task may have held `guard` in between.
  ///
  /// Parks, unless this task is cancelled. Errors: `errc::timed_out`, `errc::cancelled`,
  /// `errc::closed`, `errc::deadlock` (when nothing could wake any task; see `errc`). `guard` is
  /// held on return, whatever that says: locking it again ends neither by `until` nor by a
  /// cancellation. One that was notified is told so, even if it was cancelled since. Throws
  /// `logic_error` unless this task holds `guard`.
  [[nodiscard]] result<void> wait(mutex& guard, until until = {});

  /// Wakes who has waited longest; whether anyone did. Does not park; `guard` need not be held.
  bool notify_one() { return waiters_.wake_one(); }
  /// Wakes all who wait; how many. Does not park.
  std::size_t notify_all() { return waiters_.wake_all(); }

 private:
  waiting_place waiters_;
};

}  // namespace weir
