// SPDX-License-Identifier: MIT
// A channel's sending end: offers a message, and holds it until it is taken.
#pragma once

#include <utility>

#include <weir/detail/message_buffer.hpp>
#include <weir/detail/offer.hpp>
#include <weir/detail/receive_wait.hpp>
#include <weir/detail/receiving_half.hpp>
#include <weir/until.hpp>
#include <weir/wait.hpp>

namespace weir::detail {

template <class T>
struct direct_half;

/// A sender that waits: until its message is taken, and where the channel is a gate, until the
/// receiver comes back after that.
template <class T>
struct send_wait : wait {
  send_wait() noexcept : wait("send") {}
  offer<T>* offered = nullptr;  ///< null: taken
};

/// Which channel the end was made for.
struct sending_kind {
  const char* call;   ///< shown while a task waits in it: "pipe.send"
  bool gate = false;  ///< a sender whose message was taken waits for the receiver to come back
  bool never_waits = false;  ///< a value's: a send sets the state and is done
};

/// At most one task waits in it.
template <class T>
struct sending_half {
  explicit sending_half(const sending_kind& kind) noexcept
      : call(kind.call), gate(kind.gate), never_waits(kind.never_waits) {}

  [[nodiscard]] bool someone_waits() const noexcept { return !waiters.empty(); }
  [[nodiscard]] send_wait<T>* first_waiting() const noexcept {
    return waiters.empty() ? nullptr : static_cast<send_wait<T>*>(&waiters.front());
  }
  /// The sender that waits with a message, or null.
  [[nodiscard]] send_wait<T>* offering() const noexcept {
    send_wait<T>* const waiting = first_waiting();
    return waiting != nullptr && waiting->offered != nullptr ? waiting : nullptr;
  }
  /// The sender that waits though its message was taken, or null.
  [[nodiscard]] send_wait<T>* held() const noexcept {
    send_wait<T>* const waiting = first_waiting();
    return waiting != nullptr && waiting->offered == nullptr ? waiting : nullptr;
  }

  /// Its message was taken by who came for it.
  void taken(send_wait<T>& waiting) noexcept {
    waiting.offered = nullptr;
    if (!gate) {
      waiting.wake();
    } else {
      peer->sender_held();
    }
  }
  /// Receives what a sender waits with; false where none does. Should moving it throw, it waits on.
  bool give(result<T>& into) {
    send_wait<T>* const waiting = offering();
    if (waiting == nullptr) return false;
    waiting->offered->give(into);
    taken(*waiting);
    return true;
  }
  /// The receiver wants more: a sender that is held goes on.
  void let_go() noexcept {
    if (!gate) return;
    if (send_wait<T>* const waiting = held()) waiting->wake();
  }

  /// The two plainest cases, a pipe's receiver that waits and none, need no more than is here; what
  /// cannot be a tail call is elsewhere, so that no registers have to be saved.
  [[nodiscard, gnu::noinline]] task_record* begin_send(send_wait<T>& here, until until) {
    hub_face& hub = *this_hub;
    if (may_be_refused(hub, until) || peer == nullptr || someone_waits() || gate ||
        peer->how != taking::directly || peer->state != nullptr)
      return begin_send_with_care(here, until);
    receive_wait<T>* const receiver = static_cast<direct_half<T>&>(*peer).first_waiting();
    if (receiver == nullptr) return begin_wait(here, until);
    if (!here.offered->moves() || !receiver->untied()) return begin_send_with_care(here, until);
    here.offered->give_moved(*receiver->into);
    here.offered = nullptr;
    hub.ready.push(receiver->claim_untied());
    return begin_yield();
  }

  /// Whether a send has only to put its message into `buffer`, and may do so at once.
  [[nodiscard, gnu::always_inline]] bool sends_quickly(hub_face& hub, const until& until) const {
    if (buffer == nullptr || !buffer->takes_quickly()) return false;
    waiters.assert_hub();
    return !is_refused(*hub.current, until) && hub.calls_left > 1;
  }

  /// Sends without parking. Errors: `errc::would_block`, `errc::closed`, `errc::busy`.
  [[nodiscard]] result<void> try_send(offer<T>& given) {
    waiters.assert_hub();
    if (peer == nullptr) return failure(errc::closed);
    if (someone_waits()) return failure(errc::busy);
    if (peer->state != nullptr) {
      peer->set(given);
      peer->state->drop_replaced();
      return {};
    }
    if (!peer->can_take()) return failure(errc::would_block);
    peer->take(given);
    return {};
  }

  /// Unsets a value's state.
  [[nodiscard]] bool clear() noexcept {
    if (peer == nullptr || peer->state == nullptr) return false;
    peer->offer_withdrawn();
    peer->state->clear();
    return true;
  }

  /// False if it was closed already.
  bool close() noexcept {
    receiving_half<T>* const other = peer;
    if (other == nullptr) return false;
    link(nullptr);
    other->peer = nullptr;
    waiters.wake_all(errc::closed);
    other->sender_gone();
    return true;
  }

  /// Linked to `receiving`, where there is one.
  void link(receiving_half<T>* receiving) noexcept {
    peer = receiving;
    buffer = receiving == nullptr ? nullptr : receiving->buffer();
    if (buffer == nullptr) return;
    buffer->needs_care = true;  // what waited where the sender was linked before may wait on here
    if (gate || receiving->state != nullptr) buffer = nullptr;
  }

  receiving_half<T>* peer = nullptr;
  message_buffer<T>* buffer =
      nullptr;  ///< of `peer`, where a send is no more than putting it there
  waiting_place waiters;
  const char* call;
  bool gate;
  bool never_waits;

 private:
  [[nodiscard]] task_record* begin_wait(send_wait<T>& here, until until) noexcept {
    here.describe(call, this);
    return here.begin_park(&waiters, until);
  }

  [[nodiscard, gnu::noinline]] task_record* begin_send_with_care(send_wait<T>& here, until until) {
    waiters.assert_hub();
    if (!never_waits && is_refused(*this_hub->current, until)) return here.begin_refused();
    if (peer == nullptr) return here.begin_failed(errc::closed);
    if (someone_waits()) return here.begin_failed(errc::busy);
    if (peer->state != nullptr) return begin_set(here);
    if (!peer->can_take()) {
      peer->offer_waits();
      return begin_wait(here, until);
    }
    peer->take(*here.offered);
    here.offered = nullptr;
    if (gate && !peer->can_take()) {
      peer->sender_held();
      return begin_wait(here, until);
    }
    const bool buffered = peer->how == taking::into_buffer;
    return buffered && !gate ? begin_return(*this_hub) : begin_yield();
  }

  [[nodiscard]] task_record* begin_set(send_wait<T>& here) {
    const bool received = peer->set(*here.offered);
    here.offered = nullptr;
    const bool at_once = never_waits && !(received && peer->how != taking::into_buffer);
    peer->state->drop_replaced();  // may end the channel
    return at_once ? begin_return(*this_hub) : begin_yield();
  }
};

/// Closes the channel of `half` from its receiving end. False if it was closed already. The state
/// of a value is for the caller to destroy, last.
template <class T>
bool close_sender_of(receiving_half<T>& half) noexcept {
  sending_half<T>* const other = std::exchange(half.peer, nullptr);
  if (other == nullptr) return false;
  other->link(nullptr);
  other->waiters.wake_all(errc::closed);
  return true;
}

}  // namespace weir::detail
