// SPDX-License-Identifier: MIT
// Which piece of debug information stands for which addresses.
#pragma once

#include <algorithm>
#include <vector>

#include "inspect/libdw.hpp"

namespace weir::detail {

/// The entries that cover an address: compilation units, or functions; looked up by address.
class code_ranges {
 public:
  /// Adds all the addresses that `entry` stands for.
  void add(const libdw& dw, Dwarf_Die entry) {
    Dwarf_Addr base = 0;
    Dwarf_Addr begin = 0;
    Dwarf_Addr end = 0;
    std::ptrdiff_t next = 0;
    while ((next = dw.dwarf_ranges(&entry, next, &base, &begin, &end)) > 0) {
      if (begin < end) ranges_.push_back({.begin = begin, .end = end, .entry = entry});
    }
  }
  /// When all are added.
  void sort() {
    std::ranges::sort(ranges_, {}, &range::begin);
    ranges_.shrink_to_fit();
  }
  /// Null where none covers the address.
  [[nodiscard]] Dwarf_Die* find(Dwarf_Addr address) {
    const auto after = std::ranges::upper_bound(ranges_, address, {}, &range::begin);
    if (after == ranges_.begin()) return nullptr;
    range& last = *std::prev(after);
    return address < last.end ? &last.entry : nullptr;
  }

 private:
  struct range {
    Dwarf_Addr begin;
    Dwarf_Addr end;
    Dwarf_Die entry;
  };
  std::vector<range> ranges_;
};

}  // namespace weir::detail
