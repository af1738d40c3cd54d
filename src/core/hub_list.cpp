// SPDX-License-Identifier: MIT
#include "core/hub_list.hpp"

#include "core/hub_core.hpp"

namespace weir::detail {

constinit hub_list all_hubs;

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
