// SPDX-License-Identifier: MIT
// The debug information of this process: its program and its shared objects.
#pragma once

#include <cstdint>
#include <map>

#include "inspect/code_ranges.hpp"
#include "inspect/libdw.hpp"
#include "inspect/named_frame.hpp"
#include "inspect/unit_index.hpp"

namespace weir::detail {

/// Not for two threads at once.
class debug_info {
 public:
  explicit debug_info(const libdw& functions);
  debug_info(const debug_info&) = delete;
  debug_info& operator=(const debug_info&) = delete;
  ~debug_info() = default;

  /// What stands at `address`, with the names of the linker instead of those that people read;
  /// empty where there is no code. Where there is only a symbol table, no file.
  [[nodiscard]] named_frames look_up(std::uintptr_t address);
  /// Reads all anew from now on: where an object was, another of its name and size may be.
  void forget();

 private:
  [[nodiscard]] Dwfl_Module* module_at(Dwarf_Addr address);
  void look_at_mappings();
  [[nodiscard]] named_frames look_up_in(Dwarf_Die& unit, Dwarf_Addr address);
  [[nodiscard]] Dwarf_Die* find_unit(Dwfl_Module& module, Dwarf_Addr address, Dwarf_Addr& bias);

  struct units {
    code_ranges ranges;
    Dwarf_Addr bias = 0;
  };

  const libdw& dw_;
  Dwfl* session_;  ///< kept for the rest of the process
  std::map<Dwfl_Module*, units> units_;
  std::map<void*, unit_index> indexes_;  ///< by where their unit's information lies
};

}  // namespace weir::detail
