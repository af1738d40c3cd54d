// SPDX-License-Identifier: MIT
// Linking the sender of one channel to the receiver of another.
#pragma once

#include <utility>

#include <weir/detail/direct_half.hpp>
#include <weir/detail/receiving_half.hpp>
#include <weir/detail/sending_half.hpp>
#include <weir/error.hpp>

namespace weir::detail {

/// Hands what waits at `from` to `to`, if that can take it; whether it did. Should moving it throw,
/// nothing has changed.
template <class T>
bool hand_on(direct_half<T>& from, receiving_half<T>& to) {
  if (from.state != nullptr) {
    if (!from.state->set() || !to.takes_change()) return false;
    from.state->hand_copy([&from, &to](offer<T>& copy) { to.take_change(*from.state, copy); });
    return true;
  }
  send_wait<T>* const sender = from.peer == nullptr ? nullptr : from.peer->offering();
  if (sender == nullptr) return false;
  if (to.state != nullptr) {
    to.set(*sender->offered);
    to.state->drop_replaced();
    return true;
  }
  if (!to.can_take()) return false;
  to.take(*sender->offered);
  return true;
}

/// A value's state goes along, instead of one that was there; `received`: what it holds was.
template <class T>
void move_state(direct_half<T>& from, receiving_half<T>& to, bool received) noexcept {
  to.offer_withdrawn();  // its place too, where a sender stood whose wait has ended
  to.state = std::move(from.state);
  if (received) {
    to.state->mark(false);
  } else if (to.iterates() && to.state->set()) {
    to.state->mark(true);  // the value set when the redirect is made goes over once
    to.offer_waits();
  }
}

/// Lets the sender that waits go on, or has it wait in its new place; `taken`: its message was.
template <class T>
void settle_sender(sending_half<T>& sender, bool taken) noexcept {
  receiving_half<T>& to = *sender.peer;
  if (taken) sender.offering()->offered = nullptr;
  if (sender.offering() != nullptr) {
    to.offer_waits();
  } else if (send_wait<T>* const waiting = sender.held()) {
    const bool wanted = to.state != nullptr || to.can_take();
    if (wanted || (taken && !sender.gate)) {
      waiting->wake();
    } else {
      to.sender_held();
    }
  }
}

/// Joins `from`'s sender to `to`, which loses its own. Preconditions: nobody waits to receive at
/// `from`, and nobody to send to `to`. Should moving a message throw, nothing has changed.
template <class T>
void join(direct_half<T>& from, receiving_half<T>& to) {
  const bool handed_on = hand_on(from, to);
  sending_half<T>* const sender = std::exchange(from.peer, nullptr);
  const bool of_value = from.state != nullptr;
  if (of_value) move_state(from, to, handed_on);
  const bool gate = to.peer != nullptr && to.peer->gate;
  if (to.peer != nullptr) to.peer->link(nullptr);
  to.peer = sender;
  if (sender == nullptr) {
    to.sender_gone();
    return;
  }
  sender->gate |= gate;
  sender->link(&to);
  settle_sender(*sender, handed_on && !of_value);
}

}  // namespace weir::detail
