// SPDX-License-Identifier: MIT
// From frame to frame of a stack, from the innermost on.
#include "inspect/backtrace.hpp"

#include <bit>
#include <optional>

#include <pthread.h>

#include "core/hub_core.hpp"
#include "core/stack.hpp"
#include "inspect/frame_expression.hpp"
#include "inspect/frame_rules.hpp"
#include "inspect/registers.hpp"
#include "inspect/stack_memory.hpp"

namespace weir::detail {
namespace {

/// Where this thread's own stack lies; empty until it was asked for.
constinit thread_local stack_memory thread_stack;

std::uintptr_t number_of(const void* address) noexcept {
  return reinterpret_cast<std::uintptr_t>(address);
}

stack_memory memory_of(const stack& used) noexcept {
  return {.begin = number_of(used.limit()), .end = number_of(used.top)};
}

/// What may be read around `stack_pointer` of the running code: the rest of its page at least.
stack_memory memory_around(std::uintptr_t stack_pointer) noexcept {
  constexpr std::uintptr_t page = 4096;
  if (this_hub != nullptr && this_hub->current->stack != nullptr) {
    const stack_memory own = memory_of(*this_hub->current->stack);
    if (own.contains(stack_pointer)) return own;
  }
  const stack_memory rest{.begin = stack_pointer & ~(page - 1),
                          .end = (stack_pointer | (page - 1)) + 1};
  if (!thread_stack.contains(stack_pointer)) return rest;
  return {.begin = rest.begin, .end = thread_stack.end};  // what lies lower may not be mapped yet
}

/// Goes from one frame to the one that called it.
class frame_walk {
 public:
  frame_walk(const registers& innermost, stack_memory memory) noexcept
      : at_(innermost), memory_(memory) {}

  /// One past where its code is, see backtrace.hpp.
  [[nodiscard]] std::uintptr_t address() const noexcept { return at_.exact ? at_.pc + 1 : at_.pc; }

  enum class outcome : std::uint8_t { stepped, ended, lost };

  outcome step() noexcept {
    frame_rules rules;
    if (!find_frame_rules(address() - 1, rules)) return outcome::lost;
    if (rules.return_address >= registers::count) return outcome::lost;
    const register_rule back = rules.saved.of(rules.return_address);
    if (back.how == register_rule::kind::undefined) return outcome::ended;
    const auto frame = frame_address(rules);
    if (!frame) return outcome::lost;
    registers caller = at_;
    caller.set(stack_pointer_number, *frame);
    for (std::uint32_t said = rules.saved.said(); said != 0; said &= said - 1) {
      const auto number = static_cast<std::size_t>(std::countr_zero(said));
      const register_rule rule = rules.saved.of(number);
      if (rule.how == register_rule::kind::same) continue;
      if (const auto value = find(rule, *frame)) {
        caller.set(number, *value);
      } else {
        caller.forget(number);
      }
    }
    if (!caller.known(rules.return_address)) return outcome::lost;
    caller.pc = caller[rules.return_address];
    if (rules.signed_return) caller.pc = without_signature(caller.pc);
    caller.exact = rules.interrupted;
    if (caller.pc == 0) return outcome::ended;
    at_ = caller;
    return outcome::stepped;
  }

 private:
  /// Frames lie the higher the further out they are, which is asked for here.
  [[nodiscard]] std::optional<std::uintptr_t> frame_address(const frame_rules& rules) noexcept {
    std::optional<std::uintptr_t> found;
    if (rules.frame.how == register_rule::kind::expression) {
      found = evaluate(reinterpret_cast<const void*>(rules.frame.operand), at_, memory_, {});
    } else if (const auto number = static_cast<std::size_t>(rules.frame.operand);
               at_.known(number)) {
      found = at_[number] + static_cast<std::uintptr_t>(rules.frame_offset);
    }
    if (found && *found < at_[stack_pointer_number] && !rules.interrupted) return std::nullopt;
    return found;
  }

  [[nodiscard]] std::optional<std::uintptr_t> find(const register_rule& rule,
                                                   std::uintptr_t frame) noexcept {
    using kind = register_rule::kind;
    const auto operand = static_cast<std::uintptr_t>(rule.operand);
    switch (rule.how) {
      case kind::saved: return load(frame + operand);
      case kind::offset: return frame + operand;
      case kind::other: return at_.known(operand) ? std::optional(at_[operand]) : std::nullopt;
      case kind::expression: return computed(operand, frame);
      case kind::saved_expression: {
        const auto place = computed(operand, frame);
        return place ? load(*place) : std::nullopt;
      }
      default: return std::nullopt;
    }
  }
  [[nodiscard]] std::optional<std::uintptr_t> load(std::uintptr_t address) const noexcept {
    std::uintptr_t word = 0;
    return memory_.load(address, word) ? std::optional(word) : std::nullopt;
  }
  [[nodiscard]] std::optional<std::uintptr_t> computed(std::uintptr_t expression,
                                                       std::uintptr_t frame) const noexcept {
    return evaluate(reinterpret_cast<const void*>(expression), at_, memory_, frame);
  }

  registers at_;
  stack_memory memory_;
};

captured_trace capture(frame_walk walk, std::span<const void*> into) noexcept {
  for (std::size_t size = 0; size < into.size(); ++size) {
    into[size] = reinterpret_cast<const void*>(walk.address());
    switch (walk.step()) {
      case frame_walk::outcome::stepped: break;
      case frame_walk::outcome::ended: return {.size = size + 1, .end = trace_end::complete};
      case frame_walk::outcome::lost: return {.size = size + 1, .end = trace_end::lost};
    }
  }
  return {.size = into.size(), .end = trace_end::full};
}

}  // namespace

captured_trace capture_here(std::span<const void*> into) noexcept {
  registers here;
  read_registers(here);
  frame_walk walk(here, memory_around(here[stack_pointer_number]));
  if (into.empty() || walk.step() == frame_walk::outcome::stepped) return capture(walk, into);
  into.front() = __builtin_return_address(0);
  return {.size = 1, .end = trace_end::lost};
}

captured_trace capture_interrupted(const void* ucontext, std::span<const void*> into) noexcept {
  const registers interrupted = registers_of_interrupted(ucontext);
  return capture(frame_walk(interrupted, memory_around(interrupted[stack_pointer_number])), into);
}

captured_trace capture_parked(const task_record& parked, std::span<const void*> into) noexcept {
  const registers kept = registers_of(parked);
  return capture(
      frame_walk(kept, parked.stack != nullptr ? memory_of(*parked.stack)
                                               : memory_around(kept[stack_pointer_number])),
      into);
}

void remember_thread_stack() noexcept {
  if (thread_stack.end != 0) return;
  pthread_attr_t attributes;
  if (::pthread_getattr_np(::pthread_self(), &attributes) != 0) return;
  void* begin = nullptr;
  std::size_t size = 0;
  if (::pthread_attr_getstack(&attributes, &begin, &size) == 0) {
    thread_stack = {.begin = number_of(begin), .end = number_of(begin) + size};
  }
  ::pthread_attr_destroy(&attributes);
}

}  // namespace weir::detail
