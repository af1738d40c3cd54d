// SPDX-License-Identifier: MIT
// The heap's inserting and removing.
#include "base/timer_heap.hpp"

#include <algorithm>

namespace weir::detail {
namespace {

constexpr std::size_t children = 4;

}  // namespace

void timer_heap::grow(std::size_t count) { nodes_.reserve(std::max(count, 2 * nodes_.capacity())); }

void timer_heap::insert(timer& added, std::int64_t when) {
  const node placed{when, inserted_++, &added};
  nodes_.push_back(placed);
  added.where = timer_place::heap;
  sift_up(nodes_.size() - 1, placed);
}

void timer_heap::remove(timer& removed) noexcept {
  const std::size_t hole = removed.position;
  removed.where = timer_place::nowhere;
  const node last = nodes_.back();
  nodes_.pop_back();
  if (hole == nodes_.size()) return;
  if (hole > 0 && last.before(nodes_[(hole - 1) / children])) {
    sift_up(hole, last);
  } else {
    sift_down(hole, last);
  }
}

void timer_heap::put(std::size_t position, const node& placed) noexcept {
  nodes_[position] = placed;
  placed.owner->position = static_cast<std::uint32_t>(position);
}

void timer_heap::sift_up(std::size_t position, node moving) noexcept {
  while (position > 0) {
    const std::size_t parent = (position - 1) / children;
    if (!moving.before(nodes_[parent])) break;
    put(position, nodes_[parent]);
    position = parent;
  }
  put(position, moving);
}

void timer_heap::sift_down(std::size_t position, node moving) noexcept {
  for (;;) {
    const std::size_t first = position * children + 1;
    if (first >= nodes_.size()) break;
    const std::size_t end = std::min(first + children, nodes_.size());
    std::size_t earliest = first;
    for (std::size_t child = first + 1; child < end; ++child) {
      if (nodes_[child].before(nodes_[earliest])) earliest = child;
    }
    if (!nodes_[earliest].before(moving)) break;
    put(position, nodes_[earliest]);
    position = earliest;
  }
  put(position, moving);
}

}  // namespace weir::detail
