// SPDX-License-Identifier: MIT
// The two ways to make a guard.
#include "os/guard.hpp"

#include <sys/mman.h>

#include "os/fd.hpp"

namespace weir::os {
namespace {

constexpr int advice_guard_install = 102;  // MADV_GUARD_INSTALL, madvise(2); not in older headers
constexpr int no_advice = 0x7fff'fff0;

/// Whether advice is heeded here: qemu's emulation of a process says yes to any and does nothing.
bool advice_is_heeded(std::byte* begin, std::size_t size) noexcept {
  static const bool heeded = ::madvise(begin, size, no_advice) != 0;
  return heeded;
}

}  // namespace

result<guard_kind> install_guard(std::byte* begin, std::size_t size,
                                 guard_kind preferred) noexcept {
  if (preferred == guard_kind::marker && advice_is_heeded(begin, size) &&
      ::madvise(begin, size, advice_guard_install) == 0) {
    return guard_kind::marker;
  }
  if (::mprotect(begin, size, PROT_NONE) == 0) return guard_kind::protection;
  return std::unexpected(last_error());
}

}  // namespace weir::os
