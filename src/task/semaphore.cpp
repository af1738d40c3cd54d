// SPDX-License-Identifier: MIT
// Taking and giving permits.
#include <weir/semaphore.hpp>

#include <weir/wait.hpp>

#include "task/take_or_wait.hpp"

namespace weir {

result<void> semaphore::acquire(until until) {
  wait here("semaphore.acquire", this);
  return detail::take_or_wait(here, waiters_, until, [this] { return try_acquire(); });
}

bool semaphore::try_acquire() noexcept {
  if (permits_ == 0) return false;
  --permits_;
  return true;
}

void semaphore::release(std::size_t count) {
  while (count > 0 && waiters_.wake_one()) --count;
  permits_ += count;
}

}  // namespace weir
