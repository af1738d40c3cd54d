// SPDX-License-Identifier: MIT
// The functions of libdw (elfutils) that are used, found when they are first needed.
#pragma once

#include <string>

#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>

namespace weir::detail {

/// Each member is the function of that name.
struct libdw {
  decltype(&::dwfl_begin) dwfl_begin;
  decltype(&::dwfl_report_begin) dwfl_report_begin;
  decltype(&::dwfl_linux_proc_report) dwfl_linux_proc_report;
  decltype(&::dwfl_report_end) dwfl_report_end;
  decltype(&::dwfl_linux_proc_find_elf) dwfl_linux_proc_find_elf;
  decltype(&::dwfl_build_id_find_debuginfo) dwfl_build_id_find_debuginfo;
  decltype(&::dwfl_standard_find_debuginfo) dwfl_standard_find_debuginfo;
  decltype(&::dwfl_addrmodule) dwfl_addrmodule;
  decltype(&::dwfl_module_info) dwfl_module_info;
  decltype(&::dwfl_module_addrinfo) dwfl_module_addrinfo;
  decltype(&::dwfl_module_addrdie) dwfl_module_addrdie;
  decltype(&::dwfl_module_nextcu) dwfl_module_nextcu;
  decltype(&::dwarf_attr) dwarf_attr;
  decltype(&::dwarf_attr_integrate) dwarf_attr_integrate;
  decltype(&::dwarf_child) dwarf_child;
  decltype(&::dwarf_dieoffset) dwarf_dieoffset;
  decltype(&::dwarf_diename) dwarf_diename;
  decltype(&::dwarf_filesrc) dwarf_filesrc;
  decltype(&::dwarf_formstring) dwarf_formstring;
  decltype(&::dwarf_formref_die) dwarf_formref_die;
  decltype(&::dwarf_formudata) dwarf_formudata;
  decltype(&::dwarf_getsrc_die) dwarf_getsrc_die;
  decltype(&::dwarf_getsrcfiles) dwarf_getsrcfiles;
  decltype(&::dwarf_haspc) dwarf_haspc;
  decltype(&::dwarf_lineno) dwarf_lineno;
  decltype(&::dwarf_linesrc) dwarf_linesrc;
  decltype(&::dwarf_ranges) dwarf_ranges;
  decltype(&::dwarf_siblingof) dwarf_siblingof;
  decltype(&::dwarf_tag) dwarf_tag;

  /// Null where it cannot be loaded. Loaded for the rest of the process.
  [[nodiscard]] static const libdw* loaded();
  /// Logs, once in the process, why it cannot be loaded.
  static void report_missing();
};

/// What a function of libdw returned; empty where that is null.
[[nodiscard]] inline std::string text_of(const char* found) {
  return found == nullptr ? std::string() : found;
}

}  // namespace weir::detail
