// SPDX-License-Identifier: MIT
// The receiving end of a broadcast.
#pragma once

#include <weir/detail/direct_half.hpp>
#include <weir/detail/offer.hpp>
#include <weir/error.hpp>

namespace weir::detail {

template <class T>
struct broadcast_half final : direct_half<T> {
  broadcast_half() noexcept : direct_half<T>("broadcast.recv", true, taking::by_copying) {}

  [[nodiscard]] bool can_take() const noexcept override { return true; }
  /// A value's change that nobody waits for stays there.
  [[nodiscard]] bool takes_change() const noexcept override { return this->someone_waits(); }

  void take(offer<T>& given) override {
    this->give_all([&given](result<T>& into) { copy(given, into); });
  }

 private:
  static void copy(const offer<T>& given, result<T>& into) {
    if (const T* const message = given.message()) {
      put(into, *message);
    } else {
      into = std::unexpected(given.error());
    }
  }
};

}  // namespace weir::detail
