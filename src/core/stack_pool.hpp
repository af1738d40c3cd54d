// SPDX-License-Identifier: MIT
// All stacks of a hub, by size.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <memory>
#include <new>
#include <vector>

#include "core/stack_class.hpp"

namespace weir::detail {

/// Most tasks ask for the default size; the others' classes are few and searched one by one.
class stack_pool {
 public:
  stack_pool(std::size_t default_size, os::guard_kind guard)
      : guard_(guard), default_(class_size(default_size), guard) {}

  /// `size` bytes, guard included and rounded up to a power of two; 0: the default. Null, and
  /// `why` set, where none can be had.
  [[nodiscard]] stack* take(std::size_t size, std::error_code& why) noexcept {
    if (size == 0) [[likely]] {
      return default_.take(why);
    }
    try {
      return class_of(class_size(size)).take(why);
    } catch (const std::bad_alloc&) {
      why = std::make_error_code(std::errc::not_enough_memory);
      return nullptr;
    }
  }
  /// The stack of the default size that was freed last; null where it is in use again.
  [[nodiscard]] stack* take_hottest() noexcept { return default_.take_hottest(); }
  [[gnu::always_inline]] static void give_back(stack& freed) noexcept {
    freed.owner->give_back(freed);
  }

  [[nodiscard]] bool trimmable() const noexcept {
    return default_.trimmable() || std::any_of(others_.begin(), others_.end(),
                                               [](const auto& each) { return each->trimmable(); });
  }
  void trim(std::size_t most) noexcept {
    default_.trim(most);
    for (const auto& each : others_) each->trim(most);
  }

  [[nodiscard]] std::size_t default_size() const noexcept { return default_.size(); }

 private:
  static constexpr std::size_t smallest = 2 * stack::guard_size;
  static constexpr std::size_t largest = std::size_t{1} << 40;

  [[nodiscard]] static std::size_t class_size(std::size_t asked) noexcept {
    return std::bit_ceil(std::clamp(asked, smallest, largest));
  }
  [[nodiscard]] stack_class& class_of(std::size_t size) {
    if (size == default_.size()) return default_;
    const auto found = std::find_if(others_.begin(), others_.end(),
                                    [size](const auto& each) { return each->size() == size; });
    if (found != others_.end()) return **found;
    return *others_.emplace_back(std::make_unique<stack_class>(size, guard_));
  }

  os::guard_kind guard_;
  stack_class default_;
  std::vector<std::unique_ptr<stack_class>> others_;
};

}  // namespace weir::detail
