// SPDX-License-Identifier: MIT
// Sockets to try a poller with: one end registered, the other in the hands of the test.
#pragma once

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <weir/error.hpp>
#include <weir/until.hpp>

#include "core/hub_core.hpp"
#include "core/poller.hpp"
#include "os/fd.hpp"

namespace weir::testing {

/// What a system call returned, if it succeeded. Throws `system_error`.
template <class Number>
Number succeeded(Number returned) {
  if (returned < 0) throw std::system_error(os::last_error());
  return returned;
}

/// `near` is nonblocking and for the poller; `far` blocks and is for the test.
struct socket_pair {
  os::fd near;
  os::fd far;
};

/// A pair whose bytes are there as soon as they are sent.
inline socket_pair unix_pair() {
  std::array<int, 2> made{};
  succeeded(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, made.data()));
  succeeded(::fcntl(made[0], F_SETFL, O_NONBLOCK));
  return {os::fd(made[0]), os::fd(made[1])};
}

/// A listening TCP socket on an unused port of the loopback device.
class tcp_listener {
 public:
  explicit tcp_listener(int flags = 0)
      : socket_(succeeded(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0))) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    succeeded(::bind(socket_.get(), address(), size));
    succeeded(::listen(socket_.get(), 128));
    succeeded(::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address_), &size));
  }
  [[nodiscard]] const os::fd& fd() const noexcept { return socket_; }
  [[nodiscard]] const sockaddr* address() const noexcept {
    return reinterpret_cast<const sockaddr*>(&address_);
  }
  [[nodiscard]] static socklen_t address_size() noexcept { return sizeof(sockaddr_in); }

  /// A connection through it, which must have no other waiting.
  [[nodiscard]] socket_pair connection() const {
    os::fd far(succeeded(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)));
    succeeded(::connect(far.get(), address(), address_size()));
    os::fd near(
        succeeded(::accept4(socket_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)));
    return {std::move(near), std::move(far)};
  }
  /// Refuses connections from now on.
  void close() noexcept { socket_.reset(); }

 private:
  os::fd socket_;
  sockaddr_in address_{};
};

inline socket_pair tcp_pair() { return tcp_listener().connection(); }

// -- what the test does at the far end

inline void send_all(const os::fd& to, std::string_view bytes, int flags = 0) {
  while (!bytes.empty()) {
    const auto sent = ::send(to.get(), bytes.data(), bytes.size(), flags | MSG_NOSIGNAL);
    bytes.remove_prefix(static_cast<std::size_t>(succeeded(sent)));
  }
}

/// Exactly `count` bytes, or fewer at the end of the stream.
inline std::string receive_all(const os::fd& from, std::size_t count) {
  std::string bytes(count, '\0');
  const auto received = ::recv(from.get(), bytes.data(), bytes.size(), MSG_WAITALL);
  bytes.resize(static_cast<std::size_t>(succeeded(received)));
  return bytes;
}

inline void shut_down(const os::fd& which) { succeeded(::shutdown(which.get(), SHUT_WR)); }

/// Closes a TCP socket with RST instead of FIN.
inline void reset(os::fd& which) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  succeeded(::setsockopt(which.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once));
  which.reset();
}

// -- what has come to a TCP socket, whether or not anyone has looked; the hub does not run
// meanwhile

/// Waits until `count` bytes have arrived since the connection was made, urgent ones too.
inline void wait_for_bytes(const os::fd& at, std::uint64_t count) {
  for (tcp_info info{};; ::poll(nullptr, 0, 1)) {
    socklen_t size = sizeof info;
    succeeded(::getsockopt(at.get(), IPPROTO_TCP, TCP_INFO, &info, &size));
    if (size < offsetof(tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received) {
      throw std::runtime_error("the system does not count the bytes that arrived");
    }
    if (info.tcpi_bytes_received >= count) return;
  }
}

/// Waits for one of poll(2)'s events: POLLRDHUP for the peer's end, POLLERR for its reset.
inline void wait_for_event(const os::fd& at, short event) {
  pollfd asked{.fd = at.get(), .events = event, .revents = 0};
  while ((asked.revents & event) == 0) succeeded(::poll(&asked, 1, -1));
}

// -- the near end

/// A registered fd, and the poller's operations on it. Belongs to this thread's hub.
class registered {
 public:
  explicit registered(const os::fd& of, detail::io_kind kind = detail::io_kind::drains)
      : handle_(io().add(of.get(), kind).value()) {}
  explicit registered(detail::io_handle handle) noexcept : handle_(handle) {}
  registered(const registered&) = delete;
  registered& operator=(const registered&) = delete;
  ~registered() { remove(); }

  [[nodiscard]] static detail::poller& io() { return *detail::hub_core::here().poller; }
  [[nodiscard]] detail::io_handle handle() const noexcept { return handle_; }
  void remove() const noexcept { io().remove(handle_); }

  [[nodiscard]] result<std::string> recv(std::size_t most, until until = {}) const {
    std::string bytes(most, '\0');
    const auto received = io().receive(handle_, std::as_writable_bytes(std::span(bytes)), until);
    if (!received) return std::unexpected(received.error());
    bytes.resize(*received);
    return bytes;
  }
  /// Receives until it has `count` bytes, or fewer at the end of the stream.
  [[nodiscard]] result<std::string> recv_all(std::size_t count, until until = {}) const {
    std::string bytes;
    while (bytes.size() < count) {
      const auto more = recv(count - bytes.size(), until);
      if (!more) return more;
      if (more->empty()) break;
      bytes += *more;
    }
    return bytes;
  }
  [[nodiscard]] result<int> accept(until until = {}) const { return io().accept(handle_, until); }
  [[nodiscard]] result<std::size_t> send(std::string_view bytes, until until = {}) const {
    return io().send(handle_, std::as_bytes(std::span(bytes)), until);
  }

 private:
  detail::io_handle handle_;
};

/// A socket to connect.
inline os::fd client_socket() {
  return os::fd(succeeded(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)));
}

/// The poller's own `connect`.
inline result<detail::io_handle> connect(const os::fd& client, const tcp_listener& to,
                                         until until) {
  return registered::io().connect(client.get(), detail::io_kind::drains, to.address(),
                                  to.address_size(), until);
}

// -- what the system holds

/// Fds of this process.
inline std::size_t open_fd_count() {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    count += entry.path().empty() ? 0 : 1;
  }
  return count;  // the one that looks is always among them
}

/// What the epoll instances of this process watch, as the kernel says.
inline std::size_t watched_by_kernel() {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    if (std::filesystem::read_symlink(entry, gone) != "anon_inode:[eventpoll]") continue;
    std::ifstream info("/proc/self/fdinfo/" + entry.path().filename().string());
    for (std::string line; std::getline(info, line);) count += line.starts_with("tfd:") ? 1 : 0;
  }
  return count;
}

}  // namespace weir::testing
