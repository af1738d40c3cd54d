// SPDX-License-Identifier: MIT
// The receiving end of a channel.
#pragma once

#include <memory>
#include <utility>

#include <weir/detail/halves.hpp>
#include <weir/detail/receive_iterator.hpp>
#include <weir/error.hpp>
#include <weir/until.hpp>

namespace weir {

/// Receives messages of type `T` from one sender. Move-only; destroying it closes the channel.
/// Moving or copying a message must not park, see `sender`.
template <class T>
class receiver {
 public:
  receiver() noexcept = default;
  /// For weir: the end of a channel's `half`.
  explicit receiver(std::unique_ptr<detail::receiving_half<T>> half) noexcept
      : half_(std::move(half)) {}
  receiver(receiver&&) noexcept = default;
  receiver& operator=(receiver&& other) noexcept {
    receiver taken(std::move(other));  // closes, at the end, what was here
    std::swap(half_, taken.half_);
    std::swap(error_, taken.error_);
    return *this;
  }
  ~receiver() {
    if (half_ != nullptr) detail::close_half(*half_);
  }

  /// Takes the next message.
  ///
  /// From a sender that waits at once; otherwise parks until one is sent, `until` passes or this
  /// task is cancelled. Errors: the one sent, `errc::closed` (the sender is gone),
  /// `errc::timed_out`, `errc::cancelled`, `errc::busy` (another task is receiving here),
  /// `errc::deadlock` (in the main task, when nothing could wake any). On all but the first no
  /// message was taken. Levee: `recver:recv(ms)`.
  [[nodiscard, gnu::always_inline]] result<T> recv(until until = {}) {
    result<T> received = failure(errc{});
    detail::task_record& self = *detail::need_hub().current;
    detail::receive_wait<T> here("pipe.recv", half_.get());
    here.into = &received;
    detail::finish_switch(self, begin_recv(here, until));
    if (here.outcome() != errc{}) received = failure(here.outcome());
    return received;
  }

  /// Takes a message that a sender waits with. Does not park.
  /// Errors: the one sent, `errc::would_block` (there is none), `errc::closed`, `errc::busy`.
  [[nodiscard]] result<T> try_recv() {
    result<T> received = failure(errc::would_block);
    if (!open()) {
      received = failure(errc::closed);
    } else if (half_->waiting() != nullptr) {
      received = failure(errc::busy);
    } else {
      take_waiting(received);
    }
    return received;
  }

  /// Closes the channel: wakes who waits at either end with `errc::closed`. Does not park.
  /// Errors: `errc::closed` if it was closed already.
  result<void> close() noexcept {
    if (half_ == nullptr || !detail::close_half(*half_)) return failure(errc::closed);
    return {};
  }

  /// Whether the channel is open still.
  [[nodiscard]] bool open() const noexcept { return half_ != nullptr && half_->peer != nullptr; }

  /// Iteration receives until the first error, which `error` then tells. Parks; a message lives
  /// until the next is waited for.
  [[nodiscard]] auto begin() {
    return detail::receive_iterator<receiver, T, &receiver::recv>(*this, error_);
  }
  [[nodiscard]] static std::default_sentinel_t end() noexcept { return {}; }
  [[nodiscard]] std::error_code error() const noexcept { return error_; }

 private:
  [[nodiscard, gnu::noinline]] detail::task_record* begin_recv(detail::receive_wait<T>& here,
                                                               until until) {
    detail::hub_face& hub = *detail::this_hub;
    if (hub.current->cancelled) return here.begin_refused();
    if (!open()) return here.begin_failed(errc::closed);
    if (half_->waiting() != nullptr) return here.begin_failed(errc::busy);
    if (take_waiting(*here.into)) return detail::begin_return(hub);
    return here.begin_park(&half_->waiters, until);
  }

  /// Takes the message of the sender that waits, if one does.
  bool take_waiting(result<T>& into) {
    detail::send_wait<T>* const sender = half_->peer->waiting();
    if (sender == nullptr) return false;
    sender->offered->give(into);
    sender->wake();
    return true;
  }

  std::unique_ptr<detail::receiving_half<T>> half_;
  std::error_code error_;
};

}  // namespace weir
