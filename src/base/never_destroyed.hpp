// SPDX-License-Identifier: MIT
// An object that lasts as long as the process, its last threads included.
#pragma once

#include <utility>

namespace weir::detail {

template <class T>
union never_destroyed {
  template <class... Args>
  constexpr explicit never_destroyed(Args&&... args) : object(std::forward<Args>(args)...) {}
  never_destroyed(const never_destroyed&) = delete;
  never_destroyed& operator=(const never_destroyed&) = delete;
  constexpr ~never_destroyed() {}  // NOLINT(modernize-use-equals-default): that would destroy it

  T object;
};

}  // namespace weir::detail
