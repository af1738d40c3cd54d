// SPDX-License-Identifier: MIT
// Where tasks wait for one thing; see weir/wait.hpp.
#pragma once

#include <cassert>
#include <cstddef>

#include <weir/detail/list.hpp>
#include <weir/detail/this_hub.hpp>
#include <weir/error.hpp>

namespace weir {

class wait;

namespace detail {
struct place_tag;  // the waits in one waiting place, in order of arrival
}

/// Where tasks wait for one thing, in order of arrival. Must be empty when it is destroyed:
/// `wake_all` first. Belongs to the hub on whose thread it was made; builds without NDEBUG end the
/// process when it is used on another's.
class waiting_place {
 public:
  [[nodiscard]] bool empty() const noexcept { return waits_.empty(); }
  /// The wait that came first. Precondition: not empty.
  [[nodiscard]] wait& front() const noexcept;

  /// The same, or null where nobody waits; and the one that came after `waiting`, or null.
  [[nodiscard]] wait* first() const noexcept;
  [[nodiscard]] wait* after(const wait& waiting) const noexcept;

  /// Wakes the task that came first; whether there was one.
  bool wake_one(errc outcome = {}) noexcept;
  /// Wakes every task that waits here; how many there were.
  std::size_t wake_all(errc outcome = {}) noexcept;

  void add(wait& arrived) noexcept;

  /// Whether this thread's hub may use it.
  [[nodiscard]] bool belongs_here() const noexcept { return detail::belongs_here(made_by_); }
  /// Ends the process where it may not, in builds without NDEBUG.
  void assert_hub() const noexcept {
    assert(belongs_here() && "used on the thread of another hub than the one that made it");
  }

 private:
  const detail::hub_face* made_by_ = detail::this_hub;
  detail::list<wait, detail::place_tag> waits_;
};

}  // namespace weir
