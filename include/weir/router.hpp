// SPDX-License-Identifier: MIT
// Many senders, one receiver that does not ask which.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include <weir/error.hpp>
#include <weir/pair.hpp>
#include <weir/pipe.hpp>
#include <weir/selector.hpp>
#include <weir/sender.hpp>
#include <weir/until.hpp>

namespace weir {

template <class T>
class router_receiver;

/// One of the senders of a router. A copy is a sender of its own, for another task.
template <class T>
class router_sender : public sender<T> {
 public:
  router_sender() noexcept = default;
  /// Adds a sender; one that is closed if `other` is. Throws `bad_alloc`.
  router_sender(const router_sender& other)
      : router_sender(other.open() ? other.joined_ : std::weak_ptr<selector_receiver<T>>()) {}
  router_sender(router_sender&&) noexcept = default;
  router_sender& operator=(const router_sender& other) {
    if (this != &other) *this = router_sender(other);
    return *this;
  }
  router_sender& operator=(router_sender&&) noexcept = default;
  ~router_sender() = default;

  /// For weir: a sender joined to that selector.
  explicit router_sender(std::weak_ptr<selector_receiver<T>> joined)
      : sender<T>(join(joined)), joined_(std::move(joined)) {}

 private:
  static sender<T> join(const std::weak_ptr<selector_receiver<T>>& joined) {
    const auto selector = joined.lock();
    if (selector == nullptr) return {};
    auto added = pipe<T>();
    selector->add(std::move(added.rx));
    return std::move(added.tx);
  }

  std::weak_ptr<selector_receiver<T>> joined_;
};

/// The receiving end of a router. Move-only; destroying it closes all senders.
template <class T>
class router_receiver {
 public:
  router_receiver() noexcept = default;
  /// For weir: receives what that selector does.
  explicit router_receiver(std::shared_ptr<selector_receiver<T>> selector) noexcept
      : selector_(std::move(selector)) {}
  router_receiver(router_receiver&&) noexcept = default;
  router_receiver& operator=(router_receiver&&) noexcept = default;
  ~router_receiver() = default;

  /// Takes the message whose send began first. Parks. Errors: those of `receiver::recv`;
  /// `errc::closed` when all senders have closed.
  [[nodiscard]] result<T> recv(until until = {}) {
    if (selector_ == nullptr) return failure(errc::closed);
    return message_of(selector_->recv(until));
  }

  /// The same without parking. Errors: those of `receiver::try_recv`.
  [[nodiscard]] result<T> try_recv() {
    if (selector_ == nullptr) return failure(errc::closed);
    return message_of(selector_->try_recv());
  }

  /// Closes all senders. Does not park. Errors: `errc::closed` if it was closed already.
  result<void> close() noexcept {
    if (selector_ == nullptr) return failure(errc::closed);
    return selector_->close();
  }

  /// Iteration receives until the first error, which `error` then tells. Parks.
  [[nodiscard]] auto begin() {
    return detail::receive_iterator<router_receiver, T, &router_receiver::recv>(*this, error_);
  }
  [[nodiscard]] static std::default_sentinel_t end() noexcept { return {}; }
  [[nodiscard]] std::error_code error() const noexcept { return error_; }

 private:
  static result<T> message_of(result<selected<T>>&& received) {
    if (!received) return std::unexpected(received.error());
    return std::move(received->value);
  }

  std::shared_ptr<selector_receiver<T>> selector_;
  std::error_code error_;
};

template <class T>
using router_pair = pair<T, router_sender<T>, router_receiver<T>>;

/// Makes a channel to which senders are added by copying the first; each is a pipe's. For workers
/// that report to one place. Messages must move without throwing. `close()` of both ends under one
/// name closes that sender.
template <class T>
[[nodiscard]] router_pair<T> router() {
  static_assert(std::is_nothrow_move_constructible_v<T>,
                "a message received is moved once more, and must not be lost on the way");
  auto selector = std::make_shared<selector_receiver<T>>();
  selector->half()->tells_closes = false;
  router_sender<T> first{std::weak_ptr(selector)};
  return {std::move(first), router_receiver<T>(std::move(selector))};
}

}  // namespace weir
