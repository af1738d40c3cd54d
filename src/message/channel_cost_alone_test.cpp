// SPDX-License-Identifier: MIT
// Tests that messages, waits and deadlines allocate nothing, and that what need not wait asks the
// kernel nothing. A program of its own, since it counts every allocation there is.
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <system_error>
#include <utility>

#include <gtest/gtest.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <weir/hub.hpp>
#include <weir/pipe.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/task.hpp>
#include <weir/testing.hpp>
#include <weir/weir.hpp>

#include "testing/child_process.hpp"

namespace {

std::atomic<std::size_t> allocations{0};
std::atomic<std::size_t> allocation_to_fail{0};  ///< by number, from 1; 0: none

void* counted_allocation(std::size_t size) {
  if (++allocations == allocation_to_fail) throw std::bad_alloc();
  void* const memory =
      std::malloc(size);  // NOLINT(cppcoreguidelines-owning-memory): it is what new does
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void release(void* memory) noexcept {
  std::free(memory);  // NOLINT(cppcoreguidelines-owning-memory): of counted_allocation
}

}  // namespace

void* operator new(std::size_t size) { return counted_allocation(size); }
void* operator new[](std::size_t size) { return counted_allocation(size); }
void operator delete(void* memory) noexcept { release(memory); }
void operator delete[](void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { release(memory); }

namespace {

using namespace std::chrono_literals;
using weir::testing::virtual_hub;

/// How many allocations are made while `function` runs.
template <class Function>
std::size_t allocations_of(Function function) {
  const std::size_t before = allocations;
  function();
  return allocations - before;
}

TEST(ChannelCostOfPipe, IsCountedHere) {
  EXPECT_GE(allocations_of([] { static_cast<void>(weir::pipe<int>()); }), 1U);
}

TEST(ChannelCostOfPipe, IsNotNeededToSendToAWaitingReceiver) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  auto receiving = weir::spawn([&rx] {
    while (rx.recv()) {
    }
  });
  EXPECT_EQ(allocations_of([&tx] {
              for (int i = 0; i < 100; ++i) static_cast<void>(tx.send(i).value());
              static_cast<void>(tx.try_send(1).value());
            }),
            0U);
  tx.close();
  EXPECT_TRUE(receiving.await());
}

TEST(ChannelCostOfPipe, IsNotNeededToReceiveFromAWaitingSender) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  auto sending = weir::spawn([&tx] {
    while (tx.send(1)) {
    }
  });
  EXPECT_EQ(allocations_of([&rx] {
              for (int i = 0; i < 100; ++i) static_cast<void>(rx.recv().value());
              static_cast<void>(rx.try_recv());
            }),
            0U);
  rx.close();
  EXPECT_TRUE(sending.await());
}

TEST(ChannelCostOfPipe, IsNotNeededToWaitWithADeadlineBeItMetOrNot) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  // This is the hub's first deadline, and this is its only task.
  EXPECT_EQ(allocations_of([&tx, &rx] {
              static_cast<void>(rx.recv(10ms));
              static_cast<void>(tx.send(1, 10ms));
              static_cast<void>(rx.recv(0ms));
              static_cast<void>(weir::sleep(1s));
            }),
            0U);
  auto receiving = weir::spawn([&rx] {
    while (rx.recv(10s)) {
    }
  });
  EXPECT_EQ(allocations_of([&tx] {
              for (int i = 0; i < 100; ++i) static_cast<void>(tx.send(i, 10s).value());
            }),
            0U);
  tx.close();
  EXPECT_TRUE(receiving.await());
}

TEST(ChannelCostOfPipe, IsNotNeededToBeRefused) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  auto waiting = weir::spawn([&rx] { return rx.recv(); });
  EXPECT_EQ(allocations_of([&tx, &rx] {
              static_cast<void>(rx.recv());
              static_cast<void>(tx.close());
              static_cast<void>(tx.send(1));
              static_cast<void>(rx.try_recv());
              static_cast<void>(tx.try_send(1));
              static_cast<void>(tx.close());
            }),
            0U);
  EXPECT_FALSE(waiting.await());
}

// -- every kind, where nobody has to wait

/// Sends and receives that find room, a message, or a state.
template <class Channel>
void pass_messages(Channel& channel, int rounds) {
  for (int i = 0; i < rounds; ++i) {
    static_cast<void>(channel.tx.send(i).value());
    static_cast<void>(channel.tx.try_send(i));
    static_cast<void>(channel.rx.recv().value());
    static_cast<void>(channel.rx.try_recv());
  }
}

void remove_messages(weir::stalk_pair<int>& channel, int rounds) {
  for (int i = 0; i < rounds; ++i) {
    static_cast<void>(channel.tx.send(i).value());
    static_cast<void>(channel.tx.error(std::make_error_code(std::errc::io_error)).value());
    static_cast<void>(channel.rx.recv().value());
    static_cast<void>(channel.rx.remove(1).value());
    static_cast<void>(channel.rx.recv());
  }
}

/// One channel of each kind, and joins that make it possible not to wait.
struct channels {
  channels() {
    weir::redirect(std::move(into_queue.rx), std::move(queue_of_pipe.tx)).value();
    selector.add(std::move(selected.rx));
    weir::redirect(std::move(changes.rx), std::move(queue_of_changes.tx)).value();
  }

  void pass_all(int rounds) {
    pass_messages(queue, rounds);
    pass_messages(value, rounds);
    remove_messages(stalk, rounds);
    for (int i = 0; i < rounds; ++i) {
      static_cast<void>(into_queue.tx.send(i).value());
      static_cast<void>(queue_of_pipe.rx.recv().value());
      static_cast<void>(selected.tx.send(i).value());
      static_cast<void>(selector.recv().value());
      static_cast<void>(changes.tx.send(i).value());
      static_cast<void>(changes.tx.send(i).value());
      static_cast<void>(weir::select(queue_of_pipe.rx, queue_of_changes.rx).value());
    }
  }

  weir::queue_pair<int> queue = weir::queue<int>(4);
  weir::value_pair<int> value = weir::value<int>();
  weir::stalk_pair<int> stalk = weir::stalk<int>(4);
  weir::pair<int> into_queue = weir::pipe<int>();
  weir::queue_pair<int> queue_of_pipe = weir::queue<int>(4);
  weir::value_pair<int> selected = weir::value<int>();
  weir::selector_receiver<int> selector = weir::selector<int>();
  weir::value_pair<int> changes = weir::value<int>();
  weir::queue_pair<int> queue_of_changes = weir::queue<int>(1);
};

TEST(ChannelCost, IsNoAllocationWhereNobodyWaits) {
  virtual_hub hub;
  channels all;
  EXPECT_EQ(allocations_of([&all] { all.pass_all(1000); }), 0U);
}

TEST(ChannelCost, OfAQueueWithoutALimitIsNoAllocationOnceItHasFoundItsSize) {
  virtual_hub hub;
  auto [tx, rx] = weir::queue<int>();
  const auto fill_and_empty = [&tx, &rx] {
    for (int i = 0; i < 300; ++i) static_cast<void>(tx.try_send(i).value());
    for (int i = 0; i < 300; ++i) static_cast<void>(rx.try_recv().value());
  };
  fill_and_empty();
  fill_and_empty();
  EXPECT_EQ(allocations_of(fill_and_empty), 0U);
}

/// Runs `work` where the kernel kills whoever makes another system call than `_exit`, or not.
template <class Work>
int without_system_calls(Work work) {
  if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0) return 2;
  work();
  ::syscall(SYS_exit, 0);  // _exit calls exit_group, which is not allowed
  return 1;
}

TEST(ChannelCost, IsNoSystemCallWhereNobodyWaits) {
  const auto outcome = weir::testing::in_child([] {
    // The virtual hub's clock asks no kernel, so what others ask is the channels'.
    const virtual_hub hub;
    channels all;
    // So few that this task is not made to let others run, which looks for events.
    return without_system_calls([&all] { all.pass_all(4); });
  });
  EXPECT_TRUE(outcome.exited_with(0)) << outcome.status << outcome.said;
  const auto caught = weir::testing::in_child(
      [] { return without_system_calls([] { static_cast<void>(::getppid()); }); });
  EXPECT_TRUE(caught.killed_by(SIGKILL)) << caught.status;  // what the first half relies on
}

// -- where memory is short

/// Whether `function` threw `bad_alloc` because its `which`-th allocation failed.
template <class Function>
bool fails_without(std::size_t which, Function function) {
  allocation_to_fail = allocations + which;
  bool failed = false;
  try {
    function();
  } catch (const std::bad_alloc&) {
    failed = true;
  }
  allocation_to_fail = 0;
  return failed;
}

TEST(ChannelShortage, OfMemoryLeavesNothingBehindWhereAChannelIsMade) {
  virtual_hub hub;
  const auto make_all = [] {
    static_cast<void>(weir::pipe<int>());
    static_cast<void>(weir::value<int>(1));
    static_cast<void>(weir::queue<int>());
    static_cast<void>(weir::stalk<int>(2));
    static_cast<void>(weir::dealer<int>());
    static_cast<void>(weir::broadcast<int>());
    static_cast<void>(weir::router<int>());
    static_cast<void>(weir::queue<int>().rx.empty().try_recv());
  };
  std::size_t which = 1;
  while (fails_without(which, make_all)) ++which;
  EXPECT_GT(which, 16U);
}

TEST(ChannelShortage, OfMemoryLeavesASelectorAsItWas) {
  virtual_hub hub;
  auto selecting = weir::selector<int>();
  auto [tx, rx] = weir::pipe<int>();
  EXPECT_TRUE(fails_without(1, [&selecting, &rx] { selecting.add(std::move(rx)); }));
  EXPECT_EQ(selecting.try_recv().error(), weir::errc::would_block);
  EXPECT_TRUE(rx.open());
}

}  // namespace
