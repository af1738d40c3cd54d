// SPDX-License-Identifier: MIT
// The addresses of a socket's two sides.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include <sys/socket.h>

#include <weir/address.hpp>

namespace weir::os {

namespace detail {

/// `call` is getsockname(2) or getpeername(2).
inline address address_by(int (*call)(int, sockaddr*, socklen_t*), int fd) noexcept {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (call(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};
  const auto bytes = std::as_bytes(std::span(&storage, 1)).first(size);
  return address::from_native(bytes).value_or(address{});
}

}  // namespace detail

/// None where the socket has no such address of the families `address` knows.
[[nodiscard]] inline address local_address(int fd) noexcept {
  return detail::address_by(::getsockname, fd);
}
[[nodiscard]] inline address remote_address(int fd) noexcept {
  return detail::address_by(::getpeername, fd);
}

/// For the calls that take an address.
[[nodiscard]] inline const sockaddr* to_sockaddr(const address& at) noexcept {
  return reinterpret_cast<const sockaddr*>(at.native().data());
}
[[nodiscard]] inline socklen_t sockaddr_size(const address& at) noexcept {
  return static_cast<socklen_t>(at.native().size());
}

}  // namespace weir::os
