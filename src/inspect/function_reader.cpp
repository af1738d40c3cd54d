// SPDX-License-Identifier: MIT
#include "inspect/function_reader.hpp"

#include <string>
#include <utility>

#include <dwarf.h>

namespace weir::detail {
named_frames function_reader::read(Dwarf_Die function) {
  named_frames frames{frame_of(function, false)};
  for (Dwarf_Die inner = function; descend(inner);) {
    if (dw_.dwarf_tag(&inner) != DW_TAG_inlined_subroutine) continue;
    place_at_call(frames.front().shown, inner);
    frames.insert(frames.begin(), frame_of(inner, true));
  }
  place_at_address(frames.front().shown);
  return frames;
}

named_frames function_reader::read_line() {
  named_frame frame;
  place_at_address(frame.shown);
  if (frame.shown.file.empty()) return {};
  return {std::move(frame)};
}

/// Goes to the child that covers the address; false where there is none.
bool function_reader::descend(Dwarf_Die& entry) {
  Dwarf_Die child;
  if (dw_.dwarf_child(&entry, &child) != 0) return false;
  do {
    if (may_hold_code(child) && dw_.dwarf_haspc(&child, address_) == 1) {
      entry = child;
      return true;
    }
  } while (dw_.dwarf_siblingof(&child, &child) == 0);
  return false;
}

bool function_reader::may_hold_code(Dwarf_Die& entry) const {
  switch (dw_.dwarf_tag(&entry)) {
    case DW_TAG_inlined_subroutine:
    case DW_TAG_lexical_block:
    case DW_TAG_try_block:
    case DW_TAG_catch_block: return true;
    default: return false;
  }
}

named_frame function_reader::frame_of(Dwarf_Die& function, bool inlined) {
  named_frame frame;
  frame.shown.inlined = inlined;
  Dwarf_Attribute attribute;
  for (const unsigned name : {DW_AT_linkage_name, DW_AT_MIPS_linkage_name}) {
    if (dw_.dwarf_attr_integrate(&function, name, &attribute) == nullptr) continue;
    frame.linkage = text_of(dw_.dwarf_formstring(&attribute));
    return frame;
  }
  frame.shown.function = index_.qualified_name(function);
  return frame;
}

void function_reader::place_at_address(stack_frame& frame) {
  Dwarf_Line* const line = dw_.dwarf_getsrc_die(&unit_, address_);
  if (line == nullptr) return;
  frame.file = text_of(dw_.dwarf_linesrc(line, nullptr, nullptr));
  int found = 0;
  if (dw_.dwarf_lineno(line, &found) == 0) frame.line = static_cast<std::uint32_t>(found);
}

/// `caller` is where `inlined` is called.
void function_reader::place_at_call(stack_frame& caller, Dwarf_Die& inlined) {
  Dwarf_Files* files = nullptr;
  std::size_t count = 0;
  if (dw_.dwarf_getsrcfiles(&unit_, &files, &count) == 0) {
    const Dwarf_Word file = number(inlined, DW_AT_call_file);
    caller.file = text_of(dw_.dwarf_filesrc(files, file, nullptr, nullptr));
  }
  caller.line = static_cast<std::uint32_t>(number(inlined, DW_AT_call_line));
}

Dwarf_Word function_reader::number(Dwarf_Die& entry, unsigned name) const {
  Dwarf_Attribute attribute;
  Dwarf_Word value = 0;
  if (dw_.dwarf_attr(&entry, name, &attribute) != nullptr) {
    static_cast<void>(dw_.dwarf_formudata(&attribute, &value));
  }
  return value;
}

}  // namespace weir::detail
