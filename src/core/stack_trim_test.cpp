// SPDX-License-Identifier: MIT
// A hub with nothing to do gives the pages of stacks that were deep back to the system.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <weir/hub.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/wait.hpp>

#include "os/mapping.hpp"

namespace {

using namespace std::chrono_literals;

/// Touches a page far below the current frame, as a deep call does; returns it.
std::byte* go_deep() {
  constexpr std::uintptr_t depth = std::uintptr_t{64} * 1024;
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  const std::uintptr_t page = here - depth - here % weir::os::page_size();
  *reinterpret_cast<volatile std::byte*>(page) = std::byte{1};
  return reinterpret_cast<std::byte*>(page);
}

bool resident(std::byte* page) {
  unsigned char flags = 0;
  return ::mincore(page, weir::os::page_size(), &flags) == 0 && (flags & 1U) != 0;
}

std::ptrdiff_t resident_count(const std::vector<std::byte*>& pages) {
  return std::count_if(pages.begin(), pages.end(), resident);
}

TEST(StackTrim, AnIdleHubKeepsOnlyAFewDeepStacks) {
  constexpr std::ptrdiff_t count = 100;
  const weir::hub hub;
  weir::waiting_place place;  // so that all are there at once, each on a stack of its own
  std::vector<std::byte*> pages;
  std::vector<weir::task<>> tasks;
  for (int number = 0; number < count; ++number) {
    tasks.push_back(weir::spawn([&pages, &place] {
      pages.push_back(go_deep());
      return weir::wait("test").park(place);
    }));
  }
  place.wake_all();
  for (auto& each : tasks) static_cast<void>(each.await());
  ASSERT_EQ(resident_count(pages), count);
  for (int round = 0; round < 10'000 && resident_count(pages) > 17; ++round) {
    static_cast<void>(weir::sleep(1ms));  // idle: the first thing it does is to trim
  }
  EXPECT_LE(resident_count(pages), 17);
  EXPECT_GE(resident_count(pages), 1);  // those freed last stay as they are
}

}  // namespace
