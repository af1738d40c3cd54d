// SPDX-License-Identifier: MIT
// A receiving end that many tasks share.
#pragma once

#include <memory>
#include <utility>

#include <weir/error.hpp>
#include <weir/receiver.hpp>
#include <weir/until.hpp>

namespace weir {

/// Receives in any number of tasks at once. Copyable: all copies are the same end, which closes the
/// channel when the last of them is destroyed.
template <class T>
class shared_receiver {
 public:
  shared_receiver() noexcept = default;
  /// For weir: an end over a channel's `half`.
  explicit shared_receiver(std::unique_ptr<detail::direct_half<T>> half)
      : end_(std::make_shared<receiver<T>>(std::move(half))) {}

  /// As `receiver::recv`, but for `errc::busy`: whoever waits first is served first.
  [[nodiscard]] result<T> recv(until until = {}) {
    return detail::receive_from<T>(end_ != nullptr ? end_->half() : nullptr, until);
  }

  /// As `receiver::try_recv`.
  [[nodiscard]] result<T> try_recv() {
    return detail::try_receive_from<T>(end_ != nullptr ? end_->half() : nullptr);
  }

  /// Closes the channel for all copies. Does not park. Errors: `errc::closed` if it was already.
  result<void> close() noexcept {
    if (end_ == nullptr) return failure(errc::closed);
    return end_->close();
  }
  [[nodiscard]] bool open() const noexcept { return end_ != nullptr && end_->open(); }

 private:
  std::shared_ptr<receiver<T>> end_;
};

}  // namespace weir
