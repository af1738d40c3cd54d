// SPDX-License-Identifier: MIT
// The list of hubs, and the script by which gdb reads it. They share an object file, so that every
// program that makes a hub carries the script, and CMake has this file compiled with debug
// information in every build, so that the script knows the layout of all that the list leads to.
#include "core/hub_list.hpp"

#include <weir/detail/family.hpp>

#include "core/hub_core.hpp"

// What gdb runs when it loads the program: a section of zero-terminated texts, each behind a byte
// that says of what kind it is and a line that names it. 4: the text itself, in Python.
asm(".pushsection .debug_gdb_scripts, \"MS\", %progbits, 1\n\t"
    ".byte 4\n\t"
    ".ascii \"weir.py\\n\"\n\t"
    ".incbin \"" WEIR_GDB_SCRIPT
    "\"\n\t"
    ".byte 0\n\t"
    ".popsection");

namespace weir::detail {

[[gnu::used]] constinit hub_list all_hubs;

void hub_list::add(hub_core& made) noexcept {
  const std::scoped_lock lock(mutex_);
  hubs_.push_back(made);
}

void hub_list::remove(hub_core& ended) noexcept {
  const std::scoped_lock lock(mutex_);
  ended.list_hook<hub_tag>::unlink();
}

void hub_list::after_fork_in_child() noexcept {
  while (!hubs_.empty()) hubs_.pop_front();
  mutex_.unlock();
}

}  // namespace weir::detail
