// SPDX-License-Identifier: MIT
// The sending end of a channel.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include <weir/detail/direct_half.hpp>
#include <weir/detail/offer.hpp>
#include <weir/detail/sending_half.hpp>
#include <weir/error.hpp>
#include <weir/until.hpp>

namespace weir {

/// Sends messages of type `T` to one receiver. Move-only; destroying it closes the channel.
///
/// The result of a send speaks of the message only: on success the receiver has it; on an error the
/// caller still has it, as it was. What moving or copying it throws, whoever performs that is
/// thrown, and the message stays with the sender. Moving, copying or destroying a message must not
/// park: it is on its way then, and neither end waits for that.
template <class T>
class sender {
 public:
  sender() noexcept = default;
  /// For weir: the end of a channel's `half`.
  explicit sender(std::unique_ptr<detail::sending_half<T>> half) noexcept
      : half_(std::move(half)) {}
  sender(sender&&) noexcept = default;
  sender& operator=(sender&& other) noexcept {
    sender taken(std::move(other));  // closes, at the end, what was here
    std::swap(half_, taken.half_);
    return *this;
  }
  ~sender() {
    if (half_ != nullptr) half_->close();
  }

  /// Hands a message over.
  ///
  /// Parks as the kind of channel says, until the message is taken, `until` passes or this task is
  /// cancelled: over a pipe a waiting receiver gets it and this task goes on one tick later.
  /// Errors: `errc::closed`, `errc::timed_out`, `errc::cancelled`, `errc::busy` (another task is
  /// sending here), `errc::deadlock` (when nothing could wake any task; see `errc`). Levee:
  /// `sender:send`.
  [[nodiscard, gnu::always_inline]] result<void> send(T&& message, until until = {}) {
    if (send_quickly(std::move(message), until)) return {};
    return send_offer(detail::offer<T>::moved(message), until);
  }
  [[nodiscard, gnu::always_inline]] result<void> send(const T& message, until until = {})
    requires std::is_copy_constructible_v<T>
  {
    if (send_quickly(message, until)) return {};
    return send_offer(detail::offer<T>::copied(message), until);
  }

  /// Hands over a result, the message or the error in it. As `send`; moves on success only.
  [[nodiscard, gnu::always_inline]] result<void> pass(result<T>&& message, until until = {}) {
    if (!message && message.error() == errc::closed) return close();
    return send_offer(detail::offer<T>::passed(message), until);
  }

  /// Has the receiver's recv return `error`; the channel stays open. As `send`;
  /// `error(errc::closed)` is `close()`.
  [[gnu::always_inline]] result<void> error(std::error_code error, until until = {}) {
    if (error == errc::closed) return close();
    return send_offer(detail::offer<T>::failed(error), until);
  }

  /// Hands a message over if it is taken at once: by a receiver that waits, into a buffer that has
  /// room, as a value's state. Does not park or yield.
  /// Errors: `errc::would_block` (it is not), `errc::closed`, `errc::busy`.
  [[nodiscard]] result<void> try_send(T&& message) {
    return try_offer(detail::offer<T>::moved(message));
  }
  [[nodiscard]] result<void> try_send(const T& message)
    requires std::is_copy_constructible_v<T>
  {
    return try_offer(detail::offer<T>::copied(message));
  }

  /// Closes the channel: wakes who waits at either end with `errc::closed`. Does not park.
  /// Errors: `errc::closed` if it was closed already.
  result<void> close() noexcept {
    if (half_ == nullptr || !half_->close()) return failure(errc::closed);
    return {};
  }

  /// Whether the channel is open still.
  [[nodiscard]] bool open() const noexcept { return half_ != nullptr && half_->peer != nullptr; }

  /// For weir: null when it was moved from.
  [[nodiscard]] detail::sending_half<T>* half() const noexcept { return half_.get(); }

 private:
  /// False: there is more to do, and nothing was done.
  template <class Given>
  [[gnu::always_inline]] bool send_quickly(Given&& message, const until& until) {
    detail::hub_face& hub = detail::need_hub();
    if (half_ == nullptr || !half_->sends_quickly(hub, until)) return false;
    half_->buffer->push_quickly(std::forward<Given>(message));
    --hub.calls_left;
    return true;
  }

  [[gnu::always_inline]] result<void> send_offer(detail::offer<T> offered, until until) {
    detail::hub_face& hub = detail::need_hub();
    detail::task_record& self = *hub.current;
    detail::send_wait<T> here;
    here.offered = &offered;
    detail::finish_switch(self, begin_send(here, until));
    if (here.outcome() != errc{} && here.offered != nullptr) return failure(here.outcome());
    return {};
  }

  [[gnu::always_inline]] detail::task_record* begin_send(detail::send_wait<T>& here, until until) {
    return half_ != nullptr ? half_->begin_send(here, until) : here.begin_closed(until);
  }

  [[nodiscard]] result<void> try_offer(detail::offer<T> offered) {
    if (half_ == nullptr) return failure(errc::closed);
    return half_->try_send(offered);
  }

  std::unique_ptr<detail::sending_half<T>> half_;
};

}  // namespace weir
