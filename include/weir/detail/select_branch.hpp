// SPDX-License-Identifier: MIT
// What `select` does at each of its receiving ends.
#pragma once

#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>

#include <weir/detail/receive_wait.hpp>
#include <weir/detail/source_half.hpp>
#include <weir/detail/stalk_half.hpp>
#include <weir/error.hpp>
#include <weir/queue.hpp>
#include <weir/receiver.hpp>
#include <weir/selector.hpp>
#include <weir/shared_receiver.hpp>
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
  explicit basic_branch(End& end) noexcept : half_(end.half()) {}

  /// A message, an error that was sent, or the close is left in `received`.
  [[nodiscard]] attempt try_now() {
    if (half_ == nullptr) return attempt::closed;
    return half_->try_recv(received);
  }

  /// The wait to park in `place()`. Precondition: `try_now` found nothing.
  [[nodiscard]] wait& begin() {
    half_->comes_back();
    if constexpr (std::is_constructible_v<Wait, result<Value>&>) {
      return wait_.emplace(received);
    } else {
      return wait_.emplace();
    }
  }
  [[nodiscard]] waiting_place& place() noexcept { return place_of(*half_); }

  /// Its wait was woken: by whom, is in `received`.
  void finish() {
    if (wait_->outcome() != errc{}) {
      received = failure(wait_->outcome());
    } else if constexpr (requires(Wait& looking) { looking.look(received); }) {
      // A stalk's receiver is woken to look, see `stalk_wait`; all may have been removed again.
      if (!wait_->look(received)) received = 0;
    }
  }

  result<Value> received = failure(errc::closed);

 private:
  decltype(std::declval<End&>().half()) half_;  ///< the end may be moved meanwhile
  std::optional<Wait> wait_;
};

template <class End>
class select_branch;

template <class T>
class select_branch<receiver<T>> : public basic_branch<receiver<T>, T, receive_wait<T>> {
  using basic_branch<receiver<T>, T, receive_wait<T>>::basic_branch;
};

template <class T>
class select_branch<shared_receiver<T>>
    : public basic_branch<shared_receiver<T>, T, receive_wait<T>> {
  using basic_branch<shared_receiver<T>, T, receive_wait<T>>::basic_branch;
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
