// SPDX-License-Identifier: MIT
// A call that takes something if it is there, and else waits for it.
#pragma once

#include <weir/error.hpp>
#include <weir/until.hpp>
#include <weir/wait.hpp>

namespace weir::detail {

/// Waits in `place`, as `here`, unless `take_now()` succeeds. A cancellation is looked for first.
/// Touches nothing but `here` once it has parked.
template <class TakeNow>
[[nodiscard]] result<void> take_or_wait(wait& here, waiting_place& place, until until,
                                        TakeNow take_now) {
  hub_face& hub = need_hub();
  task_record& self = *hub.current;
  task_record* next = nullptr;
  if (is_refused(self, until)) {
    next = here.begin_refused();
  } else if (take_now()) {
    next = begin_return(hub);
  } else {
    next = here.begin_park(&place, until);
  }
  finish_switch(self, next);
  if (here.outcome() != errc{}) return failure(here.outcome());
  return {};
}

}  // namespace weir::detail
