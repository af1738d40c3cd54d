// SPDX-License-Identifier: MIT
// Tests that messages, waits and deadlines allocate nothing. A program of its own, since it counts
// every allocation there is.
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <new>

#include <gtest/gtest.h>

#include <weir/hub.hpp>
#include <weir/pipe.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/task.hpp>
#include <weir/testing.hpp>

namespace {

std::atomic<std::size_t> allocations{0};

void* counted_allocation(std::size_t size) {
  ++allocations;
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

TEST(PipeAllocation, IsCountedHere) {
  EXPECT_GE(allocations_of([] { static_cast<void>(weir::pipe<int>()); }), 1U);
}

TEST(PipeAllocation, IsNotNeededToSendToAWaitingReceiver) {
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

TEST(PipeAllocation, IsNotNeededToReceiveFromAWaitingSender) {
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

TEST(PipeAllocation, IsNotNeededToWaitWithADeadlineBeItMetOrNot) {
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

TEST(PipeAllocation, IsNotNeededToBeRefused) {
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

}  // namespace
