// SPDX-License-Identifier: MIT
// Tells a guard from memory without touching it.
#pragma once

#include <array>
#include <cerrno>
#include <cstddef>

#include <fcntl.h>
#include <unistd.h>

namespace weir::testing {

/// Asks the kernel to read a byte, which it refuses to do in a guard.
class guard_probe {
 public:
  guard_probe() {
    if (::pipe2(ends_.data(), O_NONBLOCK) != 0) ends_ = {-1, -1};
  }
  guard_probe(const guard_probe&) = delete;
  guard_probe& operator=(const guard_probe&) = delete;
  ~guard_probe() {
    for (const int end : ends_) ::close(end);
  }

  [[nodiscard]] bool guarded(const std::byte* place) const {
    return ::write(ends_[1], place, 1) < 0 && errno == EFAULT;
  }

 private:
  std::array<int, 2> ends_{};
};

}  // namespace weir::testing
