// SPDX-License-Identifier: MIT
// From an address to a unit of compilation, a function in it, and what is inlined there.
#include "inspect/debug_info.hpp"

#include <cstdlib>
#include <new>

#include <unistd.h>

#include "inspect/function_reader.hpp"

namespace weir::detail {
namespace {

/// Asks no server for debug information, which could take for ever: libdw does where it is told to
/// by the environment.
auto find_debug_file(const libdw& dw) {
  return std::getenv("DEBUGINFOD_URLS") == nullptr ? dw.dwfl_standard_find_debuginfo
                                                   : dw.dwfl_build_id_find_debuginfo;
}

const Dwfl_Callbacks& callbacks(const libdw& dw) {
  static char* path = nullptr;  // the usual places
  static const Dwfl_Callbacks chosen{.find_elf = dw.dwfl_linux_proc_find_elf,
                                     .find_debuginfo = find_debug_file(dw),
                                     .section_address = nullptr,
                                     .debuginfo_path = &path};
  return chosen;
}

}  // namespace

debug_info::debug_info(const libdw& functions)
    : dw_(functions), session_(functions.dwfl_begin(&callbacks(functions))) {
  if (session_ == nullptr) throw std::bad_alloc();
  look_at_mappings();
}

named_frames debug_info::look_up(std::uintptr_t address) {
  Dwfl_Module* const module = module_at(address);
  if (module == nullptr) return {};
  named_frames frames;
  Dwarf_Addr bias = 0;
  if (Dwarf_Die* const indexed = dw_.dwfl_module_addrdie(module, address, &bias)) {
    frames = look_up_in(*indexed, address - bias);
  }
  if (frames.empty()) {  // not every compiler writes that index, and it may be of another unit
    if (Dwarf_Die* const unit = find_unit(*module, address, bias)) {
      frames = look_up_in(*unit, address - bias);
    }
  }
  if (frames.empty()) frames.emplace_back();
  if (frames.back().linkage.empty()) {  // of C, or without debug information
    GElf_Off offset = 0;
    GElf_Sym symbol;
    frames.back().linkage = text_of(
        dw_.dwfl_module_addrinfo(module, address, &offset, &symbol, nullptr, nullptr, nullptr));
  }
  const char* const name =
      dw_.dwfl_module_info(module, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr);
  for (named_frame& each : frames) each.shown.object = text_of(name);
  return frames;
}

Dwfl_Module* debug_info::module_at(Dwarf_Addr address) {
  Dwfl_Module* const known = dw_.dwfl_addrmodule(session_, address);
  if (known != nullptr) return known;
  look_at_mappings();  // it may have been loaded since
  return dw_.dwfl_addrmodule(session_, address);
}

void debug_info::forget() {
  units_.clear();
  indexes_.clear();
  dw_.dwfl_report_begin(session_);
  dw_.dwfl_report_end(session_, nullptr, nullptr);  // what was not reported in between goes
}

void debug_info::look_at_mappings() {
  bool some_gone = false;
  const auto note_gone = [](Dwfl_Module* /*gone*/, void* /*unused*/, const char* /*name*/,
                            Dwarf_Addr /*begin*/, void* noted) {
    *static_cast<bool*>(noted) = true;
    return int{DWARF_CB_OK};
  };
  dw_.dwfl_report_begin(session_);
  static_cast<void>(dw_.dwfl_linux_proc_report(session_, ::getpid()));
  dw_.dwfl_report_end(session_, note_gone, &some_gone);
  if (!some_gone) return;
  units_.clear();
  indexes_.clear();
}

named_frames debug_info::look_up_in(Dwarf_Die& unit, Dwarf_Addr address) {
  unit_index& index = indexes_.try_emplace(unit.addr, dw_, unit).first->second;
  function_reader reader(dw_, index, unit, address);
  if (Dwarf_Die* const function = index.function_at(address)) return reader.read(*function);
  return dw_.dwarf_haspc(&unit, address) == 1 ? reader.read_line() : named_frames();
}

/// Asks each unit of the module what it covers, once.
Dwarf_Die* debug_info::find_unit(Dwfl_Module& module, Dwarf_Addr address, Dwarf_Addr& bias) {
  const auto [known, is_new] = units_.try_emplace(&module);
  auto& [ranges, own_bias] = known->second;
  if (is_new) {
    for (Dwarf_Die* unit = nullptr;
         (unit = dw_.dwfl_module_nextcu(&module, unit, &own_bias)) != nullptr;) {
      ranges.add(dw_, *unit);
    }
    ranges.sort();
  }
  bias = own_bias;
  return ranges.find(address - bias);
}

}  // namespace weir::detail
