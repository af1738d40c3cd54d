// SPDX-License-Identifier: MIT
// What weir itself does in a task.
#pragma once

#include <weir/detail/record.hpp>

namespace weir::detail {

/// Runs in a task that is not counted, not shown, and keeps no hub alive: when all other tasks have
/// ended, its calls say `cancelled`, and the hub waits for it. It waits for nothing that is counted
/// either (see `io_kind::service`), so that it neither hides a deadlock nor stops virtual time.
class service {
 public:
  virtual ~service() = default;

  /// The task's function; when it returns, the service is destroyed.
  virtual void run() noexcept = 0;
};

struct service_record : task_record {
  detail::service* runs = nullptr;
};

}  // namespace weir::detail
