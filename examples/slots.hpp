// SPDX-License-Identifier: MIT
// A number of slots, of which each connection takes one: a primitive built on weir/wait.hpp.
#pragma once

#include <cstddef>

#include <weir/wait.hpp>

namespace examples {

class slots {
 public:
  explicit slots(std::size_t count) : free_(count), count_(count) {}

  /// Waits for a free slot and takes it. Errors: `errc::closed` when there will be none.
  [[nodiscard]] weir::result<void> take() {
    while (free_ == 0 || refused_) {
      if (refused_) return weir::failure(weir::errc::closed);
      weir::wait here("slots.take", this);
      if (auto woken = here.park(takers_); !woken) return woken;
    }
    --free_;
    return {};
  }

  /// From now on no slot is taken.
  void refuse() {
    refused_ = true;
    takers_.wake_all(weir::errc::closed);
  }

  void give_back() {
    ++free_;
    takers_.wake_one();
    if (free_ == count_) observers_.wake_all();
  }

  [[nodiscard]] weir::result<void> wait_until_unused(weir::until until) {
    if (free_ == count_) return {};
    weir::wait here("slots.wait_until_unused", this);
    return here.park(observers_, until);
  }

 private:
  std::size_t free_;
  std::size_t count_;
  bool refused_ = false;
  weir::waiting_place takers_;
  weir::waiting_place observers_;
};

}  // namespace examples
