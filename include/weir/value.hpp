// SPDX-License-Identifier: MIT
// A channel that holds the latest message, for whoever asks.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include <weir/detail/channel.hpp>
#include <weir/detail/value_state.hpp>
#include <weir/pair.hpp>

namespace weir {

/// The sending end of a value. Its sends set the state and never wait: no `until` is of use to
/// them, and they are no cancel points. One that woke a receiver lets it run (one tick).
template <class T>
class value_sender : public sender<T> {
 public:
  using sender<T>::sender;

  /// Unsets the state: a recv waits again. Does not park. Errors: `errc::closed`.
  result<void> clear() noexcept {
    if (this->half() == nullptr || !this->half()->clear()) return failure(errc::closed);
    return {};
  }
};

template <class T>
using value_pair = pair<T, value_sender<T>, receiver<T>>;

/// Makes a channel that holds the last message or error sent, unset at first.
///
/// A recv returns it, every time, and waits only while there is none. When the sender has closed, a
/// value not received since it was set is received once, then `errc::closed`. `T` is copyable.
/// Levee: `h:value()`.
template <class T>
[[nodiscard]] value_pair<T> value() {
  static_assert(std::is_copy_constructible_v<T>, "what a value holds is received again and again");
  auto receiving = std::make_unique<detail::direct_half<T>>("value.recv");
  receiving->state = std::make_unique<detail::value_state<T>>(
      [](const T& from, result<T>& into) { detail::put(into, from); });
  return detail::make_channel<value_pair<T>>(
      detail::sending_kind{.call = "value.send", .never_waits = true}, std::move(receiving));
}

/// The same, set to `initial`.
template <class T>
[[nodiscard]] value_pair<T> value(T initial) {
  auto made = value<T>();
  static_cast<void>(made.tx.try_send(std::move(initial)));  // a new value takes it
  return made;
}

}  // namespace weir
