// SPDX-License-Identifier: MIT
// A task that runs into the end of its stack: the process ends and says whose it was, and no
// neighbour's memory is touched.
#include <algorithm>
#include <array>
#include <csignal>
#include <cstddef>
#include <regex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <weir/hub.hpp>
#include <weir/log.hpp>
#include <weir/pause.hpp>
#include <weir/run.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>

#include "core/hub_core.hpp"
#include "testing/child_process.hpp"

namespace {

using weir::os::guard_kind;
using weir::testing::child_outcome;
using weir::testing::in_child;

constexpr int without_end = 100'000'000;

/// Has the compiler keep all of a frame, as if someone else looked at it.
void keep(volatile void* frame) { asm volatile("" : : "r"(frame) : "memory"); }

[[gnu::noinline]] int recurse(int depth) {
  std::array<volatile char, 200> frame{};
  keep(&frame);
  frame[0] = static_cast<char>(depth);
  if (depth == 0) return frame[0];
  return recurse(depth - 1) + frame[0];
}

/// Uses a frame of `Size` bytes, of which only the lowest is written to.
template <std::size_t Size>
[[gnu::noinline]] int use_large_frame() {
  std::array<volatile char, Size> frame;  // NOLINT: not initialised, which would touch all of it
  keep(&frame);
  frame[0] = 1;
  return frame[0];
}

const weir::detail::stack& this_stack() { return *weir::detail::this_hub->current->stack; }

/// Calls `function` when hardly any of the stack is left.
template <class Function>
[[gnu::noinline]] int at_the_end_of_the_stack(Function function) {
  std::array<volatile char, 100> frame{};
  keep(&frame);
  const auto* const here = static_cast<const std::byte*>(__builtin_frame_address(0));
  frame[0] = 1;
  if (here - this_stack().limit() < 3000) return function() + frame[0];
  return at_the_end_of_the_stack(function) + frame[0];
}

/// Runs `function` in a task in a hub in a child.
template <class Function>
child_outcome in_task_of_child(Function function, weir::task_options options = {},
                               const weir::hub_options& hub = {}) {
  return in_child([&] {
    static_cast<void>(weir::run(hub, [&] { return weir::spawn(options, function).await(); }));
    return 0;
  });
}

/// Whether the process died as of a stack overflow, and what it said matches `pattern`.
::testing::AssertionResult overflowed(const child_outcome& outcome, const std::string& pattern) {
  if (!outcome.killed_by(SIGSEGV)) {
    return ::testing::AssertionFailure() << "status " << outcome.status << ": " << outcome.said;
  }
  if (!std::regex_search(outcome.said, std::regex(pattern))) {
    return ::testing::AssertionFailure() << "it said: " << outcome.said;
  }
  return ::testing::AssertionSuccess();
}

TEST(StackOverflow, EndsTheProcessAndNamesTheTaskItsStackAndWhereItWasSpawned) {
  const auto outcome = in_task_of_child([] { return recurse(without_end); }, {.name = "deep"});
  EXPECT_TRUE(
      overflowed(outcome,
                 "stack overflow in task 2 \"deep\", spawned at "
                 ".*stack_overflow_alone_test\\.cpp:[0-9]+; its stack has 19[0-9]{4} bytes"));
}

TEST(StackOverflow, ATaskWithoutANameIsNamedByItsId) {
  const auto outcome = in_task_of_child([] { return recurse(without_end); });
  EXPECT_TRUE(
      overflowed(outcome, "stack overflow in task 2, spawned at .*stack_overflow_alone_test"));
}

TEST(StackOverflow, TheMainTaskIsNamedToo) {
  const auto outcome =
      in_child([] { return weir::run([] { return recurse(without_end); }).value(); });
  EXPECT_TRUE(overflowed(outcome, "stack overflow in task 1 \"main\""));
}

TEST(StackOverflow, ATaskMayUseAllOfItsStack) {
  const auto outcome =
      in_task_of_child([] { return at_the_end_of_the_stack([] { return 0; }) == 0 ? 1 : 0; });
  EXPECT_TRUE(outcome.exited_with(0)) << outcome.said;
}

TEST(StackOverflow, ALargerStackReachesFurther) {
  const auto deep = [] { return use_large_frame<600 * 1024>(); };
  EXPECT_TRUE(in_task_of_child(deep, {.stack_size = 1024 * 1024}).exited_with(0));
  EXPECT_TRUE(in_task_of_child(deep, {}, {.stack_size = 1024 * 1024}).exited_with(0));
  EXPECT_TRUE(overflowed(in_task_of_child(deep), "its stack has 19[0-9]{4} bytes"));
  EXPECT_TRUE(overflowed(in_task_of_child(deep, {.stack_size = 128 * 1024}),
                         "its stack has 6[0-9]{4} bytes"));
  EXPECT_TRUE(
      overflowed(in_task_of_child([] { return recurse(without_end); }, {.stack_size = 1024 * 1024}),
                 "its stack has 98[0-9]{4} bytes"));
}

TEST(StackOverflow, IsReportedOnEveryThreadThatHasAHub) {
  const auto outcome = in_child([] {
    std::thread([] { static_cast<void>(weir::run([] { return recurse(without_end); })); }).join();
    return 0;
  });
  EXPECT_TRUE(overflowed(outcome, "stack overflow in task 1 \"main\""));
}

TEST(StackOverflow, IsNotReportedWhenThatIsSwitchedOff) {
  const auto outcome = in_task_of_child([] { return recurse(without_end); }, {.name = "deep"},
                                        {.report_stack_overflow = false});
  EXPECT_FALSE(outcome.exited_with(0));
  EXPECT_EQ(outcome.said.find("weir:"), std::string::npos) << outcome.said;
}

TEST(StackOverflow, ASignalThatWasSentIsNoneWhateverAddressItBears) {
  const auto outcome = in_task_of_child([] {
    siginfo_t sent{};
    sent.si_signo = SIGSEGV;
    sent.si_code = SI_QUEUE;
    sent.si_addr = this_stack().bottom;
    ::syscall(SYS_rt_tgsigqueueinfo, ::getpid(), ::gettid(), SIGSEGV, &sent);
    return 0;
  });
  EXPECT_TRUE(outcome.killed_by(SIGSEGV)) << outcome.status;
  EXPECT_EQ(outcome.said, "");
}

/// Memory that a child shares with this process: what the child did to it can be seen afterwards.
class shared_pattern {
 public:
  explicit shared_pattern(std::size_t size) : size_(size), fd_(::memfd_create("pattern", 0)) {
    EXPECT_EQ(::ftruncate(fd_, static_cast<off_t>(size)), 0);
    void* const mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
    bytes_ = static_cast<std::byte*>(mapped);
    std::fill_n(bytes_, size_, std::byte{0x5A});
  }
  shared_pattern(const shared_pattern&) = delete;
  shared_pattern& operator=(const shared_pattern&) = delete;
  ~shared_pattern() {
    ::munmap(bytes_, size_);
    ::close(fd_);
  }

  /// Puts it in place of the memory that ends at `end`.
  [[nodiscard]] bool replace(std::byte* end) const {
    return ::mmap(end - size_, size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd_, 0) !=
           MAP_FAILED;
  }
  [[nodiscard]] bool intact() const {
    return std::all_of(bytes_, bytes_ + size_,
                       [](std::byte each) { return each == std::byte{0x5A}; });
  }

 private:
  std::size_t size_;
  int fd_;
  std::byte* bytes_ = nullptr;
};

/// Runs `function` in a hub whose guards are made in that way.
template <class Function>
void run_with_guards(guard_kind kind, Function function) {
  auto parts = weir::detail::hub_parts::real();
  parts.guard = kind;
  auto hub = weir::detail::make_hub({}, std::move(parts), weir::detail::thread_role::first_task);
  function();
  weir::detail::end_hub(std::move(hub));
}

template <class Overrun>
void expect_neighbour_untouched(guard_kind kind, Overrun overrun) {
  const shared_pattern pattern(std::size_t{128} * 1024);
  const auto outcome = in_child([&] {
    run_with_guards(kind, [&] {
      // The stacks lie side by side in the order in which they are made: that of the first task
      // ends where the guard of the second one begins.
      auto below = weir::spawn([] { return weir::pause(); });
      auto above = weir::spawn([&] {
        weir::yield();
        return pattern.replace(this_stack().bottom) ? overrun() : 1;
      });
      below.cancel();
      static_cast<void>(below.await());
      static_cast<void>(above.await());
    });
    return 0;
  });
  EXPECT_TRUE(overflowed(outcome, "stack overflow in task 3"));
  EXPECT_TRUE(pattern.intact());
}

class StackOverflowNeighbour : public ::testing::TestWithParam<guard_kind> {};

INSTANTIATE_TEST_SUITE_P(Guards, StackOverflowNeighbour,
                         ::testing::Values(guard_kind::marker, guard_kind::protection));

TEST_P(StackOverflowNeighbour, IsUntouchedByDeepRecursion) {
  expect_neighbour_untouched(GetParam(), [] { return recurse(without_end); });
}

TEST_P(StackOverflowNeighbour, IsUntouchedByAFrameAsLargeAsTheGuard) {
  expect_neighbour_untouched(GetParam(), [] {
    return at_the_end_of_the_stack([] { return use_large_frame<64 * 1024>(); });
  });
}

TEST_P(StackOverflowNeighbour, IsUntouchedByAFrameLargerThanTheGuard) {
  expect_neighbour_untouched(GetParam(), [] {
    return at_the_end_of_the_stack([] { return use_large_frame<150 * 1024>(); });
  });
}

TEST(StackOverflow, TheCheckOfTheNeighboursMemorySeesATouch) {
  const shared_pattern pattern(4096);
  auto reserved = weir::os::mapping::reserve(4096);
  ASSERT_TRUE(reserved);
  ASSERT_TRUE(pattern.replace(reserved->begin() + 4096));
  reserved->begin()[7] = std::byte{0};
  EXPECT_FALSE(pattern.intact());
}

TEST(StackOverflow, OfALoggerInTheHubsLoopIsNamedAsThat) {
  const auto outcome = in_child([] {
    weir::set_logger([](weir::log_level, std::string_view) { recurse(without_end); });
    static_cast<void>(weir::run([] { return weir::pause(); }));  // a deadlock, told by the loop
    return 0;
  });
  EXPECT_TRUE(overflowed(outcome,
                         "stack overflow in the hub's loop .a logger runs there.; its stack has "
                         "19[0-9]{4} bytes .make the hub with a larger hub_options::stack_size"));
}

}  // namespace
