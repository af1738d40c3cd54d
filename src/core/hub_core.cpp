// SPDX-License-Identifier: MIT
// Making a hub, and its loop.
#include "core/hub_core.hpp"

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <cxxabi.h>
#include <unistd.h>

#include <weir/detail/cancel_region.hpp>
#include <weir/detail/family.hpp>

#include "core/epoll_poller.hpp"
#include "core/fork_guard.hpp"
#include "core/overflow_report.hpp"
#include "core/picking.hpp"
#include "core/sanitizers.hpp"
#include "os/processors.hpp"

namespace weir::detail {
namespace {

constexpr std::chrono::nanoseconds trim_interval = std::chrono::seconds(1);
constexpr std::size_t trimmed_at_once = 64;  // stacks, between two looks for events

constexpr int deadlocks_told = 1000;  // in a row, to a main task that goes on waiting

constexpr std::chrono::nanoseconds longest_look = std::chrono::seconds(1);
constexpr std::chrono::nanoseconds longest_sleep = std::chrono::hours(24);

std::uint64_t next_serial() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;  // pairs with nothing: only a number
}

/// Rounds up to a multiple of `grain`.
time_point round_up(time_point point, std::chrono::nanoseconds grain) noexcept {
  const auto rest = point.time_since_epoch() % grain;
  return rest.count() == 0 ? point : point + (grain - rest);
}

}  // namespace

hub_parts hub_parts::real() {
  return {.clock = std::make_unique<monotonic_clock>(), .poller = make_epoll_poller()};
}

hub_core::hub_core(const hub_options& chosen, hub_parts parts, thread_role role)
    : serial(next_serial()),
      process(::getpid()),
      thread(::gettid()),
      options(chosen),
      clock(std::move(parts.clock)),
      poller(std::move(parts.poller)),
      stacks(chosen.stack_size, parts.guard),
      exceptions_(reinterpret_cast<exception_state*>(abi::__cxa_get_globals())),
      alive_at_end_(role == thread_role::first_task ? 1 : 0),
      look_ahead_(std::min(chosen.spin, longest_look), os::usable_processors()),
      look_every_pass_(parts.look_every_pass) {
  if (parts.shuffle_seed) shuffle_.emplace(static_cast<std::uint32_t>(*parts.shuffle_seed));
  options.timer_grain = std::max(chosen.timer_grain, std::chrono::nanoseconds(1));
  stack* const loop_stack = stacks.take(0, spawn_error);
  if (loop_stack == nullptr) {
    throw std::system_error(spawn_error, "weir: no stack for the hub's loop");
  }

  timers.reserve(
      1);  // for this thread's own deadline; a task's is made room for when it is spawned
  now = clock->now();
  enter_thread_stack(thread_);
  thread_.started = true;
  if (role == thread_role::first_task) {
    thread_.id = ++last_id_;
    thread_.name = "main";
    alive.push_back(thread_);
    ++alive_count;
  } else {
    thread_.service = true;
  }
  static constexpr task_type loop_type{.run = [](task_record& loop) noexcept { run_loop(loop); },
                                       .refuse = nullptr,
                                       .abandon = nullptr,
                                       .fail = nullptr,
                                       .release = nullptr,
                                       .in_family = false};
  loop_.service = true;
  loop_.type = &loop_type;
  start_on(loop_, *loop_stack, loop_stack->top);

  all_hubs.add(*this);
  this_hub = this;
  current = &thread_;
  calls_left = calls_without_parking;
  if (options.report_stack_overflow) report_stack_overflows_of_this_thread();
}

hub_core::~hub_core() {
  watcher_.reset();
  if (options.report_stack_overflow) stop_reporting_stack_overflows_of_this_thread();
  all_hubs.remove(*this);
  while (!alive.empty()) alive.pop_front();
  this_hub = nullptr;
}

void hub_core::run_loop(task_record& loop) noexcept {
  hub_core& hub = here();
  for (;;) {
    hub.look();
    if (hub.shuffle_) hub.shuffle_ready();
    hub.begin_pass(*hub.ready.last());
    switch_to_task(loop, *hub.pick_next());
  }
}

/// One turn of the loop: clock, timers and kernel; returns when there is something to run.
void hub_core::look() noexcept {
  do {
    now = clock->now();
    timers.settle(now);
    end_unstarted();
    if (!ready.empty()) {
      poll_once();
    } else {
      wait_for_events();
    }
    timers.expire(now);
  } while (ready.empty());
  meter_.looked(now);
  ask_meter_at_ = look_every_pass_ || !unstarted_.empty() ? 0 : switches_ + meter_.stride();
}

void hub_core::poll_once() noexcept {
  ++polls_;
  poller->poll(std::chrono::nanoseconds{});
}

/// Nothing is ready: looks at the kernel for as long as it may, and sets `now`.
void hub_core::wait_for_events() noexcept {
  auto sleep = time_to_sleep();
  if (sleep && *sleep <= std::chrono::nanoseconds{}) return poll_once();
  if (!idle_waiters.empty()) {
    poll_once();
    if (ready.empty()) idle_waiters.wake_all();
    return;
  }
  if (!sleep && poller->waiting_count() == 0) return resolve_deadlock();
  deadlocks_ = 0;
  if (poller->waiting_count() == 0 && clock->leap(*sleep)) {
    now = clock->now();
    return;
  }
  if (stacks.trimmable() && now >= trim_at_) {
    stacks.trim(trimmed_at_once);
    if (!stacks.trimmable()) trim_at_ = now + trim_interval;
    return poll_once();
  }
  if (stacks.trimmable()) sleep = std::min(sleep.value_or(trim_interval), trim_at_ - now);

  if (const auto length = look_ahead_.before_sleep(sleep); length > std::chrono::nanoseconds{}) {
    for (const time_point end = now + length; now < end; now = clock->now()) {
      ++polls_;
      const auto source = poller->poll(std::chrono::nanoseconds{});
      if (source || !ready.empty()) {
        look_ahead_.hit();
        look_ahead_.woken_by(source);
        now = clock->now();
        return;
      }
    }
    look_ahead_.missed();
  }
  ++polls_;
  look_ahead_.woken_by(sleep_in_kernel(sleep));
  now = clock->now();
}

std::optional<std::uint32_t> hub_core::sleep_in_kernel(
    std::optional<std::chrono::nanoseconds> most) noexcept {
  if (watcher_ == nullptr) return poller->poll(most);
  watcher_->asleep();
  const auto source = poller->poll(most);
  watcher_->awake();
  return source;
}

std::optional<std::chrono::nanoseconds> hub_core::time_to_sleep() const noexcept {
  const auto earliest = timers.earliest();
  if (!earliest) return std::nullopt;
  if (*earliest <= now) return std::chrono::nanoseconds{};
  if (*earliest - now > longest_sleep) return longest_sleep;
  return round_up(*earliest, options.timer_grain) - now;
}

/// Nothing could ever wake anyone. The first task is told, or who it waits for; where it has ended,
/// or does not listen, all are cancelled. In a teardown that has been done: shields give way, then
/// who waits on is abandoned, and the thread's own task, which cannot be, is told in any case.
void hub_core::resolve_deadlock() noexcept {
  report_deadlock();
  if (!ready.empty() || !unstarted_.empty()) return;  // the logger has woken or cancelled someone
  task_record* const first = alive.first();           // none where only bytes are left to be sent
  task_record* const told = first != nullptr && first->id == 1 ? family::ended_by(*first) : nullptr;
  if (told != nullptr && deadlocks_ < deadlocks_told) {
    ++deadlocks_;
    told->parked_on->wake(errc::deadlock);
  } else if (!teardown_) {
    if (told != nullptr) report_deadlock_ignored(*told);
    begin_teardown();
  } else if (!break_shields() && !abandon_stuck() && thread_.parked_on != nullptr) {
    thread_.parked_on->wake(errc::deadlock);
  }
}

/// Whether any held off a cancellation.
bool hub_core::break_shields() noexcept {
  bool any = false;
  for (const auto* tasks : {&alive, &services_}) {
    for (task_record* each = tasks->first(); each != nullptr; each = tasks->after(*each)) {
      if (each->cancelled || !each->cancel_asked || each->parked_on == nullptr) continue;
      if (++each->refusals >= refusals_before_abandoning)
        continue;  // it makes new ones all the time
      cancel_region::break_shields(*each);
      interrupt(*each);
      any = true;
    }
  }
  return any;
}

}  // namespace weir::detail
