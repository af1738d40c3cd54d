// SPDX-License-Identifier: MIT
// Setting, settling and expiring timers.
#include "core/timers.hpp"

#include <chrono>
#include <limits>

namespace weir::detail {
namespace {

std::int64_t nanoseconds_of(time_point point) noexcept {
  return std::chrono::nanoseconds(point.time_since_epoch()).count();
}

std::int64_t add_saturated(std::int64_t left, std::int64_t right) noexcept {
  std::int64_t sum = 0;
  return __builtin_add_overflow(left, right, &sum) ? std::numeric_limits<std::int64_t>::max() : sum;
}

}  // namespace

std::size_t timers::count() const noexcept {
  std::size_t armed = heap_.size();
  for (const timer* each = fresh_.first(); each != nullptr; each = fresh_.after(*each)) ++armed;
  return armed;
}

void timers::arm(timer& set, until until, void (*on_expire)(timer&) noexcept) noexcept {
  set.on_expire = on_expire;
  set.when = until.nanoseconds();
  set.relative = until.relative();
  set.where = timer_place::fresh;
  fresh_.push_back(set);
}

void timers::disarm(timer& armed) noexcept {
  if (armed.where == timer_place::heap) {
    heap_.remove(armed);
  } else {
    armed.unlink();
    armed.where = timer_place::nowhere;
  }
}

void timers::settle(time_point now) noexcept {
  while (!fresh_.empty()) {
    timer& next = fresh_.pop_front();
    if (next.relative) next.when = add_saturated(nanoseconds_of(now), next.when);
    next.relative = false;
    heap_.insert(next, next.when);
  }
}

std::optional<time_point> timers::earliest() const noexcept {
  if (heap_.empty()) return std::nullopt;
  return time_point(std::chrono::nanoseconds(heap_.earliest()));
}

void timers::expire(time_point now) noexcept {
  const std::int64_t limit = nanoseconds_of(now);
  while (!heap_.empty() && heap_.earliest() <= limit) {
    timer& due = heap_.front();
    heap_.remove(due);
    due.on_expire(due);
  }
}

}  // namespace weir::detail
