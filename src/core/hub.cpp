// SPDX-License-Identifier: MIT
// The public face of a hub, and the time it tells.
#include <weir/hub.hpp>

#include <exception>
#include <stdexcept>

#include <unistd.h>

#include <weir/detail/spawning.hpp>
#include <weir/run.hpp>
#include <weir/until.hpp>

#include "base/log.hpp"
#include "core/hub_core.hpp"

namespace weir {
namespace detail {

std::unique_ptr<hub_core> make_hub(const hub_options& options, hub_parts parts, thread_role role) {
  if (this_hub != nullptr) {
    throw std::logic_error("weir: this thread has a hub already (run inside run?)");
  }
  auto made = std::make_unique<hub_core>(options, std::move(parts), role);
  if (options.watchdog > std::chrono::nanoseconds{}) {
    made->watch(make_watchdog(*made, options.watchdog));
  }
  return made;
}

void end_hub(std::unique_ptr<hub_core> ended) noexcept {
  if (this_hub != ended.get()) {
    if (ended->process == ::getpid()) {
      log(log_level::error, "a hub is destroyed by another thread than the one that made it");
      std::terminate();  // its tasks can run nowhere but there
    }
    static_cast<void>(ended.release());  // a forked child: what the hub holds is the parent's
    return;
  }
  if (task_record& self = ended->thread_task(); self.has_extras) {
    run_cleanups(self);
    drop_values(self);
  }
  ended->begin_teardown();
  ended->wait_until_all_ended();
}

run_session::run_session(const hub_options& options)
    : core_(make_hub(options, hub_parts::real(), thread_role::bystander)) {}

run_session::~run_session() = default;

void run_session::wait_until_all_ended() noexcept { core_->wait_until_all_ended(); }

}  // namespace detail

hub::hub(const hub_options& options)
    : core_(detail::make_hub(options, detail::hub_parts::real(), detail::thread_role::first_task)) {
}

hub::~hub() { detail::end_hub(std::move(core_)); }

void stop() {
  static_cast<void>(detail::need_hub());
  detail::hub_core::here().begin_teardown();
}

time_point now() noexcept {
  if (detail::this_hub == nullptr) return std::chrono::steady_clock::now();
  return detail::hub_core::here().clock->now();
}

}  // namespace weir
