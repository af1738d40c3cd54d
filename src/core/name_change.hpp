// SPDX-License-Identifier: MIT
// Changing the name of the current task where a signal handler may want to read it.
#pragma once

#include <atomic>

#include "core/hub_core.hpp"

namespace weir::detail {

/// While it lives, `hub_core::name_changes`. The handler runs on this thread, so it is enough that
/// the compiler keeps the order.
class name_change {
 public:
  name_change() noexcept { set(true); }
  name_change(const name_change&) = delete;
  name_change& operator=(const name_change&) = delete;
  ~name_change() { set(false); }

 private:
  static void set(bool changes) noexcept {
    if (this_hub == nullptr) return;  // a child of fork
    std::atomic_signal_fence(std::memory_order_seq_cst);
    hub_core::here().name_changes = changes;
    std::atomic_signal_fence(std::memory_order_seq_cst);
  }
};

}  // namespace weir::detail
