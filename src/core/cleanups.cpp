// SPDX-License-Identifier: MIT
// Running what a task left to be done at its end.
#include <exception>

#include <weir/detail/cleanup.hpp>
#include <weir/detail/spawning.hpp>

#include "core/hub_core.hpp"

namespace weir::detail {

/// One may defer and own more, which then comes first. Each is out of the list before it runs, so
/// nothing runs twice.
void run_cleanups(task_record& ended) noexcept {
  while (ended.cleanups != nullptr) {
    const cleanup_owner entry(ended.cleanups);
    ended.cleanups = entry->earlier;
    try {
      entry->run(*entry);
    } catch (...) {
      report_cleanup(ended, std::current_exception());
    }
  }
}

bool in_task() noexcept {
  if (this_hub == nullptr) return false;
  hub_core& hub = hub_core::here();
  return !hub.current->service;
}

void add_cleanup(cleanup_owner entry) noexcept {
  task_record& self = *this_hub->current;
  self.need_extras();
  entry->earlier = self.cleanups;
  self.cleanups = entry.release();
}

cleanup_owner take_cleanup(const void* resource, void (*run)(cleanup&)) noexcept {
  if (this_hub == nullptr || !this_hub->current->has_extras) return nullptr;
  for (cleanup** each = &this_hub->current->cleanups; *each != nullptr; each = &(*each)->earlier) {
    if ((*each)->resource != resource || (*each)->run != run) continue;
    return cleanup_owner(std::exchange(*each, (*each)->earlier));
  }
  return nullptr;
}

}  // namespace weir::detail
