// SPDX-License-Identifier: MIT
// The functions of one unit of compilation: where their code is, and in what scopes they stand.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "inspect/code_ranges.hpp"
#include "inspect/libdw.hpp"

namespace weir::detail {

/// Made by going through all of the unit once, since its entries do not tell what they are part of.
class unit_index {
 public:
  unit_index(const libdw& functions, Dwarf_Die& unit);

  /// The one with code of its own at this address; null where there is none.
  [[nodiscard]] Dwarf_Die* function_at(Dwarf_Addr address) { return code_.find(address); }

  /// "ns::type::function", template arguments included, parameters not.
  [[nodiscard]] std::string qualified_name(Dwarf_Die function) const;

 private:
  static constexpr std::size_t no_scope = 0;

  struct scope_entry {
    std::size_t outer;
    Dwarf_Die entry;
  };
  struct declaration {
    Dwarf_Off offset;  ///< what they are sorted by
    std::size_t scope;
  };

  void add_all_in(Dwarf_Die parent, std::size_t scope);
  [[nodiscard]] std::size_t add_scope(std::size_t outer, Dwarf_Die entry);
  [[nodiscard]] Dwarf_Die declaration_of(Dwarf_Die function) const;
  [[nodiscard]] std::string name_of(Dwarf_Die entry) const;

  const libdw& dw_;
  code_ranges code_;
  std::vector<scope_entry> scopes_{{.outer = no_scope, .entry = {}}};
  std::vector<declaration> declarations_;
};

}  // namespace weir::detail
