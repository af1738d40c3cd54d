// SPDX-License-Identifier: MIT
// The hub's part in sending what was kept back.
#include "core/gathering.hpp"

#include <algorithm>
#include <new>

#include <weir/wait.hpp>

#include "core/hub_core.hpp"

namespace weir::detail {

void hub_core::keep_back(gatherer& keeping) noexcept {
  gathering.push_back(keeping);
  keeps_back = true;
  choose_watched();
}

void hub_core::hand_over_gathered() noexcept {
  keeps_back = false;
  while (!gathering.empty()) gathering.pop_front().hand_over();
}

void hub_core::nothing_unsent(gatherer& sent) noexcept {
  sent.list_hook<unsent_tag>::unlink();
  if (unsent.empty() && all_ended() && all_ended_ != nullptr) all_ended_->wake();
}

bool hub_core::arm_limit(timer& limit, until until, void (*on_expire)(timer&) noexcept) {
  try {
    timers.reserve(std::max(room_for_tasks_, alive_count) + limits_ + 2);  // the thread's own too
  } catch (const std::bad_alloc&) {
    return false;
  }
  ++limits_;
  timers.arm(limit, until, on_expire);
  return true;
}

void hub_core::disarm_limit(timer& limit) noexcept {
  --limits_;
  disarm(limit);
}

}  // namespace weir::detail
