// SPDX-License-Identifier: MIT
// Making a virtual hub, and moving its time.
#include <algorithm>
#include <chrono>
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

/// A year before the clock's own end, so that what is counted from there fits.
constexpr time_point end_of_time = time_point::max() - std::chrono::hours(24 * 365);

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
  constexpr std::chrono::nanoseconds none{};
  const time_point start = hub.clock->now();
  const auto left = std::max<std::chrono::nanoseconds>(end_of_time - start, none);
  const time_point target = start + std::clamp(duration, none, left);
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
