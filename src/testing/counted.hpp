// SPDX-License-Identifier: MIT
// Tells by a count whether destructors run.
#pragma once

namespace weir::testing {

/// Counts those alive.
class counted {
 public:
  explicit counted(int& alive) : alive_(&alive) { ++*alive_; }
  counted(const counted& other) : alive_(other.alive_) { ++*alive_; }
  counted& operator=(const counted&) = delete;
  ~counted() { --*alive_; }

 private:
  int* alive_;
};

}  // namespace weir::testing
