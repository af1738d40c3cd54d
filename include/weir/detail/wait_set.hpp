// SPDX-License-Identifier: MIT
// One task's waiting for the first of several things.
#pragma once

#include <cstddef>
#include <span>

#include <weir/detail/record.hpp>
#include <weir/until.hpp>
#include <weir/wait.hpp>

namespace weir::detail {

/// The waits of one task at several places, and a whole one, which has the deadline and the token
/// and is what the task tree shows. Whichever is woken first, all the others are unlinked before
/// anything else runs.
class wait_set {
 public:
  /// Both live until the task runs again.
  struct place {
    wait* waiting;
    waiting_place* at;
  };
  wait_set(wait& whole, std::span<const place> places) noexcept : whole_(whole), places_(places) {}

  /// As `wait::begin_park`, for all of them.
  [[nodiscard]] task_record* begin_park(until until) noexcept;

  /// Which of the places it was; their number when it was the whole. Precondition: woken.
  [[nodiscard]] std::size_t woken() const noexcept;

  /// Called when `woken` has been claimed.
  void leave_others(wait& woken) noexcept;

 private:
  wait& whole_;
  std::span<const place> places_;
  wait* woken_ = nullptr;
};

}  // namespace weir::detail
