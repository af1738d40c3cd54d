// SPDX-License-Identifier: MIT
// A task that waits for a message.
#pragma once

#include <weir/detail/offer.hpp>
#include <weir/error.hpp>
#include <weir/wait.hpp>

namespace weir::detail {

template <class T>
struct receive_wait : wait {
  explicit receive_wait(result<T>& place) noexcept : wait("recv"), into(&place) {}
  result<T>* into;  ///< where the message goes; holds an error until then
};

/// What came of receiving without parking.
enum class attempt : unsigned char { received, nothing, closed, busy };

/// What a call returns that received nothing.
[[nodiscard]] inline errc error_of(attempt failed) noexcept {
  switch (failed) {
    case attempt::nothing: return errc::would_block;
    case attempt::closed: return errc::closed;
    case attempt::busy: return errc::busy;
    case attempt::received: break;
  }
  return {};
}

/// The receiver that waits in `place`, or null.
template <class T>
[[nodiscard]] receive_wait<T>* receiver_in(const waiting_place& place) noexcept {
  return place.empty() ? nullptr : static_cast<receive_wait<T>*>(&place.front());
}

/// Hands `given` to it and wakes it; should moving the message throw, it waits on.
template <class T>
void hand_over(offer<T>& given, receive_wait<T>& receiver) {
  given.give(*receiver.into);
  receiver.wake();
}

}  // namespace weir::detail
