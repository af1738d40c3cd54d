// SPDX-License-Identifier: MIT
// Waiting until all of some work is done.
#pragma once

#include <cstddef>

#include <weir/error.hpp>
#include <weir/until.hpp>
#include <weir/waiting_place.hpp>

namespace weir {

/// Counts work that is not done yet. Belongs to the hub it was made at. Who waits when it is
/// destroyed is told `errc::closed`.
class wait_group {
 public:
  explicit wait_group(std::size_t pending = 0) noexcept : pending_(pending) {}
  wait_group(const wait_group&) = delete;
  wait_group& operator=(const wait_group&) = delete;
  ~wait_group() { waiters_.wake_all(errc::closed); }

  /// There is more to be done. Does not park.
  void add(std::size_t count = 1) noexcept { pending_ += count; }
  /// One thing is done; with the last, all who wait go on, one tick later, also if more is added
  /// before they do. Does not park. Throws `logic_error` if nothing was to be done.
  void done();

  /// Waits until everything is done.
  ///
  /// Parks unless there is nothing to be done. Errors: `errc::timed_out`, `errc::cancelled`,
  /// `errc::closed`, `errc::deadlock` (when nothing could wake any task; see `errc`).
  [[nodiscard]] result<void> wait(until until = {});

  /// How much is not done yet.
  [[nodiscard]] std::size_t pending() const noexcept { return pending_; }

 private:
  std::size_t pending_;
  waiting_place waiters_;  ///< empty while nothing is pending
};

}  // namespace weir
