// SPDX-License-Identifier: MIT
// The receiving end of a queue or a stalk: messages wait in a buffer.
#pragma once

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <utility>

#include <weir/detail/emptiness.hpp>
#include <weir/detail/message_buffer.hpp>
#include <weir/detail/on_close.hpp>
#include <weir/detail/receiving_half.hpp>
#include <weir/detail/sending_half.hpp>
#include <weir/error.hpp>

namespace weir::detail {

/// Messages, and errors sent among them, in order. While there is room, no message that could be
/// here stays with a sender, except for one whose move threw when room came: whoever receives next
/// tries again, and is thrown what that throws.
template <class T>
struct buffered_half : receiving_half<T> {
  explicit buffered_half(std::size_t capacity)
      : receiving_half<T>(taking::into_buffer), messages(capacity) {}

  [[nodiscard]] message_buffer<T>* buffer() noexcept override { return &messages; }

  void offer_waits() noexcept override { messages.needs_care = true; }
  void sender_held() noexcept override { messages.needs_care = true; }

  /// After room has come: takes what waits for it, and lets a held sender go on.
  void refill() noexcept {
    try {
      take_waiting();
    } catch (...) {  // the message stays where it is, for the next recv to try
      return;
    }
    if (this->peer != nullptr && this->can_take()) this->peer->let_go();
    look_for_care();
  }

  /// Finds out whether the buffer still needs it.
  void look_for_care() noexcept {
    messages.needs_care = messages.listener != nullptr || this->state != nullptr ||
                          (this->peer != nullptr && this->peer->someone_waits());
  }

  void take_waiting() {
    if (!this->can_take()) return;
    if (this->state != nullptr) {
      take_fresh();
    } else if (send_wait<T>* const sender =
                   this->peer == nullptr ? nullptr : this->peer->offering()) {
      this->take(*sender->offered);
      this->peer->taken(*sender);
    }
  }

  void sender_gone() noexcept override {
    const auto received = this->state != nullptr && !this->state->fresh()
                              ? std::move(this->state)
                              : std::unique_ptr<value_state<T>>();  // destroyed last
    if (ended()) messages.receivers.wake_all(errc::closed);
  }

  /// Whether nothing is here, and nothing will come.
  [[nodiscard]] bool ended() const noexcept {
    return this->peer == nullptr && this->state == nullptr && messages.items.empty();
  }

  /// False if it was closed already.
  bool close() noexcept {
    const bool was_open = close_sender_of(*this);
    closed = true;
    messages.receivers.wake_all(errc::closed);
    const auto last_state = std::move(this->state);  // destroyed last
    close_callback callback = std::exchange(on_close, nullptr);
    while (!messages.items.empty()) messages.items.pop();
    messages.tell();
    call_on_close(std::move(callback));
    return was_open;
  }

  /// A value that is set while there is nothing; made when somebody asks for it first.
  [[nodiscard]] receiver<bool>& watch_emptiness() {
    if (emptiness == nullptr) {
      emptiness = std::make_unique<emptiness_value>(messages.items.empty());
      messages.listener = emptiness.get();
      messages.needs_care = true;
    }
    return emptiness->rx();
  }

  message_buffer<T> messages;
  std::unique_ptr<emptiness_value> emptiness;
  close_callback on_close;
  bool closed = false;  ///< by its receiver

 private:
  void take_fresh() {
    if (!this->state->fresh()) return;
    this->state->hand_copy([this](offer<T>& message) { this->take(message); });
    this->state->mark(false);
    if (this->peer == nullptr) this->state.reset();
  }
};

/// Throws `logic_error` for the half of an end that was moved from.
template <class Half>
[[nodiscard]] Half& need_half(Half* half) {
  if (half == nullptr) throw std::logic_error("weir: this receiver was moved from");
  return *half;
}

template <class Half>
[[nodiscard]] receiver<bool>& watch_emptiness(Half* half) {
  return need_half(half).watch_emptiness();
}

template <class Half>
void set_on_close(Half* half, close_callback callback) {
  if (!need_half(half).closed) half->on_close = std::move(callback);
}

}  // namespace weir::detail
