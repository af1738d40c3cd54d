// SPDX-License-Identifier: MIT
// Loading libdw.
#include "inspect/libdw.hpp"

#include <atomic>
#include <optional>
#include <stdexcept>
#include <string>

#include <dlfcn.h>
#include <fmt/core.h>

#include "base/log.hpp"

namespace weir::detail {
namespace {

/// A shared object that stays loaded.
class shared_object {
 public:
  explicit shared_object(const char* name) : handle_(::dlopen(name, RTLD_NOW | RTLD_LOCAL)) {
    if (handle_ == nullptr) throw std::runtime_error(::dlerror());
  }

  template <class Function>
  void find(const char* name, Function*& found) const {
    found = reinterpret_cast<Function*>(::dlsym(handle_, name));
    if (found == nullptr) throw std::runtime_error(::dlerror());
  }

 private:
  void* handle_;
};

/// What came of loading it, and why not.
struct attempt {
  std::optional<libdw> functions;
  std::string missing;
};

attempt load() {
  try {
    const shared_object object("libdw.so.1");
    libdw all{};
    object.find("dwfl_begin", all.dwfl_begin);
    object.find("dwfl_report_begin", all.dwfl_report_begin);
    object.find("dwfl_linux_proc_report", all.dwfl_linux_proc_report);
    object.find("dwfl_report_end", all.dwfl_report_end);
    object.find("dwfl_linux_proc_find_elf", all.dwfl_linux_proc_find_elf);
    object.find("dwfl_build_id_find_debuginfo", all.dwfl_build_id_find_debuginfo);
    object.find("dwfl_standard_find_debuginfo", all.dwfl_standard_find_debuginfo);
    object.find("dwfl_addrmodule", all.dwfl_addrmodule);
    object.find("dwfl_module_info", all.dwfl_module_info);
    object.find("dwfl_module_addrinfo", all.dwfl_module_addrinfo);
    object.find("dwfl_module_addrdie", all.dwfl_module_addrdie);
    object.find("dwfl_module_nextcu", all.dwfl_module_nextcu);
    object.find("dwarf_attr", all.dwarf_attr);
    object.find("dwarf_attr_integrate", all.dwarf_attr_integrate);
    object.find("dwarf_child", all.dwarf_child);
    object.find("dwarf_dieoffset", all.dwarf_dieoffset);
    object.find("dwarf_diename", all.dwarf_diename);
    object.find("dwarf_filesrc", all.dwarf_filesrc);
    object.find("dwarf_formstring", all.dwarf_formstring);
    object.find("dwarf_formref_die", all.dwarf_formref_die);
    object.find("dwarf_formudata", all.dwarf_formudata);
    object.find("dwarf_getsrc_die", all.dwarf_getsrc_die);
    object.find("dwarf_getsrcfiles", all.dwarf_getsrcfiles);
    object.find("dwarf_haspc", all.dwarf_haspc);
    object.find("dwarf_lineno", all.dwarf_lineno);
    object.find("dwarf_linesrc", all.dwarf_linesrc);
    object.find("dwarf_ranges", all.dwarf_ranges);
    object.find("dwarf_siblingof", all.dwarf_siblingof);
    object.find("dwarf_tag", all.dwarf_tag);
    return {.functions = all, .missing = {}};
  } catch (const std::runtime_error& refused) {
    return {.functions = std::nullopt, .missing = refused.what()};
  }
}

const attempt& loading() {
  static const attempt once = load();
  return once;
}

}  // namespace

const libdw* libdw::loaded() {
  const auto& functions = loading().functions;
  return functions ? &*functions : nullptr;
}

void libdw::report_missing() {
  static constinit std::atomic_flag told;
  if (loading().functions || told.test_and_set()) return;
  log(log_level::warning,
      fmt::format("tracebacks have no line numbers, nor the names of functions but those that the "
                  "dynamic linker knows, for libdw (in Debian the package libdw1) cannot be "
                  "loaded: {}",
                  loading().missing));
}

}  // namespace weir::detail
