// SPDX-License-Identifier: MIT
// Learning in a task that a signal has come: a count of its arrivals, and an fd that tells of them.
#pragma once

#include <atomic>
#include <cstdint>

#include "os/fd.hpp"
#include "os/signal_action.hpp"

namespace weir::os {

/// Counts a signal for as long as it lives, in the place of its former action.
///
/// There may be several for one signal, or for several, on any threads: each sees every arrival.
/// The handler takes no lock and allocates nothing: it adds one to a count and writes to an
/// eventfd, of which each of these has a copy.
class signal_arrivals {
 public:
  /// Throws `system_error`: there is no such signal, it cannot be handled, or there is no fd.
  explicit signal_arrivals(int number);

  /// Arrivals since this was made.
  [[nodiscard]] std::uint64_t count() const noexcept;
  /// Has an edge (EPOLLET) after every arrival, of other signals, too. Never to be read: it is the
  /// same for all.
  [[nodiscard]] int fd() const noexcept { return bell_.get(); }

 private:
  const std::atomic<std::uint64_t>& arrivals_;  ///< of the signal, in the whole process
  std::uint64_t before_;                        ///< read before any is to be counted here
  os::fd bell_;
  signal_action action_;
};

}  // namespace weir::os
