// SPDX-License-Identifier: MIT
// Tells those who want to know whether a buffer is empty.
#pragma once

#include <memory>

#include <weir/detail/offer.hpp>
#include <weir/value.hpp>

namespace weir::detail {

/// A value that is set while the buffer is empty; made when somebody asks for it first.
class emptiness_value {
 public:
  /// Does not yield.
  void set(bool empty) noexcept {
    if (channel_ != nullptr) [[unlikely]]
      tell(empty);
  }

  /// `empty`: what the buffer is now.
  [[nodiscard]] receiver<bool>& watch(bool empty) {
    if (channel_ == nullptr) {
      channel_ = std::make_unique<value_pair<bool>>(value<bool>());
      tell(empty);
    }
    return channel_->rx;
  }

 private:
  void tell(bool empty) noexcept {
    if (empty) {
      static_cast<void>(channel_->tx.try_send(true));
    } else {
      channel_->tx.clear();
    }
  }

  std::unique_ptr<value_pair<bool>> channel_;
};

}  // namespace weir::detail
