// SPDX-License-Identifier: MIT
// TCP: connecting and listening.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include <weir/address.hpp>
#include <weir/cancel_token.hpp>
#include <weir/detail/receive_iterator.hpp>
#include <weir/error.hpp>
#include <weir/stream.hpp>
#include <weir/until.hpp>

namespace weir::tcp {

struct connect_options {
  until timeout;                       ///< for the whole of connecting
  std::optional<cancel_token> cancel;  ///< ends the connecting, in the place of `timeout`'s token
  std::optional<address> bind;         ///< the address to connect from
  bool gather = false;                 ///< small sends go together, see `stream`
};

/// Connects to `host` (numeric) and `port`; TCP_NODELAY is on.
///
/// Parks. Errors: `std::errc::invalid_argument` (not an address), `errc::timed_out`,
/// `errc::cancelled`, the system's (`std::errc::connection_refused` and so on). On any error
/// nothing stays open. Levee: `tcp:connect`. LEV: `connect`.
[[nodiscard]] result<stream> connect(std::string_view host, std::uint16_t port,
                                     const connect_options& options = {});
[[nodiscard]] result<stream> connect(const address& to, const connect_options& options = {});

struct listen_options {
  bool reuse_port = false;  ///< SO_REUSEPORT, socket(7)
  int backlog = 128;        ///< connections the system keeps until they are accepted, listen(2)
  bool gather = false;      ///< the accepted streams' small sends go together, see `stream`
};

/// Accepts connections. Move-only; destroying it closes it.
class listener {
 public:
  /// For weir.
  class core;
  struct release {
    void operator()(core* behind) const noexcept;
  };
  explicit listener(std::unique_ptr<core, release> behind) noexcept : core_(std::move(behind)) {}
  listener() noexcept = default;

  /// Takes the next connection; TCP_NODELAY is on.
  ///
  /// Parks until there is one, `until` passes or this task is cancelled. When the process or the
  /// system is out of file descriptors it says so once in the log, waits 10 ms to 1 s between
  /// tries, and goes on. Errors: `errc::timed_out`, `errc::cancelled`, `errc::closed` (closed
  /// here), `errc::busy` (another task accepts), the system's. LEV: `accept`.
  [[nodiscard]] result<stream> accept(until until = {});

  /// Stops listening and wakes who accepts with `errc::closed`. Does not park.
  /// Errors: `errc::closed` if it was closed already.
  result<void> close();

  /// Where it listens, with the port the system chose if 0 was asked for; none when closed.
  [[nodiscard]] address local() const;

  /// Iteration accepts until the first error, which `error` then tells. Parks.
  [[nodiscard]] auto begin() {
    return detail::receive_iterator<listener, stream, &listener::accept>(*this, error_);
  }
  [[nodiscard]] static std::default_sentinel_t end() noexcept { return {}; }
  [[nodiscard]] std::error_code error() const noexcept { return error_; }

 private:
  std::unique_ptr<core, release> core_;
  std::error_code error_;
};

/// Listens at `host` (numeric; "0.0.0.0" and "::" mean every address) and `port` (0: the system
/// chooses one). SO_REUSEADDR is on.
///
/// Does not park. Errors: `std::errc::invalid_argument` (not an address), the system's
/// (`std::errc::address_in_use` and so on). Levee: `tcp:listen`. LEV: `listen`.
[[nodiscard]] result<listener> listen(std::string_view host, std::uint16_t port,
                                      const listen_options& options = {});
[[nodiscard]] result<listener> listen(const address& at, const listen_options& options = {});

}  // namespace weir::tcp
