// SPDX-License-Identifier: MIT
// Closing a file descriptor.
#include "os/fd.hpp"

#include <unistd.h>

namespace weir::os {

void fd::reset(int number) noexcept {
  const int old = std::exchange(number_, number);
  if (old < 0) return;
  const int saved = errno;
  // On Linux the number is free again whatever close(2) says, so there is nothing to retry.
  ::close(old);
  errno = saved;
}

}  // namespace weir::os
