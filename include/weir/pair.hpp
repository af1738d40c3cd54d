// SPDX-License-Identifier: MIT
// Both ends of a channel under one name.
#pragma once

#include <type_traits>
#include <utility>

#include <weir/error.hpp>
#include <weir/receiver.hpp>
#include <weir/sender.hpp>
#include <weir/until.hpp>

namespace weir {

/// The two ends of a channel: `auto [tx, rx] = weir::pipe<int>();`, or used as one. Levee: `Pair`.
template <class T, class Sender = sender<T>, class Receiver = receiver<T>>
struct pair {
  Sender tx;
  Receiver rx;

  [[nodiscard]] result<void> send(T&& message, until until = {}) {
    return tx.send(std::move(message), until);
  }
  [[nodiscard]] result<void> send(const T& message, until until = {})
    requires std::is_copy_constructible_v<T>
  {
    return tx.send(message, until);
  }
  [[nodiscard]] result<void> try_send(T&& message) { return tx.try_send(std::move(message)); }
  [[nodiscard]] result<void> try_send(const T& message)
    requires std::is_copy_constructible_v<T>
  {
    return tx.try_send(message);
  }
  [[nodiscard]] result<void> pass(result<T>&& message, until until = {}) {
    return tx.pass(std::move(message), until);
  }
  result<void> error(std::error_code error, until until = {}) { return tx.error(error, until); }
  [[nodiscard]] auto recv(until until = {}) { return rx.recv(until); }
  [[nodiscard]] auto try_recv() { return rx.try_recv(); }
  /// Closes the channel, by whichever of its ends is still here.
  /// Errors: `errc::closed` if it was closed already, or neither end is here.
  result<void> close() noexcept { return tx.open() ? tx.close() : rx.close(); }
};

}  // namespace weir
