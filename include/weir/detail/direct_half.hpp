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
  void take(offer<T>& given) override { hand_over(given, *first_waiting()); }
  void take_change(const value_state<T>& source, offer<T>& given) override {
    if (!shared) return take(given);
    give_all([&source, &given](result<T>& into) { source.copy(given, into); });
  }
  void sender_gone() noexcept override {
    waiters.wake_all(errc::closed);
    if (this->state != nullptr && !this->state->fresh()) this->state.reset();
  }

  /// The plainest case, that there is no sender, needs no more than is here; what cannot be a tail
  /// call is elsewhere, so that no registers have to be saved.
  [[nodiscard, gnu::noinline]] task_record* begin_recv(receive_wait<T>& here, until until) {
    if (may_be_refused(*this_hub, until) || this->peer == nullptr || this->peer->gate ||
        this->peer->someone_waits() || this->state != nullptr || someone_waits())
      return begin_recv_with_care(here, until);
    return begin_wait(here, until);
  }

  /// The sender whose message a recv has only to take, and may take at once; else null.
  [[nodiscard, gnu::always_inline]] send_wait<T>* sends_quickly(hub_face& hub,
                                                                const until& until) const {
    const sending_half<T>* const sending = this->peer;
    if (sending == nullptr || sending->gate || this->state != nullptr) return nullptr;
    send_wait<T>* const sender = sending->first_waiting();
    if (sender == nullptr || !sender->offered->moves() || !sender->untied()) return nullptr;
    waiters.assert_hub();
    return is_refused(*hub.current, until) || hub.calls_left <= 1 ? nullptr : sender;
  }

  /// Takes what `sends_quickly` found. Should moving it throw, the sender waits on.
  [[nodiscard, gnu::always_inline]] static result<T> take_quickly(hub_face& hub,
                                                                  send_wait<T>& sender) {
    result<T> received(std::in_place, std::move(sender.offered->moving()));
    sender.offered = nullptr;
    hub.ready.push(sender.claim_untied());
    --hub.calls_left;
    return received;
  }

  attempt try_recv(result<T>& into) {
    waiters.assert_hub();
    if (someone_waits() && !shared) return attempt::busy;
    if (take_now(into)) return attempt::received;
    comes_back();
    return this->peer == nullptr ? attempt::closed : attempt::nothing;
  }

  /// The receiver has found nothing, and may wait.
  void comes_back() noexcept {
    if (this->peer != nullptr) this->peer->let_go();
  }

  /// False if it was closed already.
  bool close() noexcept {
    const bool was_open = close_sender_of(*this);
    waiters.wake_all(errc::closed);
    this->state.reset();
    return was_open;
  }

  /// Has everyone who waits receive what `give` puts there, or, should that throw, nobody.
  template <class Give>
  void give_all(Give give) {
    try {
      for_each_waiting(give);
    } catch (...) {
      for_each_waiting([](result<T>& into) { into = failure(errc{}); });
      throw;
    }
    waiters.wake_all();
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
    comes_back();
    return begin_wait(here, until);
  }

  [[nodiscard]] task_record* begin_wait(receive_wait<T>& here, until until) noexcept {
    here.describe(call, this);
    return here.begin_park(&waiters, until);
  }

  template <class Visit>
  void for_each_waiting(Visit visit) {
    for (wait* waiting = waiters.first(); waiting != nullptr; waiting = waiters.after(*waiting)) {
      visit(*static_cast<receive_wait<T>*>(waiting)->into);
    }
  }

  bool take_now(result<T>& into) {
    if (this->state != nullptr) {
      if (!this->state->set()) return false;
      this->read_state(into);
      return true;
    }
    return this->peer != nullptr && this->peer->give(into);
  }
};

}  // namespace weir::detail
