// SPDX-License-Identifier: MIT
// Where a hub tells whoever looks at it from another thread that it sleeps.
#pragma once

#include <chrono>
#include <memory>

namespace weir::detail {

class hub_core;

/// Looks at a hub while it runs tasks; destroyed before the hub is, on its thread.
class watcher {
 public:
  virtual ~watcher() = default;

  /// The hub is about to sleep in the kernel. Of all times at which nothing runs, only these are
  /// told: they cost a system call anyway.
  virtual void asleep() noexcept = 0;
  virtual void awake() noexcept = 0;
};

/// One for `hub_options::watchdog`. Defined by the layer that can tell of a task, in
/// src/inspect/watchdog.cpp. Throws `system_error`.
[[nodiscard]] std::unique_ptr<watcher> make_watchdog(const hub_core& watched,
                                                     std::chrono::nanoseconds limit);

}  // namespace weir::detail
