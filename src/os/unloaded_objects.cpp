// SPDX-License-Identifier: MIT
#include "os/unloaded_objects.hpp"

#include <cstddef>

#include <link.h>

namespace weir::os {

std::uint64_t unloaded_objects() noexcept {
  std::uint64_t count = 0;
  ::dl_iterate_phdr(
      [](dl_phdr_info* object, std::size_t /*size*/, void* into) {
        *static_cast<std::uint64_t*>(into) = object->dlpi_subs;
        return 1;  // every object tells the same
      },
      &count);
  return count;
}

}  // namespace weir::os
