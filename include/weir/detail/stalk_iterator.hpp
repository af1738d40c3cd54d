// SPDX-License-Identifier: MIT
// Iteration over what waits in a stalk.
#pragma once

#include <cstddef>
#include <iterator>

#include <weir/detail/stalk_half.hpp>

namespace weir::detail {

template <class T>
class stalk_iterator {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = T;
  using difference_type = std::ptrdiff_t;
  using pointer = T*;
  using reference = T&;

  stalk_iterator() noexcept = default;
  stalk_iterator(stalk_half<T>& half, std::size_t position) noexcept
      : half_(&half), position_(position) {}

  [[nodiscard]] T& operator*() const noexcept { return *half_->messages.items.at(position_); }
  [[nodiscard]] T* operator->() const noexcept { return &**this; }
  stalk_iterator& operator++() noexcept {
    ++position_;
    return *this;
  }
  stalk_iterator operator++(int) noexcept { return {*half_, position_++}; }
  friend bool operator==(const stalk_iterator&, const stalk_iterator&) = default;

 private:
  stalk_half<T>* half_ = nullptr;
  std::size_t position_ = 0;
};

}  // namespace weir::detail
