// SPDX-License-Identifier: MIT
// One sender, and a copy for everyone who waits.
#pragma once

#include <memory>
#include <type_traits>

#include <weir/detail/broadcast_half.hpp>
#include <weir/detail/channel.hpp>
#include <weir/pair.hpp>
#include <weir/shared_receiver.hpp>

namespace weir {

template <class T>
using broadcast_pair = pair<T, sender<T>, shared_receiver<T>>;

/// Makes a channel each of whose messages, and errors, all tasks receive that wait at that moment.
///
/// A send never waits for a receiver: it succeeds, lets the others run and goes on one tick later.
/// With nobody waiting the message is dropped: the one loss there is in weir. `T` is copyable.
template <class T>
[[nodiscard]] broadcast_pair<T> broadcast() {
  static_assert(std::is_copy_constructible_v<T>, "each receiver gets a copy");
  return detail::make_channel<broadcast_pair<T>>(
      detail::sending_kind{.call = "broadcast.send"},
      std::unique_ptr<detail::direct_half<T>>(std::make_unique<detail::broadcast_half<T>>()));
}

}  // namespace weir
