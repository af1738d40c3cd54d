// SPDX-License-Identifier: MIT
// A clock that moves only when it is told to.
#pragma once

#include <chrono>

#include "base/clock.hpp"

namespace weir::detail {

class virtual_clock final : public clock {
 public:
  [[nodiscard]] time_point now() noexcept override { return now_; }
  [[nodiscard]] bool leap(std::chrono::nanoseconds ahead) noexcept override {
    now_ += ahead;
    return true;
  }

 private:
  // Starts where the real one stands, so that time points a test takes from it make sense.
  time_point now_ = std::chrono::steady_clock::now();
};

}  // namespace weir::detail
