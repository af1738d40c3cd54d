// SPDX-License-Identifier: MIT
// A reservation of address space, committed where it is touched.
#pragma once

#include <cstddef>
#include <utility>

#include <weir/error.hpp>

namespace weir::os {

[[nodiscard]] std::size_t page_size() noexcept;

/// Owns an anonymous, private, readable and writable mapping, mmap(2).
class mapping {
 public:
  /// Reserves `size` bytes without swap space or huge pages. Errors: the system's.
  [[nodiscard]] static result<mapping> reserve(std::size_t size) noexcept;

  mapping() noexcept = default;
  mapping(mapping&& other) noexcept
      : begin_(std::exchange(other.begin_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  mapping& operator=(mapping&& other) noexcept {
    std::swap(begin_, other.begin_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~mapping();

  [[nodiscard]] std::byte* begin() const noexcept { return begin_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// Leaves it mapped for the rest of the process.
  void leak() noexcept { begin_ = nullptr; }

 private:
  mapping(std::byte* begin, std::size_t size) noexcept : begin_(begin), size_(size) {}

  std::byte* begin_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace weir::os
