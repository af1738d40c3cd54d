// SPDX-License-Identifier: MIT
// What happens in a child of fork(2), pthread_atfork(3).
#include "core/fork_guard.hpp"

#include <cstdlib>
#include <string_view>

#include <pthread.h>
#include <unistd.h>

#include <weir/detail/face.hpp>

#include "core/hub_list.hpp"

namespace weir::detail {
namespace {

constinit thread_local const task_record* forked = nullptr;

void before() noexcept { all_hubs.before_fork(); }

void in_parent() noexcept { all_hubs.after_fork(); }

void in_child() noexcept {
  all_hubs.after_fork_in_child();
  if (this_hub == nullptr) return;
  forked = this_hub->current;
  this_hub = nullptr;
}

// Before any thread begins, so that no fork comes too early. Without memory for the handler there
// is no guard, and nothing else is wrong.
[[maybe_unused]] const int registered = ::pthread_atfork(before, in_parent, in_child);

}  // namespace

const task_record* task_that_forked() noexcept { return forked; }

void end_stray_child() noexcept {
  constexpr std::string_view said =
      "weir: error: a child of fork returned from its parent's task; it may only exec or exit\n";
  // By the system's calls: what the parent has buffered is not the child's to flush, and a lock may
  // be held by a thread that is not there.
  if (::write(STDERR_FILENO, said.data(), said.size()) < 0) ::_exit(EXIT_FAILURE);
  ::_exit(EXIT_FAILURE);
}

}  // namespace weir::detail
