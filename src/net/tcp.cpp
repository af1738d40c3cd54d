// SPDX-License-Identifier: MIT
// Connecting and listening.
#include <weir/tcp.hpp>

#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "core/hub_core.hpp"
#include "net/listener_core.hpp"
#include "net/refusal.hpp"
#include "net/socket_transport.hpp"
#include "net/stream_core.hpp"
#include "os/socket_address.hpp"

namespace weir::tcp {
namespace {

until limit_of(const connect_options& options) noexcept {
  return options.cancel ? until(options.timeout, *options.cancel) : options.timeout;
}

/// A nonblocking, close-on-exec TCP socket for the family of `at`.
result<os::fd> make_socket(const address& at) {
  const int family = at.is_v6() ? AF_INET6 : AF_INET;
  os::fd made(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  if (!made) return std::unexpected(os::last_error());
  return made;
}

result<void> switch_on(const os::fd& socket, int level, int option) {
  const int on = 1;
  if (::setsockopt(socket.get(), level, option, &on, sizeof on) != 0) {
    return std::unexpected(os::last_error());
  }
  return {};
}

result<void> bind(const os::fd& socket, const address& at) {
  if (::bind(socket.get(), os::to_sockaddr(at), os::sockaddr_size(at)) != 0) {
    return std::unexpected(os::last_error());
  }
  return {};
}

result<os::fd> make_listening(const address& at, const listen_options& options) {
  auto socket = make_socket(at);
  if (!socket) return socket;
  auto done = switch_on(*socket, SOL_SOCKET, SO_REUSEADDR);
  // Accepted sockets inherit it, which saves a system call for each.
  if (done) done = switch_on(*socket, IPPROTO_TCP, TCP_NODELAY);
  if (done && options.reuse_port) done = switch_on(*socket, SOL_SOCKET, SO_REUSEPORT);
  if (done) done = bind(*socket, at);
  if (!done) return std::unexpected(done.error());
  if (::listen(socket->get(), options.backlog) != 0) return std::unexpected(os::last_error());
  return socket;
}

}  // namespace

result<stream> connect(std::string_view host, std::uint16_t port, const connect_options& options) {
  if (const auto why = detail::refusal(limit_of(options))) return std::unexpected(why);
  const auto to = address::parse(host, port);
  if (!to) return std::unexpected(to.error());
  return connect(*to, options);
}

result<stream> connect(const address& to, const connect_options& options) {
  if (const auto why = detail::refusal(limit_of(options))) return std::unexpected(why);
  auto socket = make_socket(to);
  if (!socket) return std::unexpected(socket.error());
  auto done = switch_on(*socket, IPPROTO_TCP, TCP_NODELAY);
  if (done && options.bind) done = bind(*socket, *options.bind);
  if (!done) return std::unexpected(done.error());
  const auto handle = detail::hub_core::here().poller->connect(
      socket->get(), detail::io_kind::drains, os::to_sockaddr(to), os::sockaddr_size(to),
      limit_of(options));
  if (!handle) return std::unexpected(handle.error());
  return detail::make_stream(
      std::make_unique<detail::socket_transport>(std::move(*socket), *handle), options.gather);
}

result<listener> listen(std::string_view host, std::uint16_t port, const listen_options& options) {
  const auto at = address::parse(host, port);
  if (!at) return std::unexpected(at.error());
  return listen(*at, options);
}

result<listener> listen(const address& at, const listen_options& options) {
  static_cast<void>(detail::need_hub());
  auto socket = make_listening(at, options);
  if (!socket) return std::unexpected(socket.error());
  const auto handle = detail::hub_core::here().poller->add(socket->get(), detail::io_kind::other);
  if (!handle) return std::unexpected(handle.error());
  // Owned by the listener, and by the task that is in it.
  auto* const core = new listener::core(  // NOLINT(cppcoreguidelines-owning-memory)
      std::move(*socket), *handle, options.gather);
  return listener(std::unique_ptr<listener::core, listener::release>(core));
}

}  // namespace weir::tcp
