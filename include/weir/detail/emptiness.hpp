// SPDX-License-Identifier: MIT
// Tells those who want to know whether a buffer is empty.
#pragma once

#include <weir/detail/message_buffer.hpp>
#include <weir/value.hpp>

namespace weir::detail {

/// A value that is set while the buffer is empty.
class emptiness_value final : public emptiness_listener {
 public:
  explicit emptiness_value(bool empty) { emptiness_value::tell(empty); }

  /// Does not yield.
  void tell(bool empty) noexcept override {
    if (empty == told_) return;
    told_ = empty;
    if (empty) {
      static_cast<void>(channel_.tx.try_send(true));
    } else {
      static_cast<void>(channel_.tx.clear());
    }
  }
  [[nodiscard]] receiver<bool>& rx() noexcept { return channel_.rx; }

 private:
  value_pair<bool> channel_ = value<bool>();
  bool told_ = false;
};

}  // namespace weir::detail
