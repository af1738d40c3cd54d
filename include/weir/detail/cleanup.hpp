// SPDX-License-Identifier: MIT
// What a task does when it ends, one entry of a list.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace weir::detail {

/// Allocated; owned by the list that `task_record::cleanups` begins, the last made first.
struct cleanup {
  cleanup* earlier = nullptr;
  const void* resource = nullptr;      ///< what is owned, by its address; null: nothing
  void (*run)(cleanup&);               ///< runs it; may park and throw
  void (*destroy)(cleanup&) noexcept;  ///< frees it, run or not
};

struct cleanup_deleter {
  void operator()(cleanup* entry) const noexcept { entry->destroy(*entry); }
};
using cleanup_owner = std::unique_ptr<cleanup, cleanup_deleter>;

template <class Function>
struct deferred final : cleanup {
  template <class Given>
  deferred(std::in_place_t, Given&& given) : function(std::forward<Given>(given)) {
    run = [](cleanup& entry) {
      static_cast<void>(std::move(static_cast<deferred&>(entry).function)());
    };
    destroy = [](cleanup& entry) noexcept {
      const std::unique_ptr<deferred> last(static_cast<deferred*>(&entry));
    };
  }
  Function function;
};

template <class Resource>
struct owned final : cleanup {
  template <class Given>
  owned(std::in_place_t, Given&& given) : held(std::forward<Given>(given)) {
    resource = &held;
    run = close_held;
    destroy = [](cleanup& entry) noexcept {
      const std::unique_ptr<owned> last(static_cast<owned*>(&entry));
    };
  }
  static void close_held(cleanup& entry) {
    Resource& held = static_cast<owned&>(entry).held;
    if constexpr (requires { held.close(); }) static_cast<void>(held.close());
  }
  Resource held;
};

/// Whether the calling code is a task that ends, and so may have something done then.
[[nodiscard]] bool in_task() noexcept;
[[noreturn]] void throw_no_task_to_own();
[[noreturn]] void throw_not_owned();

/// Puts it first in the current task's list.
void add_cleanup(cleanup_owner entry) noexcept;
/// Takes the one of `resource` out of it that `run` is for, as a part of something may lie where
/// the whole does; null if it is not there.
[[nodiscard]] cleanup_owner take_cleanup(const void* resource, void (*run)(cleanup&)) noexcept;

}  // namespace weir::detail
