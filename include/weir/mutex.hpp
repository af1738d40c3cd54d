// SPDX-License-Identifier: MIT
// One task at a time.
#pragma once

#include <cstdint>
#include <mutex>

#include <weir/error.hpp>
#include <weir/until.hpp>
#include <weir/waiting_place.hpp>

namespace weir {

/// Held by one task at a time, also while that parks. First come, first served: `unlock` hands it
/// to who has waited longest. Not recursive. Belongs to the hub it was made at.
///
/// Goes with `std::unique_lock`, `std::lock_guard` and `std::scoped_lock`, which count on a `lock`
/// that succeeds. Where a wait is to end before, use `hold`, or `lock(until)` and
/// `std::adopt_lock`. To be unlocked when it is destroyed; who waits for it is told `errc::closed`.
class mutex {
 public:
  mutex() noexcept = default;
  mutex(const mutex&) = delete;
  mutex& operator=(const mutex&) = delete;
  ~mutex() { waiters_.wake_all(errc::closed); }

  /// Waits until this task holds it.
  ///
  /// Parks while another does. Errors: `errc::timed_out`, `errc::cancelled`, `errc::closed`,
  /// `errc::deadlock` (this task holds it already, or nothing could wake any task; see `errc`).
  /// On any error it is not held.
  [[nodiscard]] result<void> lock(until until);
  /// The same, in a guard that unlocks it.
  [[nodiscard]] result<std::unique_lock<mutex>> hold(until until = {});

  /// Waits until this task holds it, also when it is cancelled: that is told by the next call. A
  /// task that is cancelled while it waits goes to the end of the queue.
  ///
  /// Parks while another holds it. Throws `system_error` for the errors of `lock(until)` that
  /// remain: `errc::deadlock` and `errc::closed`; and `errc::cancelled` in a logger that the hub
  /// calls, which cannot park.
  void lock();
  /// Takes it if nobody holds it. Does not park.
  [[nodiscard]] bool try_lock();

  /// Gives it to who has waited longest, who goes on one tick later. Does not park. Throws
  /// `logic_error` unless this task holds it.
  void unlock();

  /// Whether the calling task holds it.
  [[nodiscard]] bool held() const;

  /// For `condition_variable`: as `lock()`, and says why it could not.
  [[nodiscard]] result<void> lock_in_any_case();

 private:
  bool locked_ = false;
  std::uint64_t owner_ = 0;  ///< the id of the task that holds it; without meaning while unlocked
  waiting_place waiters_;    ///< empty unless locked
};

}  // namespace weir
