// SPDX-License-Identifier: MIT
// What is behind a listener.
#pragma once

#include <weir/tcp.hpp>
#include <weir/waiting_place.hpp>

#include "core/poller.hpp"
#include "os/fd.hpp"

namespace weir::tcp {

/// Owns the listening socket and its registration with the hub's poller. Stays until the task that
/// is in `accept` has left it, though the listener may have been destroyed by then.
/// Invariant: at most one task is in `accept`.
class listener::core {
 public:
  core(os::fd socket, detail::io_handle handle, bool gather) noexcept
      : socket_(std::move(socket)), handle_(handle), gather_(gather) {}

  [[nodiscard]] result<stream> accept(until until);
  result<void> close() noexcept;
  [[nodiscard]] address local() const;

  /// The listener is gone: closes, and destroys itself once no task is in it any more.
  void release() noexcept;

 private:
  class visit;

  void delete_if_left() noexcept;
  [[nodiscard]] result<void> wait_for_descriptors(std::chrono::nanoseconds length, until& until);
  [[nodiscard]] result<int> accept_one(until until);

  os::fd socket_;
  detail::io_handle handle_;
  waiting_place out_of_descriptors_;
  bool gather_;
  bool accepting_ = false;
  bool released_ = false;
  bool said_so_ = false;  ///< since the last connection that was accepted
};

}  // namespace weir::tcp
