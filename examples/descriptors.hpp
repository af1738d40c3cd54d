// SPDX-License-Identifier: MIT
// How many file descriptors this process may open.
#pragma once

#include <algorithm>
#include <cstddef>

#include <sys/resource.h>

namespace examples {

/// Raises the limit as far as the system lets it: the default of 1024 is kept low only for programs
/// that use select(2). Returns how many there are beside the standard streams, the listener and the
/// hub's own.
inline std::size_t raise_descriptor_limit() {
  constexpr rlim_t others = 16;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024 - others;
  const rlim_t former = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  const rlim_t all = ::setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : former;
  return std::max(all, others) - others;
}

}  // namespace examples
