// SPDX-License-Identifier: MIT
// What a value holds: its current state, and whether that was received since it changed.
#pragma once

#include <array>
#include <memory>
#include <utility>

#include <weir/detail/offer.hpp>
#include <weir/error.hpp>

namespace weir::detail {

/// A message, an error, or nothing (unset). What copying or moving a message throws, each call
/// throws on, and the state stays as it was. To destroy a message may end the channel, and this
/// with it; so that is the last thing a call does, or is left to `drop_replaced`.
template <class T>
class value_state {
 public:
  /// Only who makes a value knows how to copy a message: the ends it passes through serve messages
  /// that cannot be copied, too.
  using copy_function = void (*)(const T& from, result<T>& into);
  explicit value_state(copy_function how) noexcept : copy_(how) {}
  value_state(const value_state&) = delete;
  value_state& operator=(const value_state&) = delete;
  ~value_state() {
    drop_replaced();
    clear();
  }

  [[nodiscard]] bool set() const noexcept { return set_; }
  /// Whether it was set since it was received last.
  [[nodiscard]] bool fresh() const noexcept { return fresh_; }
  void mark(bool fresh) noexcept { fresh_ = fresh; }

  /// To be followed by `drop_replaced`, as is `put_copy`.
  void put(offer<T>& given) {
    given.make(&spare());
    show_spare(true);
  }

  /// Puts a copy of `given`, for a sink to `take` the original; it has been received then.
  template <class Take>
  void put_copy(offer<T>& given, Take take) {
    make_spare([this, &given](result<T>& place) { copy(given, place); });
    pass_on(given, take);
    show_spare(false);
  }

  /// Destroys what was there before the last `put`.
  void drop_replaced() noexcept {
    if (std::exchange(replaced_, false)) std::destroy_at(&spare());
  }

  void clear() noexcept {
    fresh_ = false;
    if (std::exchange(set_, false)) std::destroy_at(&shown());
  }

  /// Hands a copy of what is set to a sink. Precondition: set.
  template <class Take>
  void hand_copy(Take take) {
    make_spare([this](result<T>& place) { read(place); });
    offer<T> copied = offer<T>::passed(spare());
    pass_on(copied, take);
    std::destroy_at(&spare());
  }

  /// Precondition: set, and `into` holds an error.
  void read(result<T>& into) const {
    const result<T>& state = slots_[shown_].held;
    if (state.has_value()) {
      copy_(*state, into);
    } else {
      into = std::unexpected(state.error());
    }
  }

  /// Copies what is sent. Precondition: `into` holds an error.
  void copy(const offer<T>& given, result<T>& into) const {
    if (const T* const message = given.message()) {
      copy_(*message, into);
    } else {
      into = std::unexpected(given.error());
    }
  }

 private:
  union slot {
    slot() noexcept {}   // NOLINT(modernize-use-equals-default): `held` is made later
    ~slot() noexcept {}  // NOLINT(modernize-use-equals-default): and destroyed before
    result<T> held;
  };

  [[nodiscard]] result<T>& shown() noexcept { return slots_[shown_].held; }
  [[nodiscard]] result<T>& spare() noexcept { return slots_[1 - shown_].held; }

  void show_spare(bool fresh) noexcept {
    shown_ = static_cast<unsigned char>(1 - shown_);
    replaced_ = std::exchange(set_, true);
    fresh_ = fresh;
  }

  template <class Make>
  void make_spare(Make make) {
    std::construct_at(&spare(), failure(errc{}));
    try {
      make(spare());
    } catch (...) {
      std::destroy_at(&spare());
      throw;
    }
  }

  template <class Take>
  void pass_on(offer<T>& given, Take& take) {
    try {
      take(given);
    } catch (...) {
      std::destroy_at(&spare());
      throw;
    }
  }

  copy_function copy_;
  std::array<slot, 2> slots_;
  unsigned char shown_ = 0;
  bool set_ = false;       ///< `shown()` is there
  bool replaced_ = false;  ///< `spare()` is there still
  bool fresh_ = false;
};

}  // namespace weir::detail
