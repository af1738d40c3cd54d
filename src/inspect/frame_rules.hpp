// SPDX-License-Identifier: MIT
// What the unwind information (.eh_frame) says of the frame of a piece of code: how to find its
// caller's registers. DWARF 5, section 6.4; LSB, "Exception Frames".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "inspect/register_set.hpp"

namespace weir::detail {

/// How to find the value that one register had in the caller.
struct register_rule {
  enum class kind : std::uint8_t {
    same,              ///< it still has it; so it is, too, where nothing was said
    undefined,         ///< it is lost
    saved,             ///< lies at the frame's address plus an offset
    offset,            ///< is the frame's address plus an offset
    other,             ///< is in another register
    saved_expression,  ///< lies where an expression computes
    expression         ///< is what an expression computes
  };
  kind how;
  /// The offset, the other register's number, or where the expression is, its length in front.
  std::intptr_t operand;
};

/// Rules for some registers. What nothing was said of is not even initialized: it would cost more
/// than all the rest.
class register_rules {
 public:
  void set(std::uint64_t number, register_rule rule) noexcept {
    if (number >= registers::count) return;  // a vector register, say
    rules_[number] = rule;
    said_ |= std::uint32_t{1} << number;
  }
  void take_from(const register_rules& others, std::uint64_t number) noexcept {
    set(number, others.of(number));
  }
  [[nodiscard]] register_rule of(std::uint64_t number) const noexcept {
    const bool said = number < registers::count && (said_ >> number & 1U) != 0;
    return said ? rules_[number] : register_rule{.how = register_rule::kind::same, .operand = 0};
  }
  /// The registers that something was said of, a bit for each.
  [[nodiscard]] std::uint32_t said() const noexcept { return said_; }

 private:
  std::uint32_t said_ = 0;
  std::array<register_rule, registers::count> rules_;
};

/// The rules at one place of the code. The frame's address ("CFA") is what the stack pointer was
/// before the call.
struct frame_rules {
  /// `other`, plus `frame_offset`; or `expression`.
  register_rule frame{.how = register_rule::kind::same, .operand = 0};
  std::intptr_t frame_offset = 0;
  register_rules saved;
  std::size_t return_address = 0;  ///< the number of the register that stands for it
  bool interrupted = false;        ///< the caller did not call, but was interrupted by a signal
  bool signed_return = false;      ///< the return address is signed (aarch64)
};

/// The rules for the code at `address`. False where there are none.
[[nodiscard]] bool find_frame_rules(std::uintptr_t address, frame_rules& found) noexcept;

}  // namespace weir::detail
