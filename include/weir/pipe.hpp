// SPDX-License-Identifier: MIT
// The plainest channel: each message goes from hand to hand.
#pragma once

#include <memory>

#include <weir/detail/channel.hpp>
#include <weir/pair.hpp>

namespace weir {

/// Makes a channel without a buffer, for one sender and one receiver.
///
/// A send hands its message to the receiver that waits and goes on one tick later, or waits until
/// it is taken; it always lets others run. A recv takes from a waiting sender at once, or waits.
/// Levee: `h:pipe()`.
template <class T>
[[nodiscard]] pair<T> pipe() {
  return detail::make_channel<pair<T>>(detail::sending_kind{.call = "pipe.send"},
                                       std::make_unique<detail::direct_half<T>>("pipe.recv"));
}

}  // namespace weir
