// SPDX-License-Identifier: MIT
// A value that cannot be moved often.
#pragma once

#include <stdexcept>

namespace weir::testing {

/// Throws when it is moved for the `fuse`-th time.
struct throws_when_moved {
  explicit throws_when_moved(int moves) : fuse(moves) {}
  throws_when_moved(throws_when_moved&& other) : fuse(other.fuse - 1) {
    if (fuse == 0) throw std::runtime_error("moved once too often");
  }
  throws_when_moved& operator=(throws_when_moved&&) = default;
  ~throws_when_moved() = default;
  int fuse;
};

}  // namespace weir::testing
