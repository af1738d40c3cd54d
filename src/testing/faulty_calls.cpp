// SPDX-License-Identifier: MIT
// Letting a call through, cutting it short, or failing it.
#include "testing/faulty_calls.hpp"

#include <algorithm>
#include <cerrno>

namespace weir::detail {
namespace {

/// Sets errno; -1.
int fail(const testing::fault& planned) noexcept {
  errno = planned.error;
  return -1;
}

template <class Bytes>
Bytes cut(const testing::fault* planned, Bytes bytes) noexcept {
  return planned == nullptr ? bytes : bytes.first(std::min(bytes.size(), planned->at_most));
}

}  // namespace

const testing::fault* faulty_calls::next(testing::io_call call) noexcept {
  const std::size_t number = ++made_[static_cast<std::size_t>(call)];
  const auto planned =
      std::find_if(faults_.begin(), faults_.end(), [call, number](const testing::fault& fault) {
        return fault.call == call && fault.at == number;
      });
  return planned == faults_.end() ? nullptr : &*planned;
}

ssize_t faulty_calls::receive(int fd, std::span<std::byte> into) noexcept {
  const testing::fault* const planned = next(testing::io_call::receive);
  if (planned != nullptr && planned->error != 0) return fail(*planned);
  return io_calls::receive(fd, cut(planned, into));
}

ssize_t faulty_calls::send(int fd, std::span<const std::byte> bytes) noexcept {
  const testing::fault* const planned = next(testing::io_call::send);
  if (planned != nullptr && planned->error != 0) return fail(*planned);
  return io_calls::send(fd, cut(planned, bytes));
}

int faulty_calls::accept(int fd) noexcept {
  const testing::fault* const planned = next(testing::io_call::accept);
  return planned != nullptr && planned->error != 0 ? fail(*planned) : io_calls::accept(fd);
}

int faulty_calls::connect(int fd, const sockaddr* address, socklen_t size) noexcept {
  const testing::fault* const planned = next(testing::io_call::connect);
  return planned != nullptr && planned->error != 0 ? fail(*planned)
                                                   : io_calls::connect(fd, address, size);
}

}  // namespace weir::detail
