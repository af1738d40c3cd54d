// SPDX-License-Identifier: MIT
// A connected socket as a transport.
#pragma once

#include <cstddef>
#include <span>

#include "core/poller.hpp"
#include "net/transport.hpp"
#include "os/fd.hpp"

namespace weir::detail {

/// Owns the socket and its registration with the hub's poller.
class socket_transport final : public transport {
 public:
  socket_transport(os::fd socket, io_handle handle) noexcept
      : socket_(std::move(socket)), handle_(handle) {}
  socket_transport(const socket_transport&) = delete;
  socket_transport& operator=(const socket_transport&) = delete;
  ~socket_transport() override { socket_transport::close(); }

  [[nodiscard]] result<std::size_t> receive(std::span<std::byte> into, until& until) override;
  [[nodiscard]] result<std::size_t> send(std::span<const std::byte> bytes, until& until) override;
  [[nodiscard]] result<std::size_t> try_send(std::span<const std::byte> bytes) noexcept override;
  void when_writable(writable_listener& listener) noexcept override;
  void close_reading() noexcept override;
  [[nodiscard]] result<void> finish_sending() override;
  void close() noexcept override;
  [[nodiscard]] address local() const override;
  [[nodiscard]] address remote() const override;

 private:
  os::fd socket_;
  io_handle handle_;
};

}  // namespace weir::detail
