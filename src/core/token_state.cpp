// SPDX-License-Identifier: MIT
// Cancelling tokens, and waiting with one.
#include <weir/detail/token_state.hpp>

#include <algorithm>
#include <cassert>
#include <memory>

#include <weir/detail/cancel_region.hpp>
#include <weir/detail/family.hpp>
#include <weir/wait.hpp>

#include "base/deadline.hpp"
#include "core/hub_core.hpp"

namespace weir::detail {
namespace {

void cancel_alone(token_state& token, family*& others) noexcept {
  token.cancelled = true;
  while (!token.waits.empty()) token.waits.pop_front().owner->wake(errc::cancelled);
  while (!token.regions.empty()) {
    cancel_region& region = token.regions.pop_front();
    region.by = run_out::token;
    hub_core::here().interrupt(*region.task, others);
  }
}

}  // namespace

token_share token_share::make(token_state* parent, time_point deadline) {
  token_share made(*std::make_unique<token_state>().release());
  token_state& state = *made.state_;
  state.deadline = deadline;
  if (parent == nullptr) return made;
  state.deadline = std::min(deadline, parent->deadline);
  state.cancelled = parent->cancelled;
  if (!state.cancelled) {
    state.parent = token_share(*parent);
    parent->children.push_back(state);
  }
  return made;
}

token_share::token_share(token_state& shared) noexcept : state_(&shared) { ++state_->shares; }

token_share::token_share(const token_share& other) noexcept : state_(other.state_) {
  if (state_ != nullptr) ++state_->shares;
}

/// A loop, as the last share in a child may be the last in its parent, and so on without end.
void token_share::let_go() noexcept {
  token_state* state = std::exchange(state_, nullptr);
  while (state != nullptr && --state->shares == 0) {
    const std::unique_ptr<token_state> last(state);
    while (!last->waits.empty()) last->waits.pop_front();
    while (!last->regions.empty()) last->regions.pop_front();
    last->unlink();
    state = std::exchange(last->parent.state_, nullptr);
  }
}

void cancel(token_state& token) noexcept {
  family* others = nullptr;
  cancel(token, others);
  family::cancel_all(others);
}

void cancel(token_state& token, family*& others) noexcept {
  if (token.cancelled) return;
  // One that has outlived its hub may be cancelled still; nobody waits with it.
  assert((this_hub == nullptr || belongs_here(token.made_by)) && "cancelled at another hub");
  token.unlink();
  cancel_alone(token, others);
  while (!token.children.empty()) {
    token_state& next = token.children.pop_front();
    cancel_alone(next, others);
    while (!next.children.empty()) token.children.push_back(next.children.pop_front());
  }
}

bool is_cancelled(const token_state& token) noexcept {
  return token.cancelled || (this_hub != nullptr && token.deadline <= this_hub->now);
}

bool limit_by_deadline(const token_state& token, until& limit) noexcept {
  if (token.deadline == time_point::max()) return false;
  limit = fixed(limit);  // there is one timer: whose it is has to be known now
  if (!limit.never() && limit.nanoseconds() < until(token.deadline).nanoseconds()) return false;
  limit = token.deadline;
  return true;
}

}  // namespace weir::detail

namespace weir {

wait::on_expire_function wait::link_to_token(until& limit) noexcept {
  detail::token_state& token = *limit.token();
  assert(detail::belongs_here(token.made_by) && "waited with on the thread of another hub");
  std::construct_at(&token_link_, *this);
  token.waits.push_back(token_link_);
  ties_ |= token_tie;
  return detail::limit_by_deadline(token, limit) ? time_out_token : time_out;
}

void wait::time_out_token(detail::timer& expired) noexcept {
  static_cast<wait&>(expired).wake(errc::cancelled);
}

void wait::leave_timers_and_token() noexcept {
  detail::disarm(*this);
  if ((ties_ & token_tie) == 0) return;
  token_link_.unlink();
  ties_ = static_cast<std::uint8_t>(ties_ & ~token_tie);
}

}  // namespace weir
