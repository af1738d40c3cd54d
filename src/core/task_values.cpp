// SPDX-License-Identifier: MIT
// Finding, setting and inheriting what `task_local`s hold.
#include <weir/detail/task_values.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <stdexcept>
#include <utility>
#include <vector>

#include <weir/detail/cleanup.hpp>
#include <weir/detail/spawning.hpp>

#include "core/hub_core.hpp"

namespace weir::detail {

struct value_set {
  struct entry {
    std::uint64_t key;
    std::shared_ptr<const void> value;
  };
  std::vector<entry> entries;
  std::size_t shares = 1;
};

namespace {

/// Where the entry of `key` is, or the end.
auto find_entry(std::vector<value_set::entry>& entries, std::uint64_t key) noexcept {
  return std::ranges::find(entries, key, &value_set::entry::key);
}

/// Gives back a share; the last destroys the values, which may run anyone's code.
void let_go(value_set* set) noexcept {
  if (set != nullptr && --set->shares == 0) const std::unique_ptr<value_set> last(set);
}

}  // namespace

std::uint64_t new_value_key() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;  // pairs with nothing: only a number
}

const void* find_value(std::uint64_t key) noexcept {
  if (this_hub == nullptr || !this_hub->current->has_extras) return nullptr;
  value_set* const set = this_hub->current->values;
  if (set == nullptr) return nullptr;
  const auto found = find_entry(set->entries, key);
  return found == set->entries.end() ? nullptr : found->value.get();
}

void put_value(std::uint64_t key, std::shared_ptr<const void> value) {
  static_cast<void>(need_hub());
  if (!in_task()) throw std::logic_error("weir: a task_local is set where there is no task");
  task_record& self = *this_hub->current;
  self.need_extras();
  auto changed = std::make_unique<value_set>();
  if (self.values != nullptr) changed->entries = self.values->entries;
  const auto found = find_entry(changed->entries, key);
  if (found == changed->entries.end()) {
    changed->entries.push_back({key, std::move(value)});
  } else {
    found->value = std::move(value);
  }
  let_go(std::exchange(self.values, changed.release()));
}

void inherit_values(task_record& child, const task_record& parent) noexcept {
  if (parent.values == nullptr) return;
  child.need_extras();
  child.values = parent.values;
  ++child.values->shares;
}

void drop_values(task_record& ended) noexcept {
  while (ended.values != nullptr && !ended.abandoned) {
    let_go(std::exchange(ended.values, nullptr));
    run_cleanups(ended);  // of what the values' destructors deferred
  }
}

}  // namespace weir::detail
