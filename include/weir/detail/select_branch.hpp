// SPDX-License-Identifier: MIT
// What `select` does at each of its receiving ends.
#pragma once

#include <cstddef>
#include <optional>

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
  [[nodiscard]] wait& begin() { return wait_.emplace(received); }
  [[nodiscard]] waiting_place& place() noexcept { return place_of(*end_.half()); }

  /// Its wait was woken. False: what it was woken for is gone.
  [[nodiscard]] bool finish() noexcept {
    if (wait_->outcome() != errc{}) received = failure(wait_->outcome());
    return true;
  }

  result<Value> received = failure(errc::would_block);

 protected:
  End& end_;
  std::optional<Wait> wait_;
};

template <class T>
[[nodiscard]] waiting_place& place_of(direct_half<T>& half) noexcept {
  return half.waiters;
}
template <class T>
[[nodiscard]] waiting_place& place_of(queue_half<T>& half) noexcept {
  return half.messages.receivers;
}
template <class T>
[[nodiscard]] waiting_place& place_of(selector_half<T>& half) noexcept {
  return half.waiters;
}

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

/// A stalk's receiver is woken to look, see `stalk_wait`.
template <class T>
class select_branch<stalk_receiver<T>> {
 public:
  using value_type = std::size_t;
  explicit select_branch(stalk_receiver<T>& end) noexcept : end_(end) {}

  [[nodiscard]] bool try_now() {
    if (end_.half() == nullptr) {
      received = failure(errc::closed);
      return true;
    }
    end_.half()->try_recv(received);
    return received || (received.error() != errc::would_block && received.error() != errc::busy);
  }
  [[nodiscard]] wait& begin() { return wait_.emplace(); }
  [[nodiscard]] waiting_place& place() noexcept { return end_.half()->messages.receivers; }
  [[nodiscard]] bool finish() {
    if (wait_->outcome() != errc{}) {
      received = failure(wait_->outcome());
      return true;
    }
    const bool found = wait_->look(received);
    wait_.reset();
    return found;
  }

  result<std::size_t> received = failure(errc::would_block);

 private:
  stalk_receiver<T>& end_;
  std::optional<stalk_wait<T>> wait_;
};

}  // namespace weir::detail
