// SPDX-License-Identifier: MIT
#include <weir/detail/ring_buffer.hpp>

#include <cstdint>
#include <memory>
#include <new>
#include <stdexcept>

#include <gtest/gtest.h>

#include "testing/counted.hpp"

namespace {

using weir::detail::ring_buffer;
using weir::testing::counted;

template <class Item>
void push(ring_buffer<Item>& into, Item item) {
  into.push([&item](Item* place) { std::construct_at(place, std::move(item)); });
}

TEST(RingBuffer, GivesItemsBackInOrderWhileItGrowsAndShrinks) {
  ring_buffer<int> buffer(1);
  int pushed = 0;
  int popped = 0;
  for (int round = 1; round < 60; ++round) {
    for (int i = 0; i < round; ++i) push(buffer, ++pushed);
    for (int i = 0; i < round - round % 3; ++i) {
      ASSERT_EQ(buffer.front(), ++popped);
      buffer.pop();
    }
  }
  EXPECT_EQ(buffer.size(), static_cast<std::size_t>(pushed - popped));
  for (; !buffer.empty(); buffer.pop()) ASSERT_EQ(buffer.front(), ++popped);
  EXPECT_EQ(popped, pushed);
}

TEST(RingBuffer, NeverMovesAnItem) {
  ring_buffer<int> buffer(2);
  push(buffer, 1);
  const int* const first = &buffer.front();
  for (int i = 2; i < 100; ++i) push(buffer, i);
  EXPECT_EQ(&buffer.front(), first);
}

TEST(RingBuffer, IsLeftAsItWasWhereMakingAnItemThrows) {
  ring_buffer<int> buffer(1);
  push(buffer, 1);
  EXPECT_THROW(buffer.push([](int*) { throw std::runtime_error("no"); }), std::runtime_error);
  EXPECT_EQ(buffer.size(), 1U);
  push(buffer, 2);
  buffer.pop();
  EXPECT_EQ(buffer.front(), 2);
  buffer.pop();
  EXPECT_TRUE(buffer.empty());
}

TEST(RingBuffer, DestroysWhatIsInItAndKeepsItemsAligned) {
  struct alignas(256) wide {
    explicit wide(int& alive) : held(alive) {}
    counted held;
  };
  int alive = 0;
  {
    ring_buffer<wide> buffer(2);
    for (int i = 0; i < 9; ++i) {
      buffer.push([&alive](wide* place) { std::construct_at(place, alive); });
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&buffer.front()) % 256, 0U);
    }
    buffer.pop();
    EXPECT_EQ(alive, 8);
    buffer.clear();
    EXPECT_EQ(alive, 0);
    buffer.push([&alive](wide* place) { std::construct_at(place, alive); });
  }
  EXPECT_EQ(alive, 0);
}

TEST(RingBuffer, RefusesASizeNoMemoryHas) {
  EXPECT_THROW(ring_buffer<int>(static_cast<std::size_t>(-1)), std::bad_alloc);
}

}  // namespace
