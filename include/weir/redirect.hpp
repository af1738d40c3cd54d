// SPDX-License-Identifier: MIT
// Joining two channels into one.
#pragma once

#include <stdexcept>
#include <utility>

#include <weir/detail/join.hpp>
#include <weir/error.hpp>
#include <weir/receiver.hpp>
#include <weir/sender.hpp>

namespace weir {

/// Joins the sender of `from`'s channel to the receiver of `to`'s: what is sent there is received
/// here, as if this task received each message from the one and passed it to the other, in no time.
///
/// `docs/messages.md` has the table of how each kind joins to each. Does not park or yield; a
/// sender and a receiver that wait are matched at once. If either channel is closed, so is the
/// other. Errors: `errc::busy` (a task waits at `from`, or in a send to `to`), with both left as
/// they were. Throws `logic_error` for two ends of the same channel, and what moving a message
/// throws; then, too, both are as they were. Levee: redirecting one channel into another.
template <class T>
[[nodiscard]] result<void> redirect(receiver<T>&& from, sender<T>&& to) {
  detail::direct_half<T>* const source = from.half();
  detail::sending_half<T>* const target = to.half();
  if (source != nullptr && source->peer != nullptr && source->peer == target)
    throw std::logic_error("weir::redirect: a channel cannot be joined to itself");
  if (source != nullptr && source->someone_waits()) return failure(errc::busy);
  if (target != nullptr && target->someone_waits()) return failure(errc::busy);
  if (source != nullptr && target != nullptr && target->peer != nullptr)
    detail::join(*source, *target->peer);
  const receiver<T> joined_receiver(std::move(from));  // closes what is not joined
  const sender<T> joined_sender(std::move(to));
  return {};
}

}  // namespace weir
