// SPDX-License-Identifier: MIT
#include "inspect/unit_index.hpp"

#include <algorithm>

#include <dwarf.h>

namespace weir::detail {
namespace {

constexpr const char* unnamed = "(unnamed)";

}  // namespace

unit_index::unit_index(const libdw& functions, Dwarf_Die& unit) : dw_(functions) {
  add_all_in(unit, no_scope);
  code_.sort();
  std::ranges::sort(declarations_, {}, &declaration::offset);
}

void unit_index::add_all_in(Dwarf_Die parent, std::size_t scope) {
  Dwarf_Die child;
  if (dw_.dwarf_child(&parent, &child) != 0) return;
  do {
    switch (dw_.dwarf_tag(&child)) {
      case DW_TAG_subprogram:
        code_.add(dw_, child);
        declarations_.push_back({.offset = dw_.dwarf_dieoffset(&child), .scope = scope});
        add_all_in(child, add_scope(scope, child));
        break;
      case DW_TAG_namespace:
      case DW_TAG_structure_type:
      case DW_TAG_class_type:
      case DW_TAG_union_type: add_all_in(child, add_scope(scope, child)); break;
      case DW_TAG_lexical_block: add_all_in(child, scope); break;
      default: break;
    }
  } while (dw_.dwarf_siblingof(&child, &child) == 0);
}

std::size_t unit_index::add_scope(std::size_t outer, Dwarf_Die entry) {
  scopes_.push_back({.outer = outer, .entry = entry});
  return scopes_.size() - 1;
}

std::string unit_index::qualified_name(Dwarf_Die function) const {
  Dwarf_Die declared = declaration_of(function);
  std::string name = name_of(declared);
  const Dwarf_Off offset = dw_.dwarf_dieoffset(&declared);
  const auto found = std::ranges::lower_bound(declarations_, offset, {}, &declaration::offset);
  if (found == declarations_.end() || found->offset != offset) return name;  // of another unit
  for (std::size_t each = found->scope; each != no_scope; each = scopes_[each].outer) {
    Dwarf_Die entry = scopes_[each].entry;
    // What is local to a function stands where its code is, not where its name is.
    if (dw_.dwarf_tag(&entry) == DW_TAG_subprogram) return qualified_name(entry) + "::" + name;
    std::string outer = name_of(entry);
    if (outer == unnamed && name.starts_with("operator()")) outer = "{lambda}";
    name.insert(0, outer + "::");
  }
  return name;
}

/// From where the function's code is to where its name stands.
Dwarf_Die unit_index::declaration_of(Dwarf_Die function) const {
  constexpr int most_steps = 8;  // one or two, in what compilers write
  Dwarf_Attribute attribute;
  for (int step = 0; step < most_steps; ++step) {
    Dwarf_Die next;
    if (dw_.dwarf_attr(&function, DW_AT_abstract_origin, &attribute) == nullptr &&
        dw_.dwarf_attr(&function, DW_AT_specification, &attribute) == nullptr) {
      break;
    }
    if (dw_.dwarf_formref_die(&attribute, &next) == nullptr) break;
    function = next;
  }
  return function;
}

std::string unit_index::name_of(Dwarf_Die entry) const {
  const char* const name = dw_.dwarf_diename(&entry);
  if (name != nullptr) return name;
  return dw_.dwarf_tag(&entry) == DW_TAG_namespace ? "(anonymous namespace)" : unnamed;
}

}  // namespace weir::detail
