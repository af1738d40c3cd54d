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

  /// All who wait get a copy, or, should copying throw, none.
  void take(offer<T>& given) override {
    try {
      for_each_waiting([&given](result<T>& into) { copy(given, into); });
    } catch (...) {
      for_each_waiting([](result<T>& into) { into = failure(errc{}); });
      throw;
    }
    this->waiters.wake_all();
  }

 private:
  static void copy(const offer<T>& given, result<T>& into) {
    if (const T* const message = given.message()) {
      put(into, *message);
    } else {
      into = std::unexpected(given.error());
    }
  }

  template <class Visit>
  void for_each_waiting(Visit visit) {
    for (wait* waiting = this->waiters.first(); waiting != nullptr;
         waiting = this->waiters.after(*waiting)) {
      visit(*static_cast<receive_wait<T>*>(waiting)->into);
    }
  }
};

}  // namespace weir::detail
