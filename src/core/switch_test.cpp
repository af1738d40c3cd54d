// SPDX-License-Identifier: MIT
// What a switch must leave as it was: registers, frames, and the end of the stack.
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <alloca.h>
#include <gtest/gtest.h>
#include <unwind.h>

#include <weir/run.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>

#include "core/switch_entry.hpp"

namespace {

using namespace std::chrono_literals;

/// Runs `task(number)` in `count` tasks at once.
template <class Task>
void run_many(int count, Task task) {
  ASSERT_TRUE(weir::run([count, &task] {
    std::vector<weir::task<>> tasks;
    for (int number = 0; number < count; ++number) {
      tasks.push_back(weir::spawn([number, &task] { task(number); }));
    }
    for (auto& each : tasks) EXPECT_TRUE(each.await());
  }));
}

/// A call like any other to the compiler: across it, values live in callee-saved registers.
[[gnu::noinline]] void let_others_run() {
  weir::yield();
  asm volatile("" ::: "memory");
}

/// Keeps more values alive across the switches than there are registers.
template <class Number>
[[gnu::noinline]] Number mix(Number seed, int rounds) {
  Number a = seed;
  Number b = seed + 1;
  Number c = seed + 2;
  Number d = seed + 3;
  Number e = seed + 4;
  Number f = seed + 5;
  Number g = seed + 6;
  Number h = seed + 7;
  for (int round = 0; round < rounds; ++round) {
    let_others_run();
    a = a + h;
    b = b + a;
    let_others_run();
    c = c - b;
    d = d + c;
    e = e - d;
    weir::yield();
    f = f + e;
    g = g - f;
    h = h + g + static_cast<Number>(round);
  }
  return a + b + c + d + e + f + g + h;
}

/// The same arithmetic in one task that is alone, hence never switched away from.
template <class Number>
Number mix_alone(Number seed, int rounds) {
  return weir::run([seed, rounds] { return mix(seed, rounds); }).value();
}

template <class Number>
void expect_values_survive() {
  constexpr int tasks = 20;
  constexpr int rounds = 10;
  std::array<Number, tasks> mixed{};
  run_many(tasks, [&mixed](int number) {
    mixed[static_cast<std::size_t>(number)] = mix(static_cast<Number>(number), rounds);
  });
  for (int number = 0; number < tasks; ++number) {
    EXPECT_EQ(mixed[static_cast<std::size_t>(number)],
              mix_alone(static_cast<Number>(number), rounds));
  }
}

TEST(Switch, IntegersInRegistersSurvive) { expect_values_survive<std::uint64_t>(); }
TEST(Switch, FloatingPointValuesSurvive) { expect_values_survive<double>(); }
TEST(Switch, ExtendedFloatingPointValuesSurvive) { expect_values_survive<long double>(); }

using vector = float __attribute__((vector_size(32)));

TEST(Switch, VectorsSurvive) {
  run_many(10, [](int number) {
    const auto base = static_cast<float>(number);
    vector left{base, base + 1, base + 2, base + 3, base + 4, base + 5, base + 6, base + 7};
    vector right = left * left;
    for (int round = 0; round < 10; ++round) {
      const vector sum = left + right;
      let_others_run();
      left = left + 1.0F;
      weir::yield();
      right = right - sum + left * left;
      left = left - 1.0F;
      right = right + sum - (left + 1.0F) * (left + 1.0F);
    }
    for (int lane = 0; lane < 8; ++lane) {
      const float expected = base + static_cast<float>(lane);
      EXPECT_EQ(left[lane], expected);
      EXPECT_EQ(right[lane], expected * expected);
    }
  });
}

TEST(Switch, TheFrameStaysWhereItWas) {
  run_many(5, [](int) {
    const void* const before = __builtin_frame_address(0);
    for (int round = 0; round < 5; ++round) {
      weir::yield();
      EXPECT_EQ(__builtin_frame_address(0), before);
    }
  });
}

/// A frame that the compiler can address by a frame and a base pointer only.
[[gnu::noinline]] std::size_t fill_odd_frame(int number, std::size_t size) {
  alignas(64) std::array<unsigned char, 192> aligned{};
  auto* const dynamic = static_cast<unsigned char*>(alloca(size));
  const auto value = static_cast<unsigned char>(number + 1);
  std::memset(dynamic, value, size);
  aligned.fill(value);
  std::size_t equal = 0;
  for (int round = 0; round < 10; ++round) {
    weir::yield();
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(aligned.data()) % 64, 0U);
    equal = 0;
    for (std::size_t at = 0; at < size; ++at) equal += dynamic[at] == value ? 1U : 0U;
    for (const unsigned char each : aligned) equal += each == value ? 1U : 0U;
  }
  return equal;
}

TEST(Switch, FramesWithOverAlignedLocalsAndAllocaSurvive) {
  run_many(10, [](int number) {
    const auto size = static_cast<std::size_t>(100 + 37 * number);
    EXPECT_EQ(fill_odd_frame(number, size), size + 192);
  });
}

TEST(Switch, TasksBeginOnAnAlignedStack) {
  run_many(20, [](int number) {
    // Formatting a double stores vector registers to the stack, which faults when it is askew.
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.2f", number + 0.25);
    EXPECT_EQ(std::string(text.data()), std::to_string(number) + ".25");
  });
}

TEST(Switch, AnArgumentWithAnAlignmentOfItsOwnIsPlacedAccordingly) {
  struct alignas(128) aligned {
    int number = 7;
    [[nodiscard]] bool is_aligned() const {
      return reinterpret_cast<std::uintptr_t>(this) % 128 == 0;
    }
  };
  ASSERT_TRUE(weir::run([] {
    for (int round = 0; round < 40; ++round) {  // over all offsets a stack's top can have
      const aligned value;
      auto task = weir::spawn([value] { return value.is_aligned() && value.number == 7; });
      auto later = weir::spawn_later(0s, [value] { return value.is_aligned(); });
      later.cancel();
      EXPECT_TRUE(task.await().value());
    }
  }));
}

struct walk {
  int frames = 0;
  void* last_function = nullptr;
};

_Unwind_Reason_Code step(_Unwind_Context* context, void* into) {
  auto& walked = *static_cast<walk*>(into);
  ++walked.frames;
  if (const _Unwind_Ptr next = _Unwind_GetIP(context); next != 0) {  // 0: beyond the last frame
    walked.last_function = _Unwind_FindEnclosingFunction(reinterpret_cast<void*>(next - 1));
  }
  return walked.frames < 1000 ? _URC_NO_REASON : _URC_NORMAL_STOP;
}

[[gnu::noinline]] walk unwind(int depth) {
  if (depth > 0) {
    walk walked = unwind(depth - 1);
    ++walked.frames;
    return walked;
  }
  walk walked;
  EXPECT_EQ(_Unwind_Backtrace(&step, &walked), _URC_END_OF_STACK);
  return walked;
}

TEST(Switch, UnwindingEndsAtTheEntryOfTheTask) {
  run_many(3, [](int depth) {
    for (int round = 0; round < 3; ++round) {
      const walk walked = unwind(depth);
      EXPECT_LT(walked.frames, 100);
      EXPECT_EQ(walked.last_function, weir::detail::switch_entry_address());
      weir::yield();
    }
  });
}

}  // namespace
