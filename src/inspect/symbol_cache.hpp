// SPDX-License-Identifier: MIT
// What was looked up, kept by address.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "inspect/named_frame.hpp"

namespace weir::detail {

/// Who is asked for what is not known yet, by one thread at a time.
class symbol_source {
 public:
  virtual ~symbol_source() = default;

  /// What stands at the code that `address` is one past of; one frame at least.
  [[nodiscard]] virtual named_frames look_up(const void* address) = 0;
  /// Shared objects were unloaded: their addresses may be of others now.
  virtual void objects_unloaded() = 0;
};

/// Any thread may call it. Invariant: who holds `known_mutex_` waits for nothing, so that who asks
/// for what is known never waits for a look-up.
class symbol_cache {
 public:
  constexpr explicit symbol_cache(symbol_source& source) noexcept : source_(source) {}

  /// What was looked up; null if nothing was.
  [[nodiscard]] std::shared_ptr<const named_frames> find(const void* address) const;
  /// Whether no shared object was unloaded since anything was looked up.
  [[nodiscard]] bool is_current() const;

  /// The same as `find`, never null: looks up what is not known, and blocks meanwhile, also while
  /// another thread looks something up. Forgets all first if it is not current.
  std::shared_ptr<const named_frames> look_up(const void* address);

  /// Around fork(2): a child finds no look-up half done. Blocks like `look_up`.
  void before_fork();
  void after_fork();

 private:
  using frames_by_address = std::unordered_map<const void*, std::shared_ptr<const named_frames>>;

  void forget_unloaded();

  symbol_source& source_;
  std::mutex source_mutex_;                   // locked before the other
  mutable std::mutex known_mutex_;            // guards what follows
  std::unique_ptr<frames_by_address> known_;  ///< null: empty
  std::uint64_t unloaded_ = 0;  ///< objects, when the first that is known was looked up
};

}  // namespace weir::detail
