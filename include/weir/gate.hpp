// SPDX-License-Identifier: MIT
// A pipe whose sender goes on only when the receiver has come back for more.
#pragma once

#include <memory>

#include <weir/detail/channel.hpp>
#include <weir/pair.hpp>

namespace weir {

/// Makes a channel without a buffer whose sender knows that its message has been dealt with.
///
/// A send hands its message over as a pipe's does, and then waits until the receiver comes back:
/// until its next recv (or `try_recv`, or `select`) that finds nothing to take. Once the message is
/// taken the send has succeeded, whatever ends that wait; the next call says what it was.
/// Levee: `h:gate()`.
template <class T>
[[nodiscard]] pair<T> gate() {
  return detail::make_channel<pair<T>>(detail::sending_kind{.call = "gate.send", .gate = true},
                                       std::make_unique<detail::direct_half<T>>("gate.recv"));
}

}  // namespace weir
