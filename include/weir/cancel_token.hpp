// SPDX-License-Identifier: MIT
// Ending other tasks' waits, without ending the tasks.
#pragma once

#include <utility>

#include <weir/detail/token_state.hpp>
#include <weir/until.hpp>

namespace weir {

/// A shared handle: copies are the same token. Given in the place of an `until`, or beside a time,
/// to any call that may park, it has that call answer `errc::cancelled` once it is cancelled, at
/// once and every time, with nothing taken; the task itself goes on.
///
/// Belongs to the hub it was made at. It is to outlive the calls it is given to; where all its
/// handles are gone nobody can cancel it any more, and who waits with it waits on.
class cancel_token {
 public:
  /// Not cancelled, and without a deadline. Throws `bad_alloc`, as all that makes a token.
  cancel_token();
  /// Cancelled once `deadline` has come, which is counted from now. If that has a token, as a child
  /// of it: `cancel_token{{5s, other}}` is `other.child(5s)`.
  explicit cancel_token(until deadline);

  /// Ends all waits with it and its children: they answer `errc::cancelled`, in the order in which
  /// they began. Does not park; nothing to do when it is cancelled already.
  void cancel() const noexcept;

  /// Whether it, or one it is a child of, was cancelled, or its deadline has come. Looks at the
  /// clock if it has a deadline; a call only asks whether the hub has seen it pass.
  [[nodiscard]] bool cancelled() const noexcept;

  /// A token that is cancelled when this one is, also when no handle of this one is left by then,
  /// or when it is cancelled itself, or once `deadline` has come. Throws `logic_error` for a
  /// `deadline` with a token: it can be the child of one only.
  [[nodiscard]] cancel_token child(until deadline = {}) const;

  /// Whether both are the same token.
  friend bool operator==(const cancel_token&, const cancel_token&) = default;

  /// For weir; null where it was moved from.
  [[nodiscard]] detail::token_state* state() const noexcept { return share_.get(); }

 private:
  explicit cancel_token(detail::token_share share) noexcept : share_(std::move(share)) {}

  detail::token_share share_;
};

inline until::until(const cancel_token& token) noexcept
    : bits_(reinterpret_cast<std::uintptr_t>(token.state())) {}

inline until::until(until time, const cancel_token& token) noexcept
    : until(until(token).with_time(time)) {}

}  // namespace weir
