// SPDX-License-Identifier: MIT
// What `select` does at each of its receiving ends.
#pragma once

#include <cstddef>
#include <optional>
#include <type_traits>

#include <weir/detail/receive_wait.hpp>
#include <weir/detail/source_half.hpp>
#include <weir/detail/stalk_half.hpp>
#include <weir/error.hpp>
#include <weir/queue.hpp>
#include <weir/receiver.hpp>
#include <weir/selector.hpp>
#include <weir/stalk.hpp>
#include <weir/wait.hpp>

namespace weir::detail {

template <class T>
[[nodiscard]] waiting_place& place_of(direct_half<T>& half) noexcept {
  return half.waiters;
}
template <class T>
[[nodiscard]] waiting_place& place_of(queue_half<T>& half) noexcept {
  return half.messages.receivers;
}
template <class T>
[[nodiscard]] waiting_place& place_of(stalk_half<T>& half) noexcept {
  return half.messages.receivers;
}
template <class T>
[[nodiscard]] waiting_place& place_of(selector_half<T>& half) noexcept {
  return half.waiters;
}

/// `Value` received with a `Wait` at one `End`, as its `try_recv` and its `recv` do.
template <class End, class Value, class Wait>
class basic_branch {
 public:
  using value_type = Value;
  explicit basic_branch(End& end) noexcept : end_(end) {}

  /// Whether something was received; a close and an error are something.
  [[nodiscard]] bool try_now() {
    if (end_.half() == nullptr) {
      received = failure(errc::closed);
      return true;
    }
    end_.half()->try_recv(received);
    return received || (received.error() != errc::would_block && received.error() != errc::busy);
  }

  /// The wait to park in `place()`. Precondition: `try_now` found nothing.
  [[nodiscard]] wait& begin() {
    if constexpr (std::is_constructible_v<Wait, result<Value>&>) {
      return wait_.emplace(received);
    } else {
      return wait_.emplace();
    }
  }
  [[nodiscard]] waiting_place& place() noexcept { return place_of(*end_.half()); }

  /// Its wait was woken. False: what it was woken for is gone.
  [[nodiscard]] bool finish() {
    bool found = true;
    if (wait_->outcome() != errc{}) {
      received = failure(wait_->outcome());
    } else if constexpr (requires(Wait& looking) { looking.look(received); }) {
      found = wait_->look(received);  // a stalk's receiver is woken to look, see `stalk_wait`
    }
    wait_.reset();
    return found;
  }

  result<Value> received = failure(errc::would_block);

 private:
  End& end_;
  std::optional<Wait> wait_;
};

template <class End>
class select_branch;

template <class T>
class select_branch<receiver<T>> : public basic_branch<receiver<T>, T, receive_wait<T>> {
  using basic_branch<receiver<T>, T, receive_wait<T>>::basic_branch;
};

template <class T>
class select_branch<queue_receiver<T>>
    : public basic_branch<queue_receiver<T>, T, receive_wait<T>> {
  using basic_branch<queue_receiver<T>, T, receive_wait<T>>::basic_branch;
};

template <class T>
class select_branch<selector_receiver<T>>
    : public basic_branch<selector_receiver<T>, selected<T>, selected_wait<T>> {
  using basic_branch<selector_receiver<T>, selected<T>, selected_wait<T>>::basic_branch;
};

template <class T>
class select_branch<stalk_receiver<T>>
    : public basic_branch<stalk_receiver<T>, std::size_t, stalk_wait<T>> {
  using basic_branch<stalk_receiver<T>, std::size_t, stalk_wait<T>>::basic_branch;
};

}  // namespace weir::detail
