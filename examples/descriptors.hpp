// SPDX-License-Identifier: MIT
// How many file descriptors this process may open.
#pragma once

#include <cstddef>

#include <sys/resource.h>

namespace examples {

/// Raises the limit as far as the system lets it, and returns it. The default of 1024 is kept low
/// only for programs that use select(2).
inline std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  const rlim_t former = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : former;
}

}  // namespace examples
