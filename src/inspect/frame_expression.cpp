// SPDX-License-Identifier: MIT
// A machine with a stack of numbers.
#include "inspect/frame_expression.hpp"

#include <array>

#include "inspect/dwarf_bytes.hpp"

namespace weir::detail {
namespace {

class expression_machine {
 public:
  expression_machine(const registers& frame, const stack_memory& memory) noexcept
      : frame_(frame), memory_(memory) {}

  void push(std::uintptr_t number) noexcept {
    if (size_ == numbers_.size()) {
      failed_ = true;
    } else {
      numbers_[size_++] = number;
    }
  }

  std::optional<std::uintptr_t> run(dwarf_bytes program, const std::byte* end) noexcept {
    while (program.at() < end && !failed_) step(program.read<std::uint8_t>(), program);
    const std::uintptr_t result = pop();
    if (failed_) return std::nullopt;
    return result;
  }

 private:
  std::uintptr_t pop() noexcept {
    if (size_ == 0) {
      failed_ = true;
      return 0;
    }
    return numbers_[--size_];
  }

  void push_register(std::uint64_t number, std::int64_t offset) noexcept {
    failed_ |= !frame_.known(number);
    if (!failed_) push(frame_[number] + static_cast<std::uintptr_t>(offset));
  }

  void step(unsigned operation, dwarf_bytes& operands) noexcept {
    if (operation >= 0x30 && operation <= 0x4f) {  // DW_OP_lit0 to DW_OP_lit31
      push(operation - 0x30);
    } else if (operation >= 0x70 && operation <= 0x8f) {  // DW_OP_breg0 to DW_OP_breg31
      push_register(operation - 0x70, operands.sleb());
    } else if (operation >= 0x08 && operation <= 0x11) {
      push(constant(operation, operands));
    } else {
      compute(operation, operands);
    }
  }

  /// DW_OP_const1u to DW_OP_consts.
  static std::uintptr_t constant(unsigned operation, dwarf_bytes& operands) noexcept {
    const auto widened = [](std::int64_t number) { return static_cast<std::uintptr_t>(number); };
    switch (operation) {
      case 0x08: return operands.read<std::uint8_t>();
      case 0x09: return widened(operands.read<std::int8_t>());
      case 0x0a: return operands.read<std::uint16_t>();
      case 0x0b: return widened(operands.read<std::int16_t>());
      case 0x0c: return operands.read<std::uint32_t>();
      case 0x0d: return widened(operands.read<std::int32_t>());
      case 0x0e: return operands.read<std::uint64_t>();
      case 0x0f: return widened(operands.read<std::int64_t>());
      case 0x10: return operands.uleb();
      default: return widened(operands.sleb());
    }
  }

  void compute(unsigned operation, dwarf_bytes& operands) noexcept {
    switch (operation) {
      case 0x06: return dereference();
      case 0x12: return duplicate();
      case 0x13: static_cast<void>(pop()); return;
      case 0x16: return exchange();
      case 0x1a: return combine([](auto a, auto b) { return a & b; });
      case 0x1c: return combine([](auto a, auto b) { return a - b; });
      case 0x1e: return combine([](auto a, auto b) { return a * b; });
      case 0x1f: return push(-pop());
      case 0x20: return push(~pop());
      case 0x21: return combine([](auto a, auto b) { return a | b; });
      case 0x22: return combine([](auto a, auto b) { return a + b; });
      case 0x23: return push(pop() + operands.uleb());
      case 0x24: return combine([](auto a, auto b) { return b < 64 ? a << b : 0; });
      case 0x25: return combine([](auto a, auto b) { return b < 64 ? a >> b : 0; });
      case 0x27: return combine([](auto a, auto b) { return a ^ b; });
      case 0x29: return combine([](auto a, auto b) { return a == b ? 1U : 0U; });
      case 0x2a: return compare([](auto a, auto b) { return a >= b; });
      case 0x2b: return compare([](auto a, auto b) { return a > b; });
      case 0x2c: return compare([](auto a, auto b) { return a <= b; });
      case 0x2d: return compare([](auto a, auto b) { return a < b; });
      case 0x2e: return combine([](auto a, auto b) { return a != b ? 1U : 0U; });
      case 0x92: {
        const std::uint64_t number = operands.uleb();
        return push_register(number, operands.sleb());
      }
      case 0x96: return;
      default: failed_ = true;
    }
  }

  void dereference() noexcept {
    std::uintptr_t word = 0;
    failed_ |= !memory_.load(pop(), word);
    push(word);
  }
  void duplicate() noexcept {
    const std::uintptr_t top = pop();
    push(top);
    push(top);
  }
  void exchange() noexcept {
    const std::uintptr_t top = pop();
    const std::uintptr_t second = pop();
    push(top);
    push(second);
  }
  template <class Operation>
  void combine(Operation operation) noexcept {
    const std::uintptr_t second = pop();
    const std::uintptr_t first = pop();
    push(operation(first, second));
  }
  template <class Operation>
  void compare(Operation operation) noexcept {
    combine([&](std::uintptr_t a, std::uintptr_t b) -> std::uintptr_t {
      return operation(static_cast<std::intptr_t>(a), static_cast<std::intptr_t>(b)) ? 1U : 0U;
    });
  }

  const registers& frame_;
  const stack_memory& memory_;
  std::array<std::uintptr_t, 16> numbers_{};
  std::size_t size_ = 0;
  bool failed_ = false;
};

}  // namespace

std::optional<std::uintptr_t> evaluate(const void* begin, const registers& frame,
                                       const stack_memory& memory,
                                       std::optional<std::uintptr_t> first) noexcept {
  dwarf_bytes program(begin);
  const std::uint64_t size = program.uleb();
  expression_machine machine(frame, memory);
  if (first) machine.push(*first);
  return machine.run(program, program.at() + size);
}

}  // namespace weir::detail
