// SPDX-License-Identifier: MIT
// Making tokens, and asking them.
#include <weir/cancel_token.hpp>

#include <chrono>
#include <stdexcept>

#include "base/deadline.hpp"

namespace weir {
namespace {

/// When `limit` comes, counted from now; the clock's last moment for never.
time_point deadline_of(until limit) {
  if (limit.never()) return time_point::max();
  const until counted = detail::counted_from(limit.relative() ? now() : time_point{}, limit);
  if (counted.never()) return time_point::max();
  return time_point(std::chrono::nanoseconds(counted.nanoseconds()));
}

}  // namespace

cancel_token::cancel_token() : cancel_token(until{}) {}

cancel_token::cancel_token(until deadline)
    : share_(detail::token_share::make(deadline.token(), deadline_of(deadline))) {}

void cancel_token::cancel() const noexcept {
  if (state() != nullptr) detail::cancel(*state());
}

bool cancel_token::cancelled() const noexcept {
  if (state() == nullptr) return false;
  if (state()->deadline != time_point::max() && state()->deadline <= now()) cancel();
  return state()->cancelled;
}

cancel_token cancel_token::child(until deadline) const {
  if (deadline.token() != nullptr) {
    throw std::logic_error("weir: a child's deadline has a token: it would have two parents");
  }
  return cancel_token(until(deadline, *this));
}

}  // namespace weir
