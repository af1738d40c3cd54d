// SPDX-License-Identifier: MIT
// Joining a scope, and leaving it.
#include <weir/scope.hpp>

#include <weir/detail/face.hpp>

namespace weir {

scope::~scope() {
  if (!children_.empty()) {
    if (cancel_on_exit_ || std::uncaught_exceptions() > exceptions_) children_.cancel();
    children_.wait_for_children();
  }
  children_.report_unread();
}

result<void> scope::join() {
  static_cast<void>(detail::need_hub());
  const bool refused =
      children_.empty() ? detail::family::is_refused() : detail::this_hub->current->cancelled;
  if (!refused || !children_.empty()) children_.join();
  if (children_.failed()) return children_.failure();
  if (refused) return failure(errc::cancelled);
  return {};
}

void scope::require_task() { detail::family::require_task(); }

}  // namespace weir
