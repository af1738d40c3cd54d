// SPDX-License-Identifier: MIT
// Choosing who runs next: the part of a switch that need not be inlined.
#include <algorithm>
#include <stdexcept>
#include <vector>

#include <weir/detail/cache_line.hpp>
#include <weir/wait.hpp>

#include "base/deadline.hpp"
#include "core/fork_guard.hpp"
#include "core/hub_core.hpp"
#include "core/picking.hpp"

namespace weir::detail {
constinit thread_local hub_face* this_hub = nullptr;

void throw_no_hub() {
  throw std::logic_error(
      task_that_forked() != nullptr
          ? "weir: a child of fork cannot use its parent's hub; it may only exec or exit"
          : "weir: there is no hub on this thread (see weir::run and weir::hub)");
}

bool belongs_here(const hub_face* maker) noexcept {
  return maker == nullptr || maker == this_hub || task_that_forked() != nullptr;
}

void let_others_run() noexcept {
  task_record& self = *this_hub->current;
  finish_switch(self, begin_yield());
}

task_record* begin_refusal() noexcept { return hub_core::here().refuse_current(); }

void disarm_armed(timer& armed) noexcept { hub_core::here().timers.disarm(armed); }

task_record* begin_yield() noexcept { return hub_core::here().queue_current_and_pick(); }

task_record* hub_core::pick_next() noexcept { return pick(); }

/// Between two passes, where the loop may have something to do.
task_record* hub_core::pick_after_pass() noexcept {
  if (ready.empty() || ask_meter_at_ == 0 || meter_.due()) return make_current(loop_);
  ask_meter_at_ = switches_ + meter_.stride();
  begin_pass(*ready.last());
  return go_on_with(ready.pop());
}

/// No other task is ready, or it is the loop that is not to wait for its turn.
task_record* hub_core::queue_current_alone() noexcept {
  if (is_loop(*current)) return nullptr;
  ready.push(*current);
  return pick();
}

/// Where something has to be seen to before the current task stops running.
task_record* hub_core::make_current_with_care(task_record& next) noexcept {
  hand_over_gathered();
  if (exceptions_->in_use()) {
    current->exceptions = *exceptions_;
    current->holds_exceptions = true;
    ++holders_;
    *exceptions_ = {};
  }
  if (next.holds_exceptions) {
    *exceptions_ = next.exceptions;
    next.holds_exceptions = false;
    --holders_;
  }
  choose_watched();
  return set_current(next);
}

void hub_core::choose_watched() noexcept {
  static constexpr exception_state always_in_use{.caught = nullptr, .uncaught = 1};
  watched_ = keeps_back || holders_ > 0 ? &always_in_use : exceptions_;
}

void hub_core::fetch_next() const noexcept {
  // Bytes: the frames of a task that is parked in a stream's recv, and what lies next to them.
  constexpr std::size_t frames = 1024;
  const task_record* const next = ready.first();
  if (next == nullptr) return;
  __builtin_prefetch(&next->cancelled);
  const auto* const innermost = static_cast<const std::byte*>(next->stack_pointer);
#pragma GCC unroll 16
  for (std::size_t at = 0; at < frames; at += cache_line) __builtin_prefetch(innermost + at);
}

task_record* hub_core::refuse_current() noexcept {
  if (is_loop(*current)) return nullptr;
  task_record& self = *current;
  const bool counted = teardown_ && &self != &thread_ && !self.abandoned && !self.service;
  if (counted && ++self.refusals >= refusals_before_abandoning) {
    abandon(self);
    return pick_next();
  }
  return --calls_left > 0 ? nullptr : queue_current_and_pick();
}

task_record* hub_core::queue_current_and_pick(task_record& chosen) noexcept {
  ready.push(*current);
  return make_current(chosen);
}

void hub_core::shuffle_ready() noexcept {
  std::vector<task_record*> order;
  while (!ready.empty()) order.push_back(&ready.pop());
  std::shuffle(order.begin(), order.end(), *shuffle_);
  for (task_record* task : order) ready.push(*task);
}

}  // namespace weir::detail

namespace weir {

detail::task_record* wait::begin_park(waiting_place* place, until until) noexcept {
  detail::hub_core& hub = detail::hub_core::here();
  if (hub.is_loop(*hub.current)) [[unlikely]] {
    outcome_ = errc::cancelled;  // the loop cannot park
    return nullptr;
  }
  task_ = hub.current;
  task_->parked_on = this;
  since_ = hub.now;
  if (place != nullptr) place->add(*this);
  return until.unlimited() ? hub.pick() : limit_and_pick(until);
}

detail::task_record* wait::limit_and_pick(until until) noexcept {
  detail::hub_core& hub = detail::hub_core::here();
  auto* const expire = until.token() == nullptr ? time_out : link_to_token(until);
  if (!until.never()) {
    hub.timers.arm(*this, until, expire);
    const std::int64_t last_look = std::chrono::nanoseconds(hub.now.time_since_epoch()).count();
    if (until.nanoseconds() <= (until.relative() ? 0 : last_look)) hub.look_after_pass();
  }
  return hub.pick_next();
}

until wait::settled(until given) const noexcept {
  if (!given.relative()) return given;
  if (!relative) return given.with_time(time_point(std::chrono::nanoseconds(when)));
  // Woken before the hub looked. It has looked once at most since then, before this task ran.
  const time_point looked = detail::this_hub->now;
  return looked == since_ ? given : detail::counted_from(looked, given);
}

void wait::time_out(detail::timer& expired) noexcept {
  static_cast<wait&>(expired).wake(errc::timed_out);
}

}  // namespace weir
