// SPDX-License-Identifier: MIT
#include <weir/detail/wait_set.hpp>

#include <weir/wait.hpp>

#include "core/hub_core.hpp"

namespace weir::detail {

task_record* wait_set::begin_park(until until) noexcept {
  hub_core& hub = hub_core::here();
  task_record& self = *hub.current;
  if (!hub.is_loop(self)) {  // which cannot park
    for (const place& each : places_) each.waiting->enter(*this, self, *each.at);
    whole_.lead(*this);
  }
  woken_ = &whole_;
  return whole_.begin_park(nullptr, until);
}

std::size_t wait_set::woken() const noexcept {
  std::size_t index = 0;
  while (index != places_.size() && places_[index].waiting != woken_) ++index;
  return index;
}

void wait_set::leave_others(wait& woken) noexcept {
  woken_ = &woken;
  if (&whole_ != &woken) whole_.leave();
  for (const place& each : places_) {
    if (each.waiting != &woken) each.waiting->leave();
  }
}

}  // namespace weir::detail

namespace weir {

void wait::enter(detail::wait_set& set, detail::task_record& task, waiting_place& place) noexcept {
  lead(set);
  task_ = &task;
  since_ = detail::hub_core::here().now;
  place.add(*this);
}

void wait::lead(detail::wait_set& set) noexcept {
  set_ = &set;
  ties_ |= set_tie;
}

void wait::leave() noexcept {
  ties_ = static_cast<std::uint8_t>(ties_ & ~set_tie);
  leave_timers_and_token();
  detail::list_hook<detail::place_tag>::unlink();
  task_ = nullptr;
}

void wait::leave_ties() noexcept {
  leave_timers_and_token();
  if ((ties_ & set_tie) == 0) return;
  ties_ = static_cast<std::uint8_t>(ties_ & ~set_tie);
  set_->leave_others(*this);
}

}  // namespace weir
