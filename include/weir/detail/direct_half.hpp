// SPDX-License-Identifier: MIT
// The receiving end of a pipe, a gate or a value: it has no buffer.
#pragma once

#include <utility>

#include <weir/detail/receive_wait.hpp>
#include <weir/detail/receiving_half.hpp>
#include <weir/detail/sending_half.hpp>
#include <weir/error.hpp>
#include <weir/until.hpp>

namespace weir::detail {

/// At most one task waits in it, unless it is `shared`.
template <class T>
struct direct_half : receiving_half<T> {
  explicit direct_half(const char* name, bool many = false,
                       taking taken = taking::directly) noexcept
      : receiving_half<T>(taken), call(name), shared(many) {}

  [[nodiscard]] bool someone_waits() const noexcept { return !waiters.empty(); }

  [[nodiscard]] receive_wait<T>* first_waiting() const noexcept { return receiver_in<T>(waiters); }

  [[nodiscard]] bool can_take() const noexcept override { return someone_waits(); }
  void take(offer<T>& given) override { hand_over(given, *receiver_in<T>(waiters)); }
  void sender_gone() noexcept override {
    if (this->state != nullptr && !this->state->fresh()) this->state.reset();
    waiters.wake_all(errc::closed);
  }

  /// The two plainest cases, a sender that waits and none, need no more than is here; what cannot
  /// be a tail call is elsewhere, so that no registers have to be saved.
  [[nodiscard, gnu::noinline]] task_record* begin_recv(receive_wait<T>& here, until until) {
    hub_face& hub = *this_hub;
    sending_half<T>* const sending = this->peer;
    if (may_be_refused(hub, until) || sending == nullptr || sending->gate ||
        this->state != nullptr || someone_waits())
      return begin_recv_with_care(here, until);
    send_wait<T>* const sender = sending->first_waiting();
    if (sender == nullptr) return begin_wait(here, until);
    if (!sender->offered->moves() || !sender->untied()) return begin_recv_with_care(here, until);
    sender->offered->give_moved(*here.into);
    sender->offered = nullptr;
    hub.ready.push(sender->claim_untied());
    return begin_return(hub);
  }

  /// Leaves `errc::would_block`, `errc::closed` or `errc::busy` in `into` if there is no message.
  void try_recv(result<T>& into) {
    waiters.assert_hub();
    if (someone_waits() && !shared) {
      into = failure(errc::busy);
    } else if (!take_now(into)) {
      into = failure(this->peer == nullptr ? errc::closed : errc::would_block);
      if (this->peer != nullptr) this->peer->let_go();
    }
  }

  /// False if it was closed already.
  bool close() noexcept {
    const bool was_open = close_sender_of(*this);
    waiters.wake_all(errc::closed);
    return was_open;
  }

  waiting_place waiters;
  const char* call;  ///< shown while a task waits: "pipe.recv"
  const bool shared;

 private:
  [[nodiscard, gnu::noinline]] task_record* begin_recv_with_care(receive_wait<T>& here,
                                                                 until until) {
    waiters.assert_hub();
    if (is_refused(*this_hub->current, until)) return here.begin_refused();
    if (someone_waits() && !shared) return here.begin_failed(errc::busy);
    if (take_now(*here.into)) return begin_return(*this_hub);
    if (this->peer == nullptr) return here.begin_failed(errc::closed);
    this->peer->let_go();
    return begin_wait(here, until);
  }

  [[nodiscard]] task_record* begin_wait(receive_wait<T>& here, until until) noexcept {
    here.describe(call, this);
    return here.begin_park(&waiters, until);
  }

  bool take_now(result<T>& into) {
    if (this->state != nullptr) return read_state(into);
    if (this->peer == nullptr) return false;
    send_wait<T>* const sender = this->peer->offering();
    if (sender == nullptr) return false;
    sender->offered->give(into);
    this->peer->taken(*sender);
    return true;
  }

  bool read_state(result<T>& into) {
    if (!this->state->set()) return false;
    this->state->read(into);
    this->state->mark(false);
    if (this->peer == nullptr) this->state.reset();  // received once after its sender closed
    return true;
  }
};

}  // namespace weir::detail
