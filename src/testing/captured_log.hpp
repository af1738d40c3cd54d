// SPDX-License-Identifier: MIT
// Catches what weir reports by itself, for tests that expect it to say something, or nothing.
#pragma once

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <weir/log.hpp>

namespace weir::testing {

/// Keeps every message of the process while it lives; stderr gets them again afterwards.
class captured_log {
 public:
  captured_log() {
    set_logger([this](log_level /*level*/, std::string_view text) {
      const std::scoped_lock lock(mutex_);
      messages_.emplace_back(text);
    });
  }
  captured_log(const captured_log&) = delete;
  captured_log& operator=(const captured_log&) = delete;
  ~captured_log() { set_logger({}); }

  [[nodiscard]] std::vector<std::string> messages() const {
    const std::scoped_lock lock(mutex_);
    return messages_;
  }
  /// How many messages contain `part`.
  [[nodiscard]] std::size_t count(std::string_view part) const {
    const std::scoped_lock lock(mutex_);
    return static_cast<std::size_t>(std::count_if(
        messages_.begin(), messages_.end(),
        [part](const std::string& each) { return each.find(part) != std::string::npos; }));
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> messages_;
};

}  // namespace weir::testing
