// SPDX-License-Identifier: MIT
// What a channel's receiving end is to its sender: somewhere to put messages.
#pragma once

#include <memory>

#include <weir/detail/offer.hpp>
#include <weir/detail/value_state.hpp>
#include <weir/waiting_place.hpp>

namespace weir::detail {

template <class T>
struct sending_half;
template <class T>
struct message_buffer;

/// What becomes of a message that is taken.
enum class taking : unsigned char {
  directly,      ///< by the receiver that waits for it: its sender lets that run
  by_copying,    ///< the same, by all who wait
  by_selecting,  ///< the same, among the messages of other senders
  into_buffer,   ///< its sender goes on at once
};

/// Invariants: the halves of an open channel point at each other; closing either end clears both
/// pointers and wakes whoever waits in either half. With a `state` the channel is a value: senders
/// set that, and what is fresh in it goes on to the receiver. Without, a message stays with its
/// sender, which waits, until it can be taken.
template <class T>
struct receiving_half {
  using message_type = T;

  explicit receiving_half(taking kind) noexcept : how(kind) {}
  receiving_half(const receiving_half&) = delete;
  receiving_half& operator=(const receiving_half&) = delete;
  virtual ~receiving_half() = default;

  /// Whether a message would be taken now.
  [[nodiscard]] virtual bool can_take() const noexcept = 0;
  /// Takes it. Should moving it throw, nothing has changed. Precondition: `can_take()`.
  virtual void take(offer<T>& given) = 0;
  /// Where `into_buffer` puts them; else null.
  [[nodiscard]] virtual message_buffer<T>* buffer() noexcept { return nullptr; }
  /// There is a message now that could not be taken: with a sender that waits, or in `state`.
  virtual void offer_waits() noexcept {}
  /// The sender waits on, though its message was taken, for the receiver to come back.
  virtual void sender_held() noexcept {}
  /// What was fresh in `state` is not wanted any more.
  virtual void offer_withdrawn() noexcept {}
  /// The sender closed, or its end was destroyed; `peer` is null already. May destroy this.
  virtual void sender_gone() noexcept = 0;

  /// Whether a change of a value would be received now.
  [[nodiscard]] virtual bool takes_change() const noexcept { return can_take(); }
  /// Takes a message that `source` can copy, for all who are to read it. As `take`.
  virtual void take_change(const value_state<T>& source, offer<T>& given) {
    static_cast<void>(source);
    take(given);
  }

  /// Sets the state; whether the change has been received by that. To be followed by
  /// `state->drop_replaced()`, as the last thing done here.
  bool set(offer<T>& given) {
    if (takes_change()) {
      state->put_copy(given, [this](offer<T>& message) { take_change(*state, message); });
      return true;
    }
    state->put(given);
    offer_waits();
    return false;
  }

  /// Receives what is set in `state`. May destroy the message there, after its sender has closed.
  void read_state(result<T>& into) {
    state->read(into);
    state->mark(false);
    if (peer == nullptr) state.reset();
  }

  /// Whether each message goes on once, as from a queue, rather than the state being read.
  [[nodiscard]] bool iterates() const noexcept { return how > taking::by_copying; }

  sending_half<T>* peer = nullptr;
  std::unique_ptr<value_state<T>> state;
  const taking how;
};

}  // namespace weir::detail
