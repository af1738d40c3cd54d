// SPDX-License-Identifier: MIT
// A peer that is no weir program: a blocking socket, which does what a test tells it.
#pragma once

#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <weir/address.hpp>

#include "os/fd.hpp"
#include "os/socket_address.hpp"

namespace weir::testing {

/// Returns when `fd` has something to be received, or its end; the hub does not run meanwhile.
inline void wait_for_arrival(int fd) {
  pollfd asked{.fd = fd, .events = POLLIN, .revents = 0};
  if (::poll(&asked, 1, 10'000) != 1) throw std::runtime_error("nothing arrives");
}

/// Its calls block the thread, for 10 seconds at most, and throw `system_error`.
class raw_socket {
 public:
  [[nodiscard]] static raw_socket connected_to(const address& to) {
    raw_socket made(to.is_v6() ? AF_INET6 : AF_INET);
    check(::connect(made.get(), os::to_sockaddr(to), os::sockaddr_size(to)), "connect");
    return made;
  }
  [[nodiscard]] static raw_socket listening_at(const address& at, int backlog = 16) {
    raw_socket made(at.is_v6() ? AF_INET6 : AF_INET);
    check(::bind(made.get(), os::to_sockaddr(at), os::sockaddr_size(at)), "bind");
    check(::listen(made.get(), backlog), "listen");
    return made;
  }
  [[nodiscard]] raw_socket accept() const {
    return raw_socket(os::fd(check(::accept(get(), nullptr, nullptr), "accept")));
  }

  [[nodiscard]] int get() const noexcept { return socket_.get(); }
  [[nodiscard]] address local() const { return os::local_address(get()); }

  void send(std::string_view bytes, int flags = 0) const {
    while (!bytes.empty()) {
      const auto sent = ::send(get(), bytes.data(), bytes.size(), flags | MSG_NOSIGNAL);
      bytes.remove_prefix(static_cast<std::size_t>(check(sent, "send")));
    }
  }
  /// At most `most` bytes; fewer only at the end of the stream.
  [[nodiscard]] std::string receive(std::size_t most) const {
    std::string bytes(most, '\0');
    bytes.resize(static_cast<std::size_t>(
        check(::recv(get(), bytes.data(), bytes.size(), MSG_WAITALL), "recv")));
    return bytes;
  }

  void shutdown() const { check(::shutdown(get(), SHUT_WR), "shutdown"); }
  void close() noexcept { socket_.reset(); }
  /// Closes with RST instead of FIN.
  void reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    set(SOL_SOCKET, SO_LINGER, at_once);
    close();
  }

  template <class Value>
  void set(int level, int option, const Value& value) const {
    check(::setsockopt(get(), level, option, &value, sizeof value), "setsockopt");
  }

 private:
  explicit raw_socket(int family)
      : raw_socket(os::fd(check(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"))) {}
  explicit raw_socket(os::fd socket) : socket_(std::move(socket)) {
    const timeval limit{.tv_sec = 10, .tv_usec = 0};
    set(SOL_SOCKET, SO_RCVTIMEO, limit);
    set(SOL_SOCKET, SO_SNDTIMEO, limit);
  }

  template <class Number>
  static Number check(Number returned, const char* call) {
    if (returned < 0) throw std::system_error(errno, std::system_category(), call);
    return returned;
  }

  os::fd socket_;
};

}  // namespace weir::testing
