// SPDX-License-Identifier: MIT
// What is there at one address of a function: itself, and what is inlined into it.
#pragma once

#include "inspect/libdw.hpp"
#include "inspect/named_frame.hpp"
#include "inspect/unit_index.hpp"

namespace weir::detail {

class function_reader {
 public:
  /// `index` is of `unit`, which holds the code at `address`.
  function_reader(const libdw& functions, const unit_index& index, Dwarf_Die& unit,
                  Dwarf_Addr address) noexcept
      : dw_(functions), index_(index), unit_(unit), address_(address) {}

  /// The innermost first.
  [[nodiscard]] named_frames read(Dwarf_Die function);
  /// One frame without a function's name, where the unit tells of lines only; none without them.
  [[nodiscard]] named_frames read_line();

 private:
  [[nodiscard]] bool descend(Dwarf_Die& entry);
  [[nodiscard]] bool may_hold_code(Dwarf_Die& entry) const;
  [[nodiscard]] named_frame frame_of(Dwarf_Die& function, bool inlined);
  void place_at_address(stack_frame& frame);
  void place_at_call(stack_frame& caller, Dwarf_Die& inlined);
  [[nodiscard]] Dwarf_Word number(Dwarf_Die& entry, unsigned name) const;

  const libdw& dw_;
  const unit_index& index_;
  Dwarf_Die& unit_;
  Dwarf_Addr address_;
};

}  // namespace weir::detail
