// SPDX-License-Identifier: MIT
// Every hub of the process, for who looks at it from outside of their threads: a debugger.
#pragma once

#include <mutex>

#include <weir/detail/list.hpp>

namespace weir::detail {

class hub_core;
struct hub_tag;  // every hub of the process, in the order in which they were made

/// Any thread may call it. Invariant: who touches the list holds the mutex.
class hub_list {
 public:
  void add(hub_core& made) noexcept;
  void remove(hub_core& ended) noexcept;

  /// Around fork(2), so that a child finds the list whole, and the mutex as it should be.
  void before_fork() noexcept { mutex_.lock(); }
  void after_fork() noexcept { mutex_.unlock(); }
  /// In the child, whose hubs they are not: forgets all.
  void after_fork_in_child() noexcept;

 private:
  std::mutex mutex_;
  list<hub_core, hub_tag> hubs_;
};

/// The one list. gdb/weir.py finds it by this name.
extern constinit hub_list all_hubs;

}  // namespace weir::detail
