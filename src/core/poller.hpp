// SPDX-License-Identifier: MIT
// What a hub asks of the kernel on behalf of its tasks, in terms of operations, so that one which
// completes them (io_uring) can stand in for one which tells readiness (epoll).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <sys/socket.h>

#include <weir/error.hpp>
#include <weir/until.hpp>

namespace weir::detail {

/// Names a registered fd. Never names another one, though its slot and fd number may be used again
/// later, or at another hub.
struct io_handle {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;  ///< 0: none
  std::uint32_t poller = 0;      ///< of all pollers of the process
};

/// What the poller may conclude about an fd.
enum class io_kind : std::uint8_t {
  other,    ///< nothing: read until EAGAIN
  drains,   ///< a short read empties it: a TCP socket or a pipe that weir opened
  watched,  ///< others read and write it; only its readiness is asked for
  service,  ///< the same, for a task of weir's own: neither the fd nor who waits for it is counted
};

enum class direction : std::uint8_t { read, write };

/// Told when an fd can be written again, by the hub's loop.
class writable_listener {
 public:
  /// Does not park; may remove the fd.
  virtual void writable() noexcept = 0;

 protected:
  ~writable_listener() = default;
};

/// The operations park the calling task. Each is a cancel point on every call, tries first and
/// waits only then. Errors of all: the system's, `errc::timed_out`, `errc::cancelled`,
/// `errc::closed` (the handle was removed, or is another poller's), `errc::busy` (another task
/// waits there).
///
/// Where `until` is a reference, a duration becomes the time point at which it ends once the hub
/// has begun to count it, so that a caller that needs several operations gives the same one to all.
class poller {
 public:
  virtual ~poller() = default;

  /// Registers a nonblocking fd; the caller keeps owning it. Errors: the system's.
  [[nodiscard]] virtual result<io_handle> add(int fd, io_kind kind) = 0;
  /// Ends the registration and wakes who waits, with `errc::closed`; nothing to do for a handle of
  /// another poller. To be called before close(2).
  virtual void remove(io_handle handle) noexcept = 0;

  /// Bytes received; 0 at the end of the stream.
  [[nodiscard]] virtual result<std::size_t> receive(io_handle from, std::span<std::byte> into,
                                                    until& until) = 0;
  /// Bytes sent, at least one unless `bytes` is empty.
  [[nodiscard]] virtual result<std::size_t> send(io_handle to, std::span<const std::byte> bytes,
                                                 until& until) = 0;
  /// A new connection's fd, nonblocking and close-on-exec, for the caller to own.
  [[nodiscard]] virtual result<int> accept(io_handle listener, until& until) = 0;
  /// Connects a nonblocking socket and registers it; on an error it is not registered.
  [[nodiscard]] virtual result<io_handle> connect(int fd, io_kind kind, const sockaddr* address,
                                                  socklen_t size, until until) = 0;
  /// Waits until the fd has become ready since this was last asked; whether its other side is gone
  /// (for a reader: has sent its last), which is told as often as it is asked while it is so.
  [[nodiscard]] virtual result<bool> wait_until_ready(io_handle handle, direction which,
                                                      until until) = 0;

  /// Bytes sent at once; 0 where the system takes none now. Does not park, and is no cancel point.
  [[nodiscard]] virtual result<std::size_t> try_send(io_handle to,
                                                     std::span<const std::byte> bytes) noexcept = 0;
  /// Tells `listener`, once, when the fd can be written or has failed; a removal drops it untold.
  /// Precondition: `try_send` has just returned 0.
  virtual void when_writable(io_handle handle, writable_listener& listener) noexcept = 0;
  /// Ends all receiving, which returns `errc::closed` from now on.
  virtual void close_reading(io_handle handle) noexcept = 0;

  /// Looks for events, for at most `wait` (none: as long as it takes), and wakes who waited for
  /// them. Returns who was woken: nobody, or a number that tells the source of the first.
  virtual std::optional<std::uint32_t> poll(
      std::optional<std::chrono::nanoseconds> wait) noexcept = 0;

  /// Tasks parked here, and listeners; but for services.
  [[nodiscard]] virtual std::size_t waiting_count() const noexcept = 0;
  /// Registered fds, but for services'.
  [[nodiscard]] virtual std::size_t registered_count() const noexcept = 0;
};

}  // namespace weir::detail
