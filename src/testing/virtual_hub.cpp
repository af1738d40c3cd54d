// SPDX-License-Identifier: MIT
// Making a virtual hub, and moving its time.
#include <stdexcept>

#include <weir/testing.hpp>

#include "core/epoll_poller.hpp"
#include "core/hub_core.hpp"
#include "testing/faulty_calls.hpp"
#include "testing/virtual_clock.hpp"

namespace weir::testing {
namespace {

detail::hub_parts virtual_parts(const virtual_hub_options& options) {
  return {.clock = std::make_unique<detail::virtual_clock>(),
          .poller = std::make_unique<detail::epoll_poller>(
              std::make_unique<detail::faulty_calls>(options.faults)),
          .shuffle_seed = options.shuffle_seed,
          .look_every_pass = true};
}

hub_options without_real_time(hub_options options) {
  options.spin = {};
  options.timer_grain = std::chrono::nanoseconds(1);
  return options;
}

}  // namespace

virtual_hub::virtual_hub(const virtual_hub_options& options)
    : core_(detail::make_hub(without_real_time(options.hub), virtual_parts(options),
                             detail::thread_role::first_task)) {}

virtual_hub::~virtual_hub() { detail::end_hub(std::move(core_)); }

void settle() {
  static_cast<void>(detail::need_hub());
  wait here("testing.settle");
  here.set_cancellable(false);
  static_cast<void>(here.park(detail::hub_core::here().idle_waiters));
}

void advance(std::chrono::nanoseconds duration) {
  static_cast<void>(detail::need_hub());
  detail::hub_core& hub = detail::hub_core::here();
  const time_point target = hub.clock->now() + duration;
  for (;;) {
    settle();
    const auto earliest = hub.timers.earliest();
    const time_point next = earliest && *earliest < target ? *earliest : target;
    if (!hub.clock->leap(next - hub.clock->now())) {
      throw std::logic_error("weir: advance needs a virtual hub");
    }
    if (next == target) break;
  }
  settle();
}

}  // namespace weir::testing
