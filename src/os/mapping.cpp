// SPDX-License-Identifier: MIT
// Reserving and releasing address space.
#include "os/mapping.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include "os/fd.hpp"

namespace weir::os {

std::size_t page_size() noexcept {
  static const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return size;
}

result<mapping> mapping::reserve(std::size_t size) noexcept {
  void* const begin = ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (begin == MAP_FAILED) return std::unexpected(last_error());
  // A kernel without huge pages refuses the advice, and then there is nothing to advise.
  ::madvise(begin, size, MADV_NOHUGEPAGE);
  return mapping(static_cast<std::byte*>(begin), size);
}

mapping::~mapping() {
  if (begin_ != nullptr) ::munmap(begin_, size_);
}

}  // namespace weir::os
