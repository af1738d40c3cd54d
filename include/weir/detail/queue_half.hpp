// SPDX-License-Identifier: MIT
// The receiving end of a queue.
#pragma once

#include <cstddef>
#include <utility>

#include <weir/detail/buffered_half.hpp>
#include <weir/detail/offer.hpp>
#include <weir/detail/receive_wait.hpp>
#include <weir/error.hpp>
#include <weir/until.hpp>

namespace weir::detail {

/// At most one task waits in it, unless it is `shared`; and only while it is empty.
template <class T>
struct queue_half final : buffered_half<T> {
  explicit queue_half(std::size_t capacity, bool many = false)
      : buffered_half<T>(capacity), shared(many) {}

  [[nodiscard]] bool can_take() const noexcept override {
    return this->messages.room() || this->messages.someone_waits();
  }
  void take(offer<T>& given) override {
    if (receive_wait<T>* const receiver = receiver_in<T>(this->messages.receivers)) {
      hand_over(given, *receiver);
    } else {
      this->messages.push(given);
      this->messages.tell();
    }
  }

  [[nodiscard, gnu::noinline]] task_record* begin_recv(receive_wait<T>& here, until until) {
    hub_face& hub = *this_hub;
    if (is_refused(*hub.current, until)) return here.begin_refused();
    if (this->messages.someone_waits() && !shared) return here.begin_failed(errc::busy);
    if (take_now(*here.into)) return begin_return(hub);
    if (this->peer == nullptr) return here.begin_failed(errc::closed);
    comes_back();
    this->look_for_care();
    here.describe("queue.recv", this);
    return here.begin_park(&this->messages.receivers, until);
  }

  /// Whether a recv has only to take what stands first, and may do so at once.
  [[nodiscard, gnu::always_inline]] bool receives_quickly(hub_face& hub, const until& until) {
    this->messages.receivers.assert_hub();
    return this->messages.gives_quickly() && !is_refused(*hub.current, until) && hub.calls_left > 1;
  }

  /// What `receives_quickly` allows.
  [[nodiscard, gnu::always_inline]] result<T> receive_quickly(hub_face& hub) {
    --hub.calls_left;
    return this->messages.take_quickly();
  }

  attempt try_recv(result<T>& into) {
    this->messages.receivers.assert_hub();
    if (this->messages.someone_waits() && !shared) return attempt::busy;
    if (take_now(into)) return attempt::received;
    return this->peer == nullptr ? attempt::closed : attempt::nothing;
  }

  /// The receiver is about to wait, and that is room.
  void comes_back() noexcept {
    if (this->peer != nullptr) this->peer->let_go();
  }

  const bool shared;

 private:
  bool take_now(result<T>& into) {
    if (this->messages.items.empty()) return take_unbuffered(into);
    result<T>& front = this->messages.items.front();
    if (front.has_value()) {
      put(into, *std::move(front));
    } else {
      into = std::unexpected(front.error());
    }
    this->messages.items.pop();
    this->refill();
    this->messages.tell();
    return true;
  }

  /// What is not in the buffer because that has no room, or because moving it there threw.
  bool take_unbuffered(result<T>& into) {
    if (this->state != nullptr) {
      if (!this->state->fresh()) return false;
      this->read_state(into);
      return true;
    }
    if (this->peer == nullptr || !this->peer->give(into)) return false;
    if (this->messages.room()) this->peer->let_go();
    return true;
  }
};

}  // namespace weir::detail
