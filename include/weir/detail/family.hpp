// SPDX-License-Identifier: MIT
// Tasks that end before what started them goes on: what `all`, `race` and `scope` are made of.
//
// Invariants:
// 1. A child is among `children_` from its start until its outcome is in its slot, or logged.
// 2. Slots and family lie in the frame of the task that waits, which does not leave it while there
//    are children. Only that task parks in `wait_for_children`.
// 3. What decides is chosen once: the first end, or the first failure, in time. Everything that
//    fails later is logged.
#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <source_location>
#include <system_error>
#include <type_traits>
#include <utility>

#include <weir/cancel_token.hpp>
#include <weir/detail/list.hpp>
#include <weir/detail/outcome.hpp>
#include <weir/detail/record.hpp>
#include <weir/detail/spawning.hpp>
#include <weir/error.hpp>
#include <weir/wait.hpp>

namespace weir::detail {

class family;
struct family_tag;  // the children of one family, in the order they were started

/// A task that belongs to a family.
struct child_record : task_record, list_hook<family_tag> {
  family* parents = nullptr;
  void* slot = nullptr;                ///< an `outcome` of its result's type; null: nobody's
  const void* spawned_from = nullptr;  ///< a code address, where `spawned_at` says nothing
};

/// What has the others of a family cancelled.
enum class decided_by : std::uint8_t {
  first_failure,
  first_end,
  joined_failure,  ///< kept until somebody joins, and only then is anyone cancelled
};

/// Where a family's tasks are started: a place, or the code address of the call.
struct spawn_place {
  std::source_location where;
  const void* address = nullptr;
};

/// A join: a cancellation of the task that waits goes to the children.
struct family_wait : wait {
  family_wait(const char* what, family& joined) noexcept : wait(what, &joined), parents(&joined) {
    set_passing_on();
  }
  family* parents;
};

class family {
 public:
  /// `what` is what the task tree says the parent waits for, a literal.
  family(const char* what, decided_by decision) noexcept : what_(what), decision_(decision) {}
  family(const family&) = delete;
  family& operator=(const family&) = delete;
  /// Cancels the children and waits for them.
  ~family() {
    if (children_.empty()) return;
    cancel();
    wait_for_children();
  }

  /// Throws `logic_error` where there is no task that could wait for others.
  static void require_task();
  /// Whether the current task is cancelled: no family is to be started then. A call refused.
  [[nodiscard]] static bool is_refused();

  /// Starts a task of `function` whose outcome goes to `slot`, if that is not null: it is queued at
  /// the back, and the current task goes on. Where no stack can be had that counts as a child that
  /// failed; the current task then yields.
  template <class R, class Function>
  void start(outcome<R>* slot, Function&& function, const spawn_place& place,
             task_options* options = nullptr) {
    using body = task_body<child_record, std::decay_t<Function>>;
    const fresh_stack fresh = take_stack(stack_size_of(options), room_for<body>);
    if (fresh.stack == nullptr) {
      if (slot != nullptr) slot->receive(outcome<R>(spawn_error()));
      return not_started(slot, place, options);
    }
    body* const child = put_on<body>(fresh, std::forward<Function>(function));
    child->slot = slot;
    add(*child, *fresh.stack, place, options);
  }

  /// Cancels all children, those to come too, and the token. Runs nobody's code.
  void cancel() noexcept;

  /// Parks until no child is left. Cancelling the current task cancels them.
  void wait_for_children() noexcept;
  /// The same, and from now a failure has the others cancelled, whatever was said before.
  void join() noexcept;

  [[nodiscard]] bool decided() const noexcept { return decided_; }
  /// The slot of what decided.
  [[nodiscard]] const void* winner() const noexcept { return winner_; }
  /// Whether what decided failed.
  [[nodiscard]] bool failed() const noexcept { return failed_; }
  /// Its error; rethrows its exception. Then nothing has decided.
  [[nodiscard]] std::unexpected<std::error_code> failure();
  /// Logs it, where `failure` was not called.
  void report_unread() noexcept;
  [[nodiscard]] bool empty() const noexcept { return children_.empty(); }

  /// The token for children that ask for one; made by the first. Throws `bad_alloc`.
  [[nodiscard]] const cancel_token& token();

  /// A child has ended and its outcome is in its slot.
  void ended(child_record& child, bool failed, std::error_code error,
             const std::exception_ptr& exception) noexcept;

  /// For `hub_core`: cancels those of a list by `next`, and whatever their children wait for. A
  /// loop, as families nest without end.
  static void cancel_all(family* first) noexcept;
  /// For `hub_core`: whose wait a deadlock may end for the sake of `waiting`, which is parked, or
  /// not: its own, or, where that is a join, one of those it waits for, through any number of
  /// joins. Null: nobody's.
  [[nodiscard]] static task_record* ended_by(task_record& waiting) noexcept;
  family* next = nullptr;

 private:
  void add(child_record& child, stack& stack, const spawn_place& place,
           task_options* options) noexcept;
  void not_started(const void* slot, const spawn_place& place, task_options* options) noexcept;
  void decide(const void* slot) noexcept;
  void keep_failure(std::error_code error, const std::exception_ptr& exception) noexcept;

  const char* what_;
  list<child_record, family_tag> children_;
  wait* waiting_ = nullptr;  ///< of the parent; null when it does not wait
  const void* winner_ = nullptr;
  std::error_code error_;
  std::exception_ptr exception_;
  std::optional<task_identity> who_;  ///< failed, where that may have to be logged
  std::optional<cancel_token> token_;
  decided_by decision_;
  bool decided_ = false;
  bool failed_ = false;  ///< with `error_` or `exception_`
  bool cancelled_ = false;
};

/// Hands a child's outcome to its family.
template <class R>
[[gnu::noinline]] void deliver(child_record& ended, outcome<R>&& out) noexcept {
  outcome<R>* kept = &out;
  if (ended.slot != nullptr) {
    kept = static_cast<outcome<R>*>(ended.slot);
    kept->receive(std::move(out));
  }
  const bool failed = kept->failed();
  const std::error_code error = kept->error();
  const std::exception_ptr exception = kept->exception();
  // What is left of it; which may park: it is a child as yet.
  out.clear();  // NOLINT(bugprone-use-after-move)
  ended.parents->ended(ended, failed, error, exception);
}

}  // namespace weir::detail
