// SPDX-License-Identifier: MIT
// A queue whose receiver looks at what is there before it takes it.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <stdexcept>
#include <utility>

#include <weir/detail/channel.hpp>
#include <weir/detail/receiving_end.hpp>
#include <weir/detail/stalk_half.hpp>
#include <weir/detail/stalk_iterator.hpp>
#include <weir/pair.hpp>

namespace weir {

/// The receiving end of a stalk. Move-only; destroying it closes the channel and destroys what was
/// not removed.
template <class T>
class stalk_receiver : public detail::receiving_end<detail::stalk_half<T>> {
 public:
  using detail::receiving_end<detail::stalk_half<T>>::receiving_end;

  /// Says how many messages are there, without taking any; parks while there is none, until `until`
  /// passes or this task is cancelled.
  ///
  /// Errors: those of `receiver::recv`, `errc::closed` only when nothing is left. An error that was
  /// sent stands in order: the messages before it are counted, and once they are removed, recv
  /// returns and removes it.
  [[nodiscard]] result<std::size_t> recv(until until = {});

  /// The same without parking. Errors: those of `receiver::try_recv`.
  [[nodiscard]] result<std::size_t> try_recv();

  /// Iterates over the messages that are there when it begins, up to the first error. Parks
  /// nowhere; stays valid while the sender adds more, and for what is not removed.
  [[nodiscard]] detail::stalk_iterator<T> begin() noexcept { return at(0); }
  [[nodiscard]] detail::stalk_iterator<T> end() noexcept { return at(size()); }

  /// Destroys the first `count` messages, and lets a sender that waits fill the room. Does not
  /// park. Errors: `std::errc::invalid_argument` (there are not as many before the first error;
  /// nothing was removed).
  result<void> remove(std::size_t count) noexcept {
    if (this->half() != nullptr ? this->half()->remove(count) : count == 0) return {};
    return std::unexpected(std::make_error_code(std::errc::invalid_argument));
  }

  /// How many messages are there, before the first error.
  [[nodiscard]] std::size_t size() const noexcept {
    return this->half() != nullptr ? this->half()->count() : 0;
  }

  /// As `queue_receiver::empty`.
  [[nodiscard]] receiver<bool>& empty() { return detail::watch_emptiness(this->half()); }

  /// As `queue_receiver::on_close`.
  void on_close(detail::close_callback callback) {
    detail::set_on_close(this->half(), std::move(callback));
  }

 private:
  [[nodiscard]] detail::stalk_iterator<T> at(std::size_t index) noexcept {
    if (this->half() == nullptr) return {};
    return {*this->half(), this->half()->messages.items.front_position() + index};
  }
};

template <class T>
using stalk_pair = pair<T, sender<T>, stalk_receiver<T>>;

/// Makes a channel with room for `capacity` messages, whose receiver sees them before it takes
/// them.
///
/// Sends are those of a queue. Allocates the buffer, now. Throws `bad_alloc`, and `logic_error` for
/// a capacity of 0. Levee: `h:stalk(size)`.
template <class T>
[[nodiscard]] stalk_pair<T> stalk(std::size_t capacity) {
  if (capacity == 0) throw std::logic_error("weir::stalk: room for at least 1 message is needed");
  if (capacity == detail::message_buffer<T>::unlimited) throw std::bad_array_new_length();
  return detail::make_channel<stalk_pair<T>>(detail::sending_kind{.call = "stalk.send"},
                                             std::make_unique<detail::stalk_half<T>>(capacity));
}

template <class T>
result<std::size_t> stalk_receiver<T>::recv(until until) {
  result<std::size_t> seen = failure(errc{});
  detail::stalk_half<T>* const half = this->half();  // this end may be moved meanwhile
  for (bool found = false; !found;) {
    detail::task_record& self = *detail::need_hub().current;
    detail::stalk_wait<T> here;
    detail::finish_switch(
        self, half != nullptr ? half->begin_recv(here, seen, until) : here.begin_closed(until));
    if (here.outcome() != errc{}) return failure(here.outcome());
    found = here.looked || here.look(seen);
    if (!found) until = here.settled(until);  // what was there has been removed again
  }
  return seen;
}

template <class T>
result<std::size_t> stalk_receiver<T>::try_recv() {
  return detail::try_receive_from<std::size_t>(this->half());
}

}  // namespace weir
