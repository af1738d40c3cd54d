// SPDX-License-Identifier: MIT
// Carving, reusing and trimming stacks.
#include "core/stack_class.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <span>

#include <sys/mman.h>

#include "core/sanitizers.hpp"

namespace weir::detail {
namespace {

constexpr std::size_t first_chunk = 16;      // stacks
constexpr std::size_t largest_chunk = 1024;  // stacks

/// Whether any page of the range is in memory, mincore(2).
bool any_resident(std::span<std::byte> range) noexcept {
  const std::size_t page = os::page_size();
  std::array<unsigned char, 256> resident{};
  while (!range.empty()) {
    const std::size_t step = std::min(range.size(), resident.size() * page);
    if (::mincore(range.data(), step, resident.data()) != 0) return true;  // unknown: say yes
    const std::size_t pages = step / page;
    if (std::any_of(resident.begin(), resident.begin() + static_cast<std::ptrdiff_t>(pages),
                    [](unsigned char flags) { return (flags & 1U) != 0; })) {
      return true;
    }
    range = range.subspan(step);
  }
  return false;
}

}  // namespace

stack_class::~stack_class() {
  while (!warm_.empty()) warm_.pop_front();
  while (!cold_.empty()) cold_.pop_front();
  for (chunk& each : chunks_) {
    for (stack& carved : std::span(each.stacks.get(), each.count)) {
      if (carved.prepared) forget_stack(carved);
    }
    if (each.leaked) {
      each.memory.leak();
    } else {
      forget_root(each.memory.begin(), each.memory.size());
    }
  }
}

void stack_class::leak(const stack& kept) noexcept {
  for (chunk& each : chunks_) {
    if (&kept >= each.stacks.get() && &kept < each.stacks.get() + each.count) each.leaked = true;
  }
}

result<stack*> stack_class::take_cooler() noexcept {
  if (!warm_.empty()) {
    --warm_count_;
    return &warm_.pop_back();
  }
  if (!cold_.empty()) return &cold_.pop_back();
  return take_new();
}

result<stack*> stack_class::take_new() noexcept {
  if (chunks_.empty() || used_of_last_ == chunks_.back().count) {
    if (auto carved = carve(); !carved) return std::unexpected(carved.error());
  }
  stack& fresh = chunks_.back().stacks[used_of_last_];
  if (auto prepared = prepare(fresh); !prepared) return std::unexpected(prepared.error());
  ++used_of_last_;
  return &fresh;
}

result<void> stack_class::carve() noexcept try {
  const std::size_t wanted =
      chunks_.empty() ? first_chunk : std::min(2 * chunks_.back().count, largest_chunk);
  chunk added;
  added.count = wanted;
  auto memory = os::mapping::reserve(wanted * size_);
  if (!memory) {  // address space is short: one stack may still fit
    added.count = 1;
    memory = os::mapping::reserve(size_);
    if (!memory) return std::unexpected(memory.error());
  }
  added.memory = std::move(*memory);
  added.stacks = std::make_unique<stack[]>(added.count);
  for (std::size_t i = 0; i < added.count; ++i) {
    stack& each = added.stacks[i];
    each.bottom = added.memory.begin() + i * size_;
    each.top = each.bottom + size_ - (i % colours) * colour_step;
    each.owner = this;
  }
  chunks_.push_back(std::move(added));
  remember_root(chunks_.back().memory.begin(), chunks_.back().memory.size());
  used_of_last_ = 0;
  return {};
} catch (const std::bad_alloc&) {
  return std::unexpected(std::make_error_code(std::errc::not_enough_memory));
}

result<void> stack_class::prepare(stack& fresh) noexcept {
  if (auto guarded = os::install_guard(fresh.bottom, stack::guard_size, guard_); !guarded) {
    return std::unexpected(guarded.error());
  }
  remember_stack(fresh);
  fresh.prepared = true;
  return {};
}

void stack_class::trim(std::size_t most) noexcept {
  for (; most > 0 && trimmable(); --most) {
    stack& coldest = warm_.pop_front();
    --warm_count_;
    cold_.push_back(coldest);
    // The page at the top is the one that every task touches; what lies below it was deep.
    std::byte* const shallow = coldest.bottom + size_ - os::page_size();
    const std::span<std::byte> deep(coldest.limit(), shallow);
    if (any_resident(deep)) ::madvise(deep.data(), deep.size(), MADV_DONTNEED);
  }
}

}  // namespace weir::detail
