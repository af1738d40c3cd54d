// SPDX-License-Identifier: MIT
// A receiving end that many tasks share.
#pragma once

#include <iterator>
#include <memory>
#include <system_error>
#include <utility>

#include <weir/detail/receive_iterator.hpp>
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
  [[nodiscard]] result<T> recv(until until = {}) { return detail::receive_from<T>(half(), until); }

  /// As `receiver::try_recv`.
  [[nodiscard]] result<T> try_recv() { return detail::try_receive_from<T>(half()); }

  /// Closes the channel for all copies. Does not park. Errors: `errc::closed` if it was already.
  result<void> close() noexcept {
    if (end_ == nullptr) return failure(errc::closed);
    return end_->close();
  }
  [[nodiscard]] bool open() const noexcept { return end_ != nullptr && end_->open(); }

  /// As `receiver::begin`.
  [[nodiscard]] auto begin() {
    return detail::receive_iterator<shared_receiver, T, &shared_receiver::recv>(*this, error_);
  }
  [[nodiscard]] static std::default_sentinel_t end() noexcept { return {}; }
  [[nodiscard]] std::error_code error() const noexcept { return error_; }

  /// For weir: null when it was moved from.
  [[nodiscard]] detail::direct_half<T>* half() const noexcept {
    return end_ != nullptr ? end_->half() : nullptr;
  }

 private:
  std::shared_ptr<receiver<T>> end_;
  std::error_code error_;
};

}  // namespace weir
