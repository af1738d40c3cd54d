// SPDX-License-Identifier: MIT
// The receiving end of a pipe, a gate or a value.
#pragma once

#include <memory>
#include <utility>

#include <weir/detail/direct_half.hpp>
#include <weir/detail/receive_iterator.hpp>
#include <weir/detail/receiving_end.hpp>
#include <weir/error.hpp>
#include <weir/until.hpp>

namespace weir {

/// Receives messages of type `T` from one sender. Move-only; destroying it closes the channel.
/// Moving, copying or destroying a message must not park, see `sender`. A loop over it uses this
/// end until the loop is over: it is not to be destroyed meanwhile.
template <class T>
class receiver : public detail::receiving_end<detail::direct_half<T>> {
 public:
  using detail::receiving_end<detail::direct_half<T>>::receiving_end;

  /// Takes the next message; from a value, its current state, every time.
  ///
  /// From a sender that waits at once; otherwise parks until one is sent, `until` passes or this
  /// task is cancelled. Errors: the one sent, `errc::closed` (the sender is gone),
  /// `errc::timed_out`, `errc::cancelled`, `errc::busy` (another task is receiving here),
  /// `errc::deadlock` (when nothing could wake any task; see `errc`). On all but the first no
  /// message was taken. Levee: `recver:recv(ms)`.
  [[nodiscard, gnu::always_inline]] result<T> recv(until until = {}) {
    detail::direct_half<T>* const half = this->half();
    detail::hub_face& hub = detail::need_hub();
    if (half != nullptr) {
      if (detail::send_wait<T>* const sender = half->sends_quickly(hub, until))
        return half->take_quickly(hub, *sender);
    }
    return detail::receive_from<T>(half, until);
  }

  /// Takes a message that is there. Does not park; a gate's sender whose message was taken goes on
  /// when there is none. Errors: the one sent, `errc::would_block` (there is none), `errc::closed`,
  /// `errc::busy`.
  [[nodiscard]] result<T> try_recv() { return detail::try_receive_from<T>(this->half()); }

  /// Iteration receives until the first error, which `error` then tells. Parks; a message lives
  /// until the next is waited for.
  [[nodiscard]] auto begin() {
    return detail::receive_iterator<receiver, T, &receiver::recv>(*this, this->last_error());
  }
  [[nodiscard]] static std::default_sentinel_t end() noexcept { return {}; }
};

}  // namespace weir
