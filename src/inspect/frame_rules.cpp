// SPDX-License-Identifier: MIT
// Runs the programs of .eh_frame up to a place in the code.
#include "inspect/frame_rules.hpp"

#include <algorithm>
#include <utility>

#include "inspect/dwarf_bytes.hpp"

extern "C" {

// Of the C++ runtime (libgcc): the entry for the code at an address, or null. Since glibc 2.35 it
// takes no lock for that.
struct weir_code_bases {
  void* text;
  void* data;
  void* function;  ///< where the code begins that the entry is for
};
// NOLINTNEXTLINE(bugprone-reserved-identifier, readability-identifier-naming): its name
const void* _Unwind_Find_FDE(const void* address, weir_code_bases* bases);
}

namespace weir::detail {
namespace {

using kind = register_rule::kind;

constexpr std::size_t deepest_memory = 3;  // of states remembered; compilers write one

/// How pointers are written: the low bits tell the size, and 0xff that there is none.
constexpr std::uint8_t no_pointer = 0xff;

void skip_pointer(dwarf_bytes& bytes, std::uint8_t encoding) noexcept {
  if (encoding == no_pointer) return;
  switch (encoding & 0x07U) {
    case 0x01: static_cast<void>(bytes.uleb()); break;
    case 0x02: bytes.skip(2); break;
    case 0x03: bytes.skip(4); break;
    default: bytes.skip(8);
  }
}

/// A piece of .eh_frame: its length, what it is or belongs to, and what follows.
struct entry {
  explicit entry(const void* begin) noexcept : rest(begin) {
    std::uint64_t length = rest.read<std::uint32_t>();
    if (length == 0xffff'ffffU) length = rest.read<std::uint64_t>();
    end = rest.at() + length;
    id_at = rest.at();
    id = rest.read<std::uint32_t>();
  }
  dwarf_bytes rest;
  const std::byte* end;
  const std::byte* id_at;
  std::uint32_t id;
};

/// What the entries of a file or function have in common ("CIE").
struct common {
  std::uint64_t code_factor = 1;
  std::int64_t data_factor = 1;
  std::uint64_t return_address = 0;
  std::uint8_t pointer_encoding = 0;
  bool has_sizes = false;
  bool interrupted = false;
  dwarf_bytes program{nullptr};
  const std::byte* program_end = nullptr;
};

/// False where it is written in a way that is not known here.
bool read_common(const void* begin, common& read) noexcept {
  entry given(begin);
  dwarf_bytes& rest = given.rest;
  const auto version = rest.read<std::uint8_t>();
  if (version != 1 && version != 3) return false;
  const char* augmentation = reinterpret_cast<const char*>(rest.at());
  rest.skip(std::strlen(augmentation) + 1);
  read.code_factor = rest.uleb();
  read.data_factor = rest.sleb();
  read.return_address = version == 1 ? rest.read<std::uint8_t>() : rest.uleb();
  read.program = rest;
  read.program_end = given.end;
  if (*augmentation == '\0') return true;
  if (*augmentation != 'z') return false;
  read.has_sizes = true;
  const std::uint64_t size = rest.uleb();
  read.program = dwarf_bytes(rest.at() + size);
  for (const char* letter = augmentation + 1; *letter != '\0'; ++letter) {
    switch (*letter) {
      case 'R': read.pointer_encoding = rest.read<std::uint8_t>(); break;
      case 'P': skip_pointer(rest, rest.read<std::uint8_t>()); break;
      case 'L': rest.skip(1); break;
      case 'S': read.interrupted = true; break;
      case 'B': break;  // the key that return addresses are signed with
      default: return false;
    }
  }
  return true;
}

/// Runs the instructions that tell how the rules change from one place of a function to the next.
class rule_machine {
 public:
  rule_machine(const common& shared, frame_rules& rules, std::uintptr_t begin,
               std::uintptr_t address) noexcept
      : shared_(shared), rules_(rules), location_(begin), address_(address) {}

  /// Up to `end` or the address in question. False at an instruction that is not known here.
  bool run(dwarf_bytes program, const std::byte* end) noexcept {
    program_ = program;
    while (program_.at() < end && location_ <= address_) {
      if (!step()) return false;
    }
    return true;
  }

  /// What has been said is what DW_CFA_restore goes back to.
  void set_initial() noexcept { initial_ = rules_.saved; }

 private:
  void advance(std::uint64_t by) noexcept { location_ += by * shared_.code_factor; }
  void set(std::uint64_t number, register_rule rule) noexcept { rules_.saved.set(number, rule); }
  void save_at(std::uint64_t number, std::int64_t factored, kind how = kind::saved) noexcept {
    set(number, {.how = how, .operand = factored * shared_.data_factor});
  }
  void restore(std::uint64_t number) noexcept { rules_.saved.take_from(initial_, number); }
  void set_frame(std::uint64_t number, std::int64_t offset) noexcept {
    rules_.frame = {.how = kind::other, .operand = static_cast<std::intptr_t>(number)};
    rules_.frame_offset = offset;
  }
  std::intptr_t expression() noexcept {
    const auto begin = reinterpret_cast<std::intptr_t>(program_.at());
    const std::uint64_t size = program_.uleb();
    program_.skip(size);
    return begin;
  }

  bool step() noexcept {
    const auto instruction = program_.read<std::uint8_t>();
    const std::uint64_t low = instruction & 0x3fU;
    switch (instruction >> 6U) {
      case 1: advance(low); return true;
      case 2: save_at(low, static_cast<std::int64_t>(program_.uleb())); return true;
      case 3: restore(low); return true;
      default: return instruction < 0x10 ? step_plain(instruction) : step_late(instruction);
    }
  }

  /// DW_CFA_nop to DW_CFA_expression.
  bool step_plain(unsigned instruction) noexcept {
    switch (instruction) {
      case 0x00: return true;
      case 0x02: advance(program_.read<std::uint8_t>()); return true;
      case 0x03: advance(program_.read<std::uint16_t>()); return true;
      case 0x04: advance(program_.read<std::uint32_t>()); return true;
      case 0x05: return with_number([&](auto n) { save_at(n, signed_operand()); });
      case 0x06: restore(program_.uleb()); return true;
      case 0x07: set(program_.uleb(), {.how = kind::undefined, .operand = 0}); return true;
      case 0x08: set(program_.uleb(), {.how = kind::same, .operand = 0}); return true;
      case 0x09:
        return with_number(
            [&](auto n) { set(n, {.how = kind::other, .operand = signed_operand()}); });
      case 0x0a: return remember();
      case 0x0b: return recall();
      case 0x0c: return with_number([&](auto n) { set_frame(n, signed_operand()); });
      case 0x0d: set_frame(program_.uleb(), rules_.frame_offset); return true;
      case 0x0e: rules_.frame_offset = signed_operand(); return true;
      case 0x0f: rules_.frame = {.how = kind::expression, .operand = expression()}; return true;
      default: return false;  // DW_CFA_set_loc: no compiler writes it
    }
  }

  /// The rest, and what is GNU's and Arm's.
  bool step_late(unsigned instruction) noexcept {
    switch (instruction) {
      case 0x10:
        return with_number(
            [&](auto n) { set(n, {.how = kind::saved_expression, .operand = expression()}); });
      case 0x11: return with_number([&](auto n) { save_at(n, program_.sleb()); });
      case 0x12:
        return with_number([&](auto n) { set_frame(n, program_.sleb() * shared_.data_factor); });
      case 0x13: rules_.frame_offset = program_.sleb() * shared_.data_factor; return true;
      case 0x14: return with_number([&](auto n) { save_at(n, signed_operand(), kind::offset); });
      case 0x15: return with_number([&](auto n) { save_at(n, program_.sleb(), kind::offset); });
      case 0x16:
        return with_number(
            [&](auto n) { set(n, {.how = kind::expression, .operand = expression()}); });
      case 0x2d: rules_.signed_return = !rules_.signed_return; return true;
      case 0x2e: static_cast<void>(program_.uleb()); return true;  // the size of arguments pushed
      default: return false;
    }
  }

  std::int64_t signed_operand() noexcept { return static_cast<std::int64_t>(program_.uleb()); }

  /// Reads a register's number before the operands that follow it.
  template <class Then>
  bool with_number(Then then) noexcept {
    const std::uint64_t number = program_.uleb();
    then(number);
    return true;
  }

  bool remember() noexcept {
    if (remembered_ == memory_.size()) return false;
    memory_[remembered_++] = rules_;
    return true;
  }
  bool recall() noexcept {
    if (remembered_ == 0) return false;
    rules_ = memory_[--remembered_];
    return true;
  }

  const common& shared_;
  frame_rules& rules_;
  std::uintptr_t location_;
  std::uintptr_t address_;
  dwarf_bytes program_{nullptr};
  register_rules initial_;
  std::array<frame_rules, deepest_memory> memory_;
  std::size_t remembered_ = 0;
};

}  // namespace

bool find_frame_rules(std::uintptr_t address, frame_rules& found) noexcept {
  weir_code_bases bases{};
  const void* const begin = _Unwind_Find_FDE(reinterpret_cast<const void*>(address), &bases);
  if (begin == nullptr) return false;
  entry own(begin);
  common shared;
  if (!read_common(own.id_at - own.id, shared)) return false;
  skip_pointer(own.rest, shared.pointer_encoding);          // where the code begins, known already
  skip_pointer(own.rest, shared.pointer_encoding & 0x0fU);  // how long it is
  if (shared.has_sizes) {
    const std::uint64_t size = own.rest.uleb();
    own.rest.skip(size);
  }
  found.return_address = shared.return_address;
  found.interrupted = shared.interrupted;
  const auto function = reinterpret_cast<std::uintptr_t>(bases.function);
  rule_machine machine(shared, found, function, address);
  if (!machine.run(shared.program, shared.program_end)) return false;
  machine.set_initial();
  return machine.run(own.rest, own.end) && found.frame.how != kind::same;
}

}  // namespace weir::detail
