// SPDX-License-Identifier: MIT
// The two halves of a channel, each owned by one end and knowing the other.
#pragma once

#include <weir/detail/offer.hpp>
#include <weir/wait.hpp>

namespace weir::detail {

template <class T>
struct send_wait : wait {
  using wait::wait;
  offer<T>* offered = nullptr;
};

template <class T>
struct receive_wait : wait {
  using wait::wait;
  result<T>* into = nullptr;
};

template <class T>
struct receiving_half;

/// Invariants: the halves of an open channel point at each other; closing either end clears both
/// pointers and wakes whoever waits in either half. At most one task waits in a half.
template <class T>
struct sending_half {
  receiving_half<T>* peer = nullptr;
  waiting_place waiters;

  [[nodiscard]] send_wait<T>* waiting() const noexcept {
    return waiters.empty() ? nullptr : static_cast<send_wait<T>*>(&waiters.front());
  }
};

template <class T>
struct receiving_half {
  sending_half<T>* peer = nullptr;
  waiting_place waiters;

  [[nodiscard]] receive_wait<T>* waiting() const noexcept {
    return waiters.empty() ? nullptr : static_cast<receive_wait<T>*>(&waiters.front());
  }
};

/// Closes the channel `half` is of, from its end. False if it was closed already.
template <class Half>
bool close_half(Half& half) noexcept {
  auto* const peer = half.peer;
  if (peer == nullptr) return false;
  half.peer = nullptr;
  peer->peer = nullptr;
  half.waiters.wake_all(errc::closed);
  peer->waiters.wake_all(errc::closed);
  return true;
}

}  // namespace weir::detail
