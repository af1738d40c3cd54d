// SPDX-License-Identifier: MIT
// A client and its upstream, and copying bytes both ways between them.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <system_error>

#include <weir/weir.hpp>

namespace examples {

struct connection {
  weir::stream client;
  weir::stream upstream;
  std::chrono::duration<double> idle_timeout;
  weir::time_point active = weir::now();  ///< when a byte last moved, either way
  std::error_code failure;  ///< why it was cut off: the first cause, none if it was not
};

/// Does one call that receives or sends some, however long that takes, as long as bytes move in the
/// other direction.
template <class ReceiveOrSend>
weir::result<std::size_t> while_active(connection& both, ReceiveOrSend receive_or_send) {
  for (;;) {
    const std::chrono::duration<double> idle = weir::now() - both.active;
    const weir::result<std::size_t> moved = receive_or_send(weir::until(both.idle_timeout - idle));
    if (moved) both.active = weir::now();
    const bool timed_out = !moved && moved.error() == weir::errc::timed_out;
    if (!timed_out || weir::now() - both.active >= both.idle_timeout) return moved;
  }
}

/// Copies one way until the end of the stream, which is passed on as a half-close.
inline weir::result<void> copy(connection& both, weir::stream& from, weir::stream& to) {
  std::array<char, 32'768> buffer;
  for (;;) {
    const auto received =
        while_active(both, [&](weir::until until) { return from.recv(buffer, until); });
    if (!received && received.error() == weir::errc::closed) return to.shutdown();
    if (!received) return std::unexpected(received.error());
    for (auto rest = std::span(buffer).first(*received); !rest.empty();) {
      const auto sent =
          while_active(both, [&](weir::until until) { return to.send_some(rest, until); });
      if (!sent) return std::unexpected(sent.error());
      rest = rest.subspan(*sent);
    }
  }
}

/// When one way fails, the other is ended, too, which makes that one fail with `errc::closed`.
inline void copy_or_cut_off(connection& both, weir::stream& from, weir::stream& to) {
  const auto copied = copy(both, from, to);
  if (copied) return;
  if (!both.failure) both.failure = copied.error();
  (void)both.client.close();
  (void)both.upstream.close();
}

/// Copies both ways until both have ended; `failure` then tells whether they ended well.
/// Each way holds the connection: a task that is cancelled does not wait for the other.
inline void copy_both_ways(const std::shared_ptr<connection>& both) {
  auto down = weir::spawn({.name = "upstream to client"},
                          [both] { copy_or_cut_off(*both, both->upstream, both->client); });
  if (down.done() && !both->upstream.open()) return;  // ended already, and not well
  copy_or_cut_off(*both, both->client, both->upstream);
  const auto ended = down.await();
  if (!ended && !both->failure) both->failure = ended.error();
}

}  // namespace examples
