// SPDX-License-Identifier: MIT
// The stacks of one size: carved out of large mappings, reused last in, first out.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include <weir/detail/list.hpp>
#include <weir/error.hpp>

#include "core/stack.hpp"
#include "os/guard.hpp"
#include "os/mapping.hpp"

namespace weir::detail {

/// Invariant: a stack is in use, or it is the hottest (the last that was freed), or on exactly one
/// of two lists: `warm` (freed since it was last looked at) or `cold` (freed, and holding at most
/// one page).
class stack_class {
 public:
  /// `size`: bytes of one stack, guard included; a multiple of the page size.
  stack_class(std::size_t size, os::guard_kind guard) noexcept : size_(size), guard_(guard) {}
  stack_class(const stack_class&) = delete;
  stack_class& operator=(const stack_class&) = delete;
  ~stack_class();

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// The warmest free stack, or a new one. Null, and `why` set, where the system refuses it
  /// (address space, guard pages).
  [[nodiscard]] stack* take(std::error_code& why) noexcept {
    if (stack* const hottest = take_hottest()) return hottest;
    const result<stack*> cooler = take_cooler();
    if (!cooler) why = cooler.error();
    return cooler.value_or(nullptr);
  }
  /// The stack that was freed last; null where it is in use again.
  [[nodiscard]] stack* take_hottest() noexcept { return std::exchange(hottest_, nullptr); }
  [[gnu::always_inline]] void give_back(stack& freed) noexcept {
    if (hottest_ != nullptr) {
      warm_.push_back(*hottest_);
      ++warm_count_;
    }
    hottest_ = &freed;
  }

  /// Whether freed stacks may hold pages that nobody needs.
  [[nodiscard]] bool trimmable() const noexcept { return warm_count_ > kept_warm; }
  /// Gives the unneeded pages of at most `most` freed stacks back to the system.
  void trim(std::size_t most) noexcept;

  /// Leaves `kept`, and its neighbours, mapped for the rest of the process, whatever becomes of
  /// this: what lies on it may be referred to.
  void leak(const stack& kept) noexcept;

 private:
  struct chunk {
    os::mapping memory;
    std::unique_ptr<stack[]> stacks;
    std::size_t count = 0;
    bool leaked = false;
  };

  static constexpr std::size_t kept_warm = 16;
  static constexpr std::size_t colours = 16;
  static constexpr std::size_t colour_step = 128;

  [[nodiscard]] result<stack*> take_cooler() noexcept;
  [[nodiscard]] result<stack*> take_new() noexcept;
  [[nodiscard]] result<void> carve() noexcept;
  [[nodiscard]] result<void> prepare(stack& fresh) noexcept;

  std::size_t size_;
  os::guard_kind guard_;
  stack* hottest_ = nullptr;
  list<stack, free_stack_tag> warm_;
  list<stack, free_stack_tag> cold_;
  std::size_t warm_count_ = 0;
  std::vector<chunk> chunks_;
  std::size_t used_of_last_ = 0;  ///< stacks of the last chunk that were handed out at least once
};

}  // namespace weir::detail
