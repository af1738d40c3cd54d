// SPDX-License-Identifier: MIT
// More bytes than any socket holds.
#pragma once

#include <cstddef>
#include <string>

namespace weir::testing {

inline const std::string& much() {
  static const std::string bytes(std::size_t{16} * 1024 * 1024,
                                 'x');  // NOLINT(bugprone-string-constructor)
  return bytes;
}

}  // namespace weir::testing
