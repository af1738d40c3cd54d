// SPDX-License-Identifier: MIT
// Counting what is not done yet.
#include <weir/wait_group.hpp>

#include <stdexcept>

#include <weir/wait.hpp>

#include "task/take_or_wait.hpp"

namespace weir {

void wait_group::done() {
  if (pending_ == 0) throw std::logic_error("weir: more is done than was added to a wait_group");
  if (--pending_ == 0) waiters_.wake_all();
}

result<void> wait_group::wait(until until) {
  weir::wait here("wait_group.wait", this);
  return detail::take_or_wait(here, waiters_, until, [this] { return pending_ == 0; });
}

}  // namespace weir
