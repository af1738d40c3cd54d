// SPDX-License-Identifier: MIT
// A channel with a buffer.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <utility>

#include <weir/detail/channel.hpp>
#include <weir/detail/queue_half.hpp>
#include <weir/detail/receive_iterator.hpp>
#include <weir/detail/receiving_end.hpp>
#include <weir/pair.hpp>

namespace weir {

/// The receiving end of a queue. Move-only; destroying it closes the channel and destroys what was
/// not received.
template <class T>
class queue_receiver : public detail::receiving_end<detail::queue_half<T>> {
 public:
  using detail::receiving_end<detail::queue_half<T>>::receiving_end;

  /// Takes the oldest message, or parks until there is one, `until` passes or this task is
  /// cancelled. Errors: those of `receiver::recv`; `errc::closed` only when nothing is left.
  [[nodiscard, gnu::always_inline]] result<T> recv(until until = {}) {
    detail::queue_half<T>* const half = this->half();
    detail::hub_face& hub = detail::need_hub();
    if (half == nullptr || !half->receives_quickly(hub, until))
      return detail::receive_from<T>(half, until);
    return half->receive_quickly(hub);
  }

  /// Takes the oldest message, if there is one. Does not park.
  /// Errors: those of `receiver::try_recv`.
  [[nodiscard]] result<T> try_recv() { return detail::try_receive_from<T>(this->half()); }

  /// Iteration receives until the first error, which `error` then tells. Parks; a message lives
  /// until the next is waited for.
  [[nodiscard]] auto begin() {
    return detail::receive_iterator<queue_receiver, T, &queue_receiver::recv>(*this,
                                                                              this->last_error());
  }
  [[nodiscard]] static std::default_sentinel_t end() noexcept { return {}; }

  /// How many messages and errors wait in the buffer.
  [[nodiscard]] std::size_t size() const noexcept {
    return this->half() != nullptr ? this->half()->messages.items.size() : 0;
  }

  /// A value that is set (to true) while there is nothing in the buffer; lives as long as the
  /// channel's receiving end, wherever that is moved. Its changes make no send and no recv yield.
  /// Throws `logic_error` when this end was moved from.
  [[nodiscard]] receiver<bool>& empty() { return detail::watch_emptiness(this->half()); }

  /// Has `callback` called once, in the task that closes or destroys this end; not when the sender
  /// closes. It must not park; what it throws is logged. A later one replaces it; one that comes
  /// after the close is dropped.
  void on_close(detail::close_callback callback) {
    detail::set_on_close(this->half(), std::move(callback));
  }
};

template <class T>
using queue_pair = pair<T, sender<T>, queue_receiver<T>>;

/// Makes a channel with room for `capacity` messages; with 0, a message goes to a waiting receiver
/// only.
///
/// A send returns at once while there is room or a receiver waits, else waits for room. Allocates
/// the buffer, now. Throws `bad_alloc`. Levee: `h:queue(size)`.
template <class T>
[[nodiscard]] queue_pair<T> queue(std::size_t capacity) {
  if (capacity == detail::message_buffer<T>::unlimited) throw std::bad_array_new_length();
  return detail::make_channel<queue_pair<T>>(detail::sending_kind{.call = "queue.send"},
                                             std::make_unique<detail::queue_half<T>>(capacity));
}

/// The same without a limit: the buffer grows, and a send throws `bad_alloc` when it cannot.
template <class T>
[[nodiscard]] queue_pair<T> queue() {
  return detail::make_channel<queue_pair<T>>(
      detail::sending_kind{.call = "queue.send"},
      std::make_unique<detail::queue_half<T>>(detail::message_buffer<T>::unlimited));
}

}  // namespace weir
