// SPDX-License-Identifier: MIT
// Timers in the order of their deadlines: a heap of four children a node.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <weir/detail/timer.hpp>

namespace weir::detail {

/// Owns no timer. Invariants: a node is not later than its children; a timer in it has
/// `where == heap` and its `position` is where its node stands. The keys lie in the array, so that
/// comparing them touches no other memory. Equal deadlines keep the order of insertion.
class timer_heap {
 public:
  [[nodiscard]] bool empty() const noexcept { return nodes_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return nodes_.size(); }

  /// Makes room for `count` timers, so that inserting does not allocate. Throws `bad_alloc`.
  void reserve(std::size_t count) {
    if (count > nodes_.capacity()) grow(count);
  }

  /// The earliest deadline, nanoseconds. Precondition: not empty.
  [[nodiscard]] std::int64_t earliest() const noexcept { return nodes_.front().when; }
  /// The timer with the earliest deadline. Precondition: not empty.
  [[nodiscard]] timer& front() const noexcept { return *nodes_.front().owner; }

  void insert(timer& added, std::int64_t when);
  void remove(timer& removed) noexcept;

 private:
  struct node {
    std::int64_t when;
    std::uint64_t order;
    timer* owner;

    [[nodiscard]] bool before(const node& other) const noexcept {
      return when != other.when ? when < other.when : order < other.order;
    }
  };

  void grow(std::size_t count);
  void put(std::size_t position, const node& placed) noexcept;
  void sift_up(std::size_t position, node moving) noexcept;
  void sift_down(std::size_t position, node moving) noexcept;

  std::vector<node> nodes_;
  std::uint64_t inserted_ = 0;
};

}  // namespace weir::detail
