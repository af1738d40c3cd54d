// SPDX-License-Identifier: MIT
// Choosing who runs next: the part of a switch that need not be inlined.
#include <algorithm>
#include <stdexcept>
#include <vector>

#include <weir/wait.hpp>

#include "core/fork_guard.hpp"
#include "core/hub_core.hpp"

namespace weir::detail {
namespace {

constexpr int calls_without_parking = 128;             // in a row in one task, before others run
constexpr std::uint64_t switches_between_asking = 16;  // the tick meter
constexpr std::uint32_t refusals_before_abandoning = 1000;

}  // namespace

constinit thread_local hub_face* this_hub = nullptr;

void throw_no_hub() {
  throw std::logic_error(
      forked_from_a_hub()
          ? "weir: a child of fork cannot use its parent's hub; it may only exec or exit"
          : "weir: there is no hub on this thread (see weir::run and weir::hub)");
}

task_record* begin_refusal() noexcept { return hub_core::here().refuse_current(); }

void disarm_armed(timer& armed) noexcept { hub_core::here().timers.disarm(armed); }

// The next three are inlined into each of the few functions here that choose, which thereby are one
// call from the code that switches.

[[gnu::always_inline]] inline task_record* hub_core::make_current(task_record& next) noexcept {
  ++switches_;
  if (exceptions_->in_use()) [[unlikely]] {
    current->exceptions = *exceptions_;
    current->holds_exceptions = true;
    *exceptions_ = {};
  }
  if (next.holds_exceptions) [[unlikely]] {
    *exceptions_ = next.exceptions;
    next.holds_exceptions = false;
  }
  current = &next;
  calls_left = calls_without_parking;
  return &next;
}

[[gnu::always_inline]] inline task_record* hub_core::pick() noexcept {
  if (pass_over_) {
    if (ready.empty() || time_to_look()) return make_current(loop_);
    begin_pass();
  }
  task_record& next = ready.pop();
  pass_over_ = &next == pass_last_;
  return make_current(next);
}

[[gnu::always_inline]] inline task_record* hub_core::queue_current_and_pick() noexcept {
  task_record* const self = current;
  if (is_loop(*self)) [[unlikely]]
    return nullptr;
  ready.push(*self);
  task_record* const next = pick();
  return next == self ? nullptr : next;
}

task_record* begin_yield() noexcept { return hub_core::here().queue_current_and_pick(); }

task_record* hub_core::pick_next() noexcept { return pick(); }

/// Between two passes: most times there is nothing for the loop to do, and it is not switched to.
bool hub_core::time_to_look() noexcept {
  if (look_soon || look_every_pass_) return true;
  if (switches_ - meter_asked_at_ < switches_between_asking) return false;
  meter_asked_at_ = switches_;
  return meter_.due();
}

void hub_core::begin_pass() noexcept {
  ++ticks_;
  pass_over_ = false;
  pass_last_ = ready.last();
}

task_record* hub_core::refuse_current() noexcept {
  if (is_loop(*current)) return nullptr;
  task_record& self = *current;
  if (teardown_ && &self != &thread_ && ++self.refusals >= refusals_before_abandoning) {
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
  if (!until.never()) {
    hub.timers.arm(*this, until, time_out);
    const std::int64_t last_look = std::chrono::nanoseconds(hub.now.time_since_epoch()).count();
    if (until.nanoseconds() <= (until.relative() ? 0 : last_look)) hub.look_soon = true;
  }
  return hub.pick();
}

void wait::time_out(detail::timer& expired) noexcept {
  static_cast<wait&>(expired).wake(errc::timed_out);
}

}  // namespace weir
