// SPDX-License-Identifier: MIT
// The system calls that move bytes and connections, behind a seam where tests make them fail.
#pragma once

#include <cstddef>
#include <span>

#include <sys/socket.h>
#include <sys/types.h>

namespace weir::os {

/// Each is the system call of its name, with its return value and errno.
class io_calls {
 public:
  virtual ~io_calls() = default;

  /// recv(2); read(2) where `fd` is no socket.
  virtual ssize_t receive(int fd, std::span<std::byte> into) noexcept;
  /// send(2) without SIGPIPE; write(2) where `fd` is no socket.
  virtual ssize_t send(int fd, std::span<const std::byte> bytes) noexcept;
  /// accept4(2), nonblocking and close-on-exec.
  virtual int accept(int fd) noexcept;
  virtual int connect(int fd, const sockaddr* address, socklen_t size) noexcept;

  /// Whether `receive` may come short though there is more, because a test has cut it.
  [[nodiscard]] virtual bool cuts() const noexcept { return false; }
};

}  // namespace weir::os
