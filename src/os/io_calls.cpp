// SPDX-License-Identifier: MIT
// The system calls themselves.
#include "os/io_calls.hpp"

#include <cerrno>

#include <unistd.h>

namespace weir::os {

ssize_t io_calls::receive(int fd, std::span<std::byte> into) noexcept {
  const ssize_t received = ::recv(fd, into.data(), into.size(), 0);
  if (received < 0 && errno == ENOTSOCK) return ::read(fd, into.data(), into.size());
  return received;
}

ssize_t io_calls::send(int fd, std::span<const std::byte> bytes) noexcept {
  const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent < 0 && errno == ENOTSOCK) return ::write(fd, bytes.data(), bytes.size());
  return sent;
}

int io_calls::accept(int fd) noexcept {
  return ::accept4(fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int io_calls::connect(int fd, const sockaddr* address, socklen_t size) noexcept {
  return ::connect(fd, address, size);
}

}  // namespace weir::os
