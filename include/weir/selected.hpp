// SPDX-License-Identifier: MIT
// What a selector receives: a message, and which of its senders it came from.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

#include <weir/error.hpp>

namespace weir {

/// Names one of the senders of a selector; no other of the same selector ever gets the same.
class selector_key {
 public:
  constexpr selector_key() noexcept = default;  ///< names none
  constexpr explicit selector_key(std::uint64_t number) noexcept : number_(number) {}
  [[nodiscard]] constexpr std::uint64_t number() const noexcept { return number_; }
  friend constexpr auto operator<=>(const selector_key&, const selector_key&) = default;

 private:
  std::uint64_t number_ = 0;
};

/// A message, or the error that was sent, or `errc::closed` when that sender has closed.
template <class T>
struct selected {
  explicit selected(selector_key sender) noexcept : from(sender) {}
  selected(selector_key sender, result<T> message) : from(sender), value(std::move(message)) {}

  selector_key from;
  result<T> value = failure(errc{});
};

}  // namespace weir

template <>
struct std::hash<weir::selector_key> {
  [[nodiscard]] std::size_t operator()(weir::selector_key key) const noexcept {
    return std::hash<std::uint64_t>{}(key.number());
  }
};
