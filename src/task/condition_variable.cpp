// SPDX-License-Identifier: MIT
// Waiting to be notified.
#include <weir/condition_variable.hpp>

#include <stdexcept>

#include <weir/wait.hpp>

namespace weir {

result<void> condition_variable::wait(mutex& guard, until until) {
  if (!guard.held()) {
    throw std::logic_error("weir: a task waits with a mutex that it does not hold");
  }
  detail::task_record& self = *detail::this_hub->current;
  weir::wait here("condition_variable.wait", this);
  if (detail::is_refused(self, until)) {
    detail::finish_switch(self, here.begin_refused());
    return failure(errc::cancelled);
  }
  guard.unlock();  // nobody runs before this task is parked
  detail::finish_switch(self, here.begin_park(&waiters_, until));
  result<void> locked;
  do {
    locked = guard.lock_in_any_case();
  } while (!locked && locked.error() == errc::deadlock);
  if (!locked) return locked;
  if (here.outcome() != errc{}) return failure(here.outcome());
  return {};
}

}  // namespace weir
