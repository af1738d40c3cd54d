// SPDX-License-Identifier: MIT
// Capturing traces as addresses: of running, parked and interrupted code, and on damaged stacks.
#include "inspect/backtrace.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <random>
#include <span>
#include <vector>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/task.hpp>
#include <weir/testing.hpp>

#include "core/hub_core.hpp"
#include "core/stack.hpp"
#include "inspect/frame_expression.hpp"
#include "inspect/registers.hpp"
#include "testing/in_virtual_time.hpp"

namespace weir::testing {
namespace {

using namespace std::chrono_literals;
using detail::capture_here;
using detail::capture_interrupted;
using detail::capture_parked;
using detail::captured_trace;
using detail::trace_end;

class Backtrace : public in_virtual_time {};

using addresses = std::vector<const void*>;

/// Calls itself `levels` times and then `at_the_end`; the innermost call notes its address last.
template <class Function>
[[gnu::noinline]] void call_deep(int levels, addresses& returns, Function& at_the_end) {
  returns.push_back(__builtin_return_address(0));
  if (levels > 1) {
    call_deep(levels - 1, returns, at_the_end);
  } else {
    at_the_end();
  }
  asm volatile("");  // no tail call
}

/// Whether the addresses noted are in the trace, one behind the other, the innermost first.
::testing::AssertionResult leads_to(std::span<const void* const> trace, addresses returns) {
  std::ranges::reverse(returns);
  if (!std::ranges::search(trace, returns).empty()) return ::testing::AssertionSuccess();
  auto failed = ::testing::AssertionFailure() << "the trace is";
  for (const void* const each : trace) failed << ' ' << each;
  failed << " and not";
  for (const void* const each : returns) failed << ' ' << each;
  return failed;
}

detail::task_record& record_of(std::uint64_t id) {
  detail::hub_core& hub = detail::hub_core::here();
  detail::task_record* each = hub.alive.first();
  while (each->id != id) each = hub.alive.after(*each);
  return *each;
}

TEST_F(Backtrace, OfTheRunningTaskHasTheCallsThatLedThere) {
  detail::trace_buffer room;
  addresses returns;
  captured_trace trace;
  spawn([&] {
    auto capture = [&] { trace = capture_here(room); };
    call_deep(5, returns, capture);
  });
  EXPECT_EQ(trace.end, trace_end::complete);
  EXPECT_TRUE(leads_to(std::span(room).first(trace.size), returns));
}

TEST_F(Backtrace, OfTheThreadsOwnStackGoesToItsEndOnceThatIsKnown) {
  detail::remember_thread_stack();
  detail::trace_buffer room;
  addresses returns;
  captured_trace trace;
  auto capture = [&] { trace = capture_here(room); };
  call_deep(5, returns, capture);
  EXPECT_EQ(trace.end, trace_end::complete);
  EXPECT_TRUE(leads_to(std::span(room).first(trace.size), returns));
}

TEST_F(Backtrace, OfAParkedTaskHasTheCallsThatLedThere) {
  addresses returns;
  auto parked = spawn([&returns] {
    auto park = [] { static_cast<void>(sleep(1h)); };
    call_deep(5, returns, park);
  });
  detail::trace_buffer room;
  const captured_trace trace = capture_parked(record_of(parked.id()), room);
  EXPECT_EQ(trace.end, trace_end::complete);
  EXPECT_TRUE(leads_to(std::span(room).first(trace.size), returns));
  parked.cancel();
}

TEST_F(Backtrace, StopsWhereThereIsNoMoreRoom) {
  addresses returns;
  auto parked = spawn([&returns] {
    auto park = [] { static_cast<void>(sleep(1h)); };
    call_deep(20, returns, park);
  });
  std::array<const void*, 4> room{};
  const captured_trace trace = capture_parked(record_of(parked.id()), room);
  EXPECT_EQ(trace.size, room.size());
  EXPECT_EQ(trace.end, trace_end::full);
  EXPECT_EQ(capture_parked(record_of(parked.id()), {}).size, 0U);
  EXPECT_EQ(capture_here({}).size, 0U);
  parked.cancel();
}

detail::trace_buffer interrupted_room;
captured_trace interrupted_trace;

void capture_in_handler(int /*number*/, siginfo_t* /*info*/, void* context) {
  interrupted_trace = capture_interrupted(context, interrupted_room);
}

/// Has the calling code interrupted by a signal whose handler captures it.
void interrupt() {
  struct sigaction action{};
  struct sigaction former{};
  action.sa_sigaction = capture_in_handler;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  ::sigaction(SIGUSR2, &action, &former);
  ::raise(SIGUSR2);
  ::sigaction(SIGUSR2, &former, nullptr);
}

TEST_F(Backtrace, OfAnInterruptedTaskHasTheCallsThatLedThere) {
  addresses returns;
  spawn([&returns] { call_deep(5, returns, interrupt); });
  EXPECT_EQ(interrupted_trace.end, trace_end::complete);
  EXPECT_TRUE(leads_to(std::span(interrupted_room).first(interrupted_trace.size), returns));
}

TEST_F(Backtrace, OfAnInterruptedThreadHasTheCallsThatLedThere) {
  detail::remember_thread_stack();
  addresses returns;
  call_deep(5, returns, interrupt);
  EXPECT_EQ(interrupted_trace.end, trace_end::complete);
  EXPECT_TRUE(leads_to(std::span(interrupted_room).first(interrupted_trace.size), returns));
}

/// On the stack of another task, where sanitizers would not have it.
[[gnu::no_sanitize_address, gnu::no_sanitize_thread]] std::uintptr_t peek(
    const std::uintptr_t* word) noexcept {
  return *static_cast<const volatile std::uintptr_t*>(word);
}
[[gnu::no_sanitize_address, gnu::no_sanitize_thread]] void poke(std::uintptr_t* word,
                                                                std::uintptr_t value) noexcept {
  *static_cast<volatile std::uintptr_t*>(word) = value;
}

/// A parked task with some frames, and its stack from the innermost frame on, to be damaged.
class damaged_stack {
 public:
  damaged_stack() {
    task_ = spawn([] {
      addresses returns;
      auto park = [] { static_cast<void>(sleep(1h)); };
      call_deep(8, returns, park);
    });
    record_ = &record_of(task_.id());
    const auto* const begin = static_cast<const std::uintptr_t*>(record_->stack_pointer);
    const auto* const end = reinterpret_cast<const std::uintptr_t*>(record_);
    words_ = {const_cast<std::uintptr_t*>(begin), static_cast<std::size_t>(end - begin)};
    for (const std::uintptr_t& each : words_) kept_.push_back(peek(&each));
    kept_context_ = *record_;
  }
  damaged_stack(const damaged_stack&) = delete;
  damaged_stack& operator=(const damaged_stack&) = delete;
  ~damaged_stack() {
    mend();
    task_.cancel();
  }

  [[nodiscard]] std::span<std::uintptr_t> words() const noexcept { return words_; }
  [[nodiscard]] detail::context& context() noexcept { return *record_; }
  void mend() noexcept {
    for (std::size_t i = 0; i < kept_.size(); ++i) poke(&words_[i], kept_[i]);
    context() = kept_context_;
  }
  [[nodiscard]] captured_trace capture() const noexcept {
    detail::trace_buffer room;
    return capture_parked(*record_, room);
  }

 private:
  task<void> task_;
  detail::task_record* record_ = nullptr;
  std::span<std::uintptr_t> words_;
  std::vector<std::uintptr_t> kept_;
  detail::context kept_context_{};
};

#if defined(__x86_64__)
TEST_F(Backtrace, OfInterruptedCodeMayGoByWhereThatStood) {
  ucontext_t interrupted;
  ASSERT_EQ(::getcontext(&interrupted), 0);
  const detail::registers found = detail::registers_of_interrupted(&interrupted);
  constexpr std::array<unsigned char, 3> program_counter{2, 0x80, 0};  // its size, DW_OP_breg16 0
  EXPECT_EQ(detail::evaluate(program_counter.data(), found, {}, {}), found.pc);
}
#endif

TEST_F(Backtrace, OfADamagedStackEnds) {
  damaged_stack damaged;
  const captured_trace whole = damaged.capture();
  ASSERT_EQ(whole.end, trace_end::complete);
  void* const unreadable = ::mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(unreadable, MAP_FAILED);
  std::minstd_rand random(1);
  const std::span<std::uintptr_t> words = damaged.words();
  int lost = 0;
  for (int round = 0; round < 20000; ++round) {
    for (int i = 0; i < 4; ++i) {
      const auto anywhere = [&] { return random() % words.size(); };
      const std::array<std::uintptr_t, 6> damages{
          0,
          reinterpret_cast<std::uintptr_t>(unreadable) + random() % 4096,
          reinterpret_cast<std::uintptr_t>(&words[anywhere()]),
          peek(&words[anywhere()]),
          std::uintptr_t{random()} << 32U,
          ~std::uintptr_t{random()}};
      poke(&words[anywhere()], damages[random() % damages.size()]);
    }
    lost += damaged.capture().end == trace_end::lost ? 1 : 0;
    damaged.mend();
  }
  EXPECT_GT(lost, 1000);
  EXPECT_EQ(damaged.capture().size, whole.size);
  ::munmap(unreadable, 4096);
}

TEST_F(Backtrace, OfDamagedRegistersEnds) {
  damaged_stack damaged;
  const std::size_t whole = damaged.capture().size;
  for (void* const damage :
       {static_cast<void*>(nullptr), reinterpret_cast<void*>(8),
        reinterpret_cast<void*>(~std::uintptr_t{7}), static_cast<void*>(damaged.words().data())}) {
    for (void* detail::context::* const each :
         {&detail::context::stack_pointer, &detail::context::frame_pointer,
          &detail::context::resume_address, &detail::context::base_pointer}) {
      damaged.context().*each = damage;
      const captured_trace found = damaged.capture();
      EXPECT_LE(found.size, detail::most_frames);
      // None of these is where code is.
      if (each == &detail::context::resume_address) {
        EXPECT_EQ(found.end, trace_end::lost);
      }
      damaged.mend();
    }
  }
  EXPECT_EQ(damaged.capture().size, whole);
}

}  // namespace
}  // namespace weir::testing
