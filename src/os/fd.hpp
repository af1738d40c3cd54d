// SPDX-License-Identifier: MIT
// A file descriptor that is closed when its owner goes.
#pragma once

#include <cerrno>
#include <system_error>
#include <utility>

namespace weir::os {

/// The error of the system call just made. To be read before anything can park.
[[nodiscard]] inline std::error_code last_error() noexcept {
  return {errno, std::system_category()};
}

/// Owns a file descriptor, or none (-1).
class fd {
 public:
  fd() noexcept = default;
  explicit fd(int number) noexcept : number_(number) {}
  fd(fd&& other) noexcept : number_(other.release()) {}
  fd& operator=(fd&& other) noexcept {
    reset(other.release());
    return *this;
  }
  ~fd() { reset(); }

  [[nodiscard]] int get() const noexcept { return number_; }
  [[nodiscard]] explicit operator bool() const noexcept { return number_ >= 0; }
  [[nodiscard]] int release() noexcept { return std::exchange(number_, -1); }
  /// Closes what it owns, and owns `number` from now on. errno stays as it was.
  void reset(int number = -1) noexcept;

 private:
  int number_ = -1;
};

}  // namespace weir::os
