// SPDX-License-Identifier: MIT
// Locking, and handing over.
#include <weir/mutex.hpp>

#include <stdexcept>
#include <system_error>
#include <utility>

#include <weir/wait.hpp>

#include "task/take_or_wait.hpp"

namespace weir {

result<void> mutex::lock(until until) {
  wait here("mutex.lock", this);
  const detail::hub_face& hub = detail::need_hub();
  if (held() && !detail::is_refused(*hub.current, until)) {
    detail::task_record& self = *hub.current;
    detail::finish_switch(self, here.begin_failed(errc::deadlock));
    return failure(errc::deadlock);
  }
  return detail::take_or_wait(here, waiters_, until, [this] { return try_lock(); });
}

result<std::unique_lock<mutex>> mutex::hold(until until) {
  if (auto locked = lock(until); !locked) return std::unexpected(locked.error());
  return std::unique_lock(*this, std::adopt_lock);
}

void mutex::lock() {
  if (auto locked = lock_in_any_case(); !locked) {
    throw std::system_error(locked.error(), "weir: a mutex cannot be locked");
  }
}

result<void> mutex::lock_in_any_case() {
  const detail::task_record& self = *detail::need_hub().current;
  if (held()) return failure(errc::deadlock);
  if (try_lock()) {
    if (--detail::this_hub->calls_left <= 0) detail::let_others_run();
    return {};
  }
  for (;;) {
    wait here("mutex.lock", this);
    // While it can be, so that it can be told of a deadlock.
    here.set_cancellable(!self.cancelled);
    auto locked = here.park(waiters_);
    const bool interrupted = here.outcome() == errc::cancelled && here.cancellable();
    if (!interrupted || !self.cancelled) return locked;
  }
}

bool mutex::try_lock() {
  const std::uint64_t caller = detail::need_hub().current->id;
  if (std::exchange(locked_, true)) return false;
  owner_ = caller;
  return true;
}

void mutex::unlock() {
  if (!held()) throw std::logic_error("weir: a task unlocks a mutex that it does not hold");
  if (waiters_.empty()) {
    locked_ = false;
    return;
  }
  detail::task_record& next = waiters_.front().claim();
  owner_ = next.id;
  detail::this_hub->ready.push(next);
}

bool mutex::held() const { return locked_ && owner_ == detail::need_hub().current->id; }

}  // namespace weir
