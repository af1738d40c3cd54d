// SPDX-License-Identifier: MIT
// Sending and receiving through the hub's poller.
#include "net/socket_transport.hpp"

#include <sys/socket.h>

#include "core/hub_core.hpp"
#include "os/socket_address.hpp"

namespace weir::detail {

result<std::size_t> socket_transport::receive(std::span<std::byte> into, until& until) {
  return hub_core::here().poller->receive(handle_, into, until);
}

result<std::size_t> socket_transport::send(std::span<const std::byte> bytes, until& until) {
  return hub_core::here().poller->send(handle_, bytes, until);
}

result<std::size_t> socket_transport::try_send(std::span<const std::byte> bytes) noexcept {
  return hub_core::here().poller->try_send(handle_, bytes);
}

void socket_transport::when_writable(writable_listener& listener) noexcept {
  hub_core::here().poller->when_writable(handle_, listener);
}

void socket_transport::close_reading() noexcept { hub_core::here().poller->close_reading(handle_); }

result<void> socket_transport::finish_sending() {
  if (::shutdown(socket_.get(), SHUT_WR) != 0) return std::unexpected(os::last_error());
  return {};
}

void socket_transport::close() noexcept {
  if (!socket_) return;
  if (this_hub != nullptr) hub_core::here().poller->remove(handle_);
  socket_.reset();
}

address socket_transport::local() const { return os::local_address(socket_.get()); }

address socket_transport::remote() const { return os::remote_address(socket_.get()); }

}  // namespace weir::detail
