// SPDX-License-Identifier: MIT
// Refusing calls, in the order in which every call that may park checks.
#include "net/refusal.hpp"

#include <weir/detail/face.hpp>
#include <weir/error.hpp>
#include <weir/until.hpp>

namespace weir::detail {

std::error_code refusal(const until& given, bool open, bool in_use) {
  hub_face& hub = need_hub();
  task_record& self = *hub.current;
  if (is_refused(self, given)) {
    finish_switch(self, begin_refusal());
    return make_error_code(errc::cancelled);
  }
  if (open && !in_use) return {};
  finish_switch(self, begin_return(hub));
  return make_error_code(open ? errc::busy : errc::closed);
}

}  // namespace weir::detail
