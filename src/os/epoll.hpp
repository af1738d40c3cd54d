// SPDX-License-Identifier: MIT
// An epoll instance, epoll(7).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

#include <sys/epoll.h>

#include <weir/error.hpp>

#include "os/fd.hpp"

namespace weir::os {

class epoll {
 public:
  /// Throws `system_error`.
  epoll();

  [[nodiscard]] result<void> add(int fd, std::uint32_t events, std::uint64_t data) noexcept;
  void remove(int fd) noexcept;

  /// Waits for at most `wait` (none: for ever) and returns the events that came, which may be
  /// none; a signal counts as none.
  [[nodiscard]] std::span<epoll_event> wait(std::span<epoll_event> into,
                                            std::optional<std::chrono::nanoseconds> wait) noexcept;

 private:
  fd instance_;
  bool nanoseconds_ = true;  ///< the kernel has epoll_pwait2(2)
};

}  // namespace weir::os
