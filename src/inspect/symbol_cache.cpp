// SPDX-License-Identifier: MIT
#include "inspect/symbol_cache.hpp"

#include <utility>

#include "os/unloaded_objects.hpp"

namespace weir::detail {

std::shared_ptr<const named_frames> symbol_cache::find(const void* address) const {
  const std::scoped_lock lock(known_mutex_);
  if (known_ == nullptr) return nullptr;
  const auto known = known_->find(address);
  return known == known_->end() ? nullptr : known->second;
}

bool symbol_cache::is_current() const {
  const std::uint64_t unloaded = os::unloaded_objects();
  const std::scoped_lock lock(known_mutex_);
  return unloaded_ == unloaded;
}

std::shared_ptr<const named_frames> symbol_cache::look_up(const void* address) {
  const std::scoped_lock one_at_a_time(source_mutex_);
  forget_unloaded();
  if (auto known = find(address)) return known;
  auto found = std::make_shared<const named_frames>(source_.look_up(address));
  const std::scoped_lock lock(known_mutex_);
  if (known_ == nullptr) known_ = std::make_unique<frames_by_address>();
  return known_->emplace(address, std::move(found)).first->second;
}

void symbol_cache::forget_unloaded() {
  const std::uint64_t unloaded = os::unloaded_objects();
  std::unique_ptr<frames_by_address> gone;  // destroyed when nobody waits for the mutex any more
  {
    const std::scoped_lock lock(known_mutex_);
    if (std::exchange(unloaded_, unloaded) == unloaded) return;
    gone = std::move(known_);
  }
  source_.objects_unloaded();
}

void symbol_cache::before_fork() {
  source_mutex_.lock();
  known_mutex_.lock();
}

void symbol_cache::after_fork() {
  known_mutex_.unlock();
  source_mutex_.unlock();
}

}  // namespace weir::detail
