// SPDX-License-Identifier: MIT
// Waiting for any file descriptor that can be polled.
#pragma once

#include <cstdint>
#include <utility>

#include <weir/error.hpp>
#include <weir/until.hpp>

namespace weir {

enum class readiness : std::uint8_t {
  ready,   ///< it can be read or written
  closed,  ///< the other side is gone (what it sent may still be read), or it was unregistered
};

/// One side, reading or writing, of a registered fd. A value; belongs to the hub it was made in.
class fd_state {
 public:
  /// Waits until the fd has become ready since the last `recv`; a readiness that came while nobody
  /// waited is kept.
  ///
  /// Parks. One readiness stands for everything that was there: read (or write) until EAGAIN before
  /// the next. Errors: `errc::timed_out`, `errc::cancelled`, `errc::busy` (another task waits for
  /// this side). Levee: `FDState.recv`.
  [[nodiscard]] result<readiness> recv(until until = {}) const;

  /// For weir: a slot of a poller, and whether it is its writing side.
  fd_state(std::uint32_t slot, std::uint32_t generation, std::uint32_t poller,
           bool writing) noexcept
      : slot_(slot), generation_(generation), poller_(poller), writing_(writing) {}

 private:
  std::uint32_t slot_;
  std::uint32_t generation_;
  std::uint32_t poller_;
  bool writing_;
};

/// Has the hub watch `fd` for reading, for writing or for both; `{reading, writing}`.
///
/// Does not park, and changes nothing about the fd, which stays the caller's until `unregister_fd`.
/// A regular file counts as always ready. Errors: `std::errc::invalid_argument` for the side not
/// asked for; else, for both sides, the system's (`std::errc::file_exists`: registered already).
/// Levee: `register`.
[[nodiscard]] std::pair<result<fd_state>, result<fd_state>> register_fd(int fd, bool read,
                                                                        bool write);

/// Ends the watching and closes `fd`; who waits for it, and who asks later, is told
/// `readiness::closed`. Does not park. Errors: `std::errc::bad_file_descriptor` if it is not
/// registered; it is not closed then. Levee: `unregister`.
result<void> unregister_fd(int fd);

}  // namespace weir
