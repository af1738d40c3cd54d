// SPDX-License-Identifier: MIT
// What the hub knows of those that keep small sends back while their task runs.
#pragma once

#include <weir/detail/list.hpp>

namespace weir::detail {

struct gathering_tag;  // those that have kept something back since the current task began to run
struct unsent_tag;     // those whose bytes the system would not take; the hub sends them

/// Keeps bytes back until the task that sent them stops running.
class gatherer : public list_hook<gathering_tag>, public list_hook<unsent_tag> {
 public:
  /// The task stops running: hands over what was kept back. Does not park.
  virtual void hand_over() noexcept = 0;
  /// All tasks have ended: what is still unsent gets until `hub_options::linger` has passed.
  virtual void limit() noexcept = 0;

 protected:
  ~gatherer() = default;
};

}  // namespace weir::detail
