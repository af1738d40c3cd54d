// SPDX-License-Identifier: MIT
// What a value holds: its current state, and whether that was received since it changed.
#pragma once

#include <array>

#include <weir/detail/offer.hpp>
#include <weir/error.hpp>

namespace weir::detail {

/// A message, an error, or nothing (unset). What copying or moving a message throws, each call
/// throws on, and the state stays as it was.
template <class T>
class value_state {
 public:
  /// Only who makes a value knows how to copy a message: the ends it passes through serve messages
  /// that cannot be copied, too.
  using copy_function = void (*)(const T& from, result<T>& into);
  explicit value_state(copy_function copy) noexcept : copy_(copy) {}

  [[nodiscard]] bool set() const noexcept { return set_; }
  /// Whether it was set since it was received last.
  [[nodiscard]] bool fresh() const noexcept { return fresh_; }
  void mark(bool fresh) noexcept { fresh_ = fresh; }

  void put(offer<T>& given) {
    given.give(spare());
    show_spare(true);
  }

  void clear() noexcept {
    slots_[shown_] = failure(errc{});
    set_ = fresh_ = false;
  }

  /// Puts a copy of `given`, for a sink to `take` the original; it has been received then.
  template <class Take>
  void put_copy(offer<T>& given, Take&& take) {
    copy_offer(given);
    pass_on(given, take);
    show_spare(false);
  }

  /// Hands a copy of what is set to a sink. Precondition: set.
  template <class Take>
  void hand_copy(Take&& take) {
    read(spare());
    offer<T> copy = offer<T>::passed(spare());
    pass_on(copy, take);
    spare() = failure(errc{});
  }

  /// Precondition: set, and `into` holds an error.
  void read(result<T>& into) const {
    const result<T>& shown = slots_[shown_];
    if (shown.has_value()) {
      copy_(*shown, into);
    } else {
      into = std::unexpected(shown.error());
    }
  }

 private:
  [[nodiscard]] result<T>& spare() noexcept { return slots_[1 - shown_]; }

  void show_spare(bool fresh) noexcept {
    slots_[shown_] = failure(errc{});
    shown_ = static_cast<unsigned char>(1 - shown_);
    set_ = true;
    fresh_ = fresh;
  }

  void copy_offer(const offer<T>& given) {
    if (const T* const message = given.message()) {
      copy_(*message, spare());
    } else {
      spare() = std::unexpected(given.error());
    }
  }

  template <class Take>
  void pass_on(offer<T>& given, Take& take) {
    try {
      take(given);
    } catch (...) {
      spare() = failure(errc{});
      throw;
    }
  }

  copy_function copy_;
  std::array<result<T>, 2> slots_{failure(errc{}), failure(errc{})};
  unsigned char shown_ = 0;
  bool set_ = false;
  bool fresh_ = false;
};

}  // namespace weir::detail
