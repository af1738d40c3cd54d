// SPDX-License-Identifier: MIT
// The registers of one frame, by the numbers that DWARF gives them on the processor compiled for.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace weir::detail {

/// Those that unwind information can speak of. What is not `known` was lost on the way: a parked
/// task keeps four of them, and finds the others in its frames.
class registers {
 public:
  static constexpr std::size_t count = 32;  // as many as aarch64 has

  [[nodiscard]] bool known(std::size_t number) const noexcept {
    return number < count && (known_ >> number & 1) != 0;
  }
  [[nodiscard]] std::uintptr_t operator[](std::size_t number) const noexcept {
    return values_[number];
  }
  void set(std::size_t number, std::uintptr_t value) noexcept {
    if (number >= count) return;  // a vector register, say: nobody asks for it
    values_[number] = value;
    known_ |= std::uint32_t{1} << number;
  }
  void forget(std::size_t number) noexcept {
    if (number < count) known_ &= ~(std::uint32_t{1} << number);
  }

  std::uintptr_t pc = 0;  ///< where this frame goes on
  bool exact = false;     ///< `pc` is not the return address of a call, but was interrupted at

 private:
  std::array<std::uintptr_t, count> values_{};
  std::uint32_t known_ = 0;
};

}  // namespace weir::detail
