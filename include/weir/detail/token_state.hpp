// SPDX-License-Identifier: MIT
// What all handles of one cancel token share.
#pragma once

#include <cstddef>
#include <utility>

#include <weir/detail/list.hpp>
#include <weir/detail/this_hub.hpp>
#include <weir/until.hpp>

namespace weir {
class wait;
}

namespace weir::detail {

struct token_tag;    // the waits with one token, in order of arrival
struct region_tag;   // the regions of tasks that run out with one token, in order of arrival
struct sibling_tag;  // the children of one token, in the order they were made

struct cancel_region;
class family;

/// What links a wait to the token it was given.
struct token_link : list_hook<token_tag> {
  explicit token_link(wait& waiting) noexcept : owner(&waiting) {}
  wait* owner;
};

/// Owns a share in a token's state, which lives as long as anyone does; null: in none.
class token_share {
 public:
  token_share() noexcept = default;
  /// With `deadline`, and cancelled when `parent` is, if that is not null. Throws `bad_alloc`.
  [[nodiscard]] static token_share make(token_state* parent, time_point deadline);

  token_share(const token_share& other) noexcept;
  token_share(token_share&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  token_share& operator=(token_share other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~token_share() {
    if (state_ != nullptr) let_go();
  }

  [[nodiscard]] token_state* get() const noexcept { return state_; }
  friend bool operator==(const token_share&, const token_share&) = default;

 private:
  explicit token_share(token_state& shared) noexcept;
  void let_go() noexcept;

  token_state* state_ = nullptr;
};

/// Invariants: a child owns a share in its parent, never the other way round, so there are no
/// cycles. It is among its parent's children until either is cancelled. A deadline is not later
/// than the parent's, and needs no timer of the token's own: who waits sets one, and others ask.
struct token_state : list_hook<sibling_tag> {
  std::size_t shares = 0;
  token_share parent;
  list<token_state, sibling_tag> children;
  list<token_link, token_tag> waits;
  list<cancel_region, region_tag> regions;
  time_point deadline = time_point::max();  ///< max: none
  bool cancelled = false;                   ///< by someone; the deadline passes unnoted
  const hub_face* made_by = this_hub;
};

/// Cancels it, its children and theirs, and wakes who waits with them. Runs nobody's code.
void cancel(token_state& token) noexcept;
/// The same, but for what the families need whose parents' regions run out with it, which are put
/// before `others`, see `hub_core::cancel_alone`.
void cancel(token_state& token, family*& others) noexcept;

/// Makes `limit` the earlier of its time and the token's deadline; whether that is the token's. Of
/// two that are equal it is the token's.
[[nodiscard]] bool limit_by_deadline(const token_state& token, until& limit) noexcept;

}  // namespace weir::detail
