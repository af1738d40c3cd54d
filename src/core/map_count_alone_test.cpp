// SPDX-License-Identifier: MIT
// Guards made by mprotect need mappings of their own, of which the system allows only so many.
#include <cstddef>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/wait.hpp>

#include "core/hub_core.hpp"

namespace {

std::size_t max_map_count() {
  std::size_t most = 0;
  std::ifstream("/proc/sys/vm/max_map_count") >> most;
  return most;
}

TEST(MapCount, RunningOutOfMappingsIsAnErrorOfTheTaskAndTheHubGoesOn) {
  auto parts = weir::detail::hub_parts::real();
  parts.guard = weir::os::guard_kind::protection;
  auto hub = weir::detail::make_hub({}, std::move(parts), weir::detail::thread_role::first_task);

  weir::waiting_place place;
  std::vector<weir::task<>> waiting;
  waiting.reserve(max_map_count());
  std::error_code refused;
  while (!refused && waiting.size() < waiting.capacity()) {
    auto task = weir::spawn([&place] { return weir::wait("test").park(place); });
    if (task.done()) {
      refused = task.await().error();
    } else {
      waiting.push_back(std::move(task));
    }
  }
  EXPECT_EQ(refused, std::errc::not_enough_memory);
  EXPECT_GT(waiting.size(), max_map_count() / 2 - 1000);  // a stack and its guard
  EXPECT_EQ(weir::stats().task_count, waiting.size() + 1);

  place.wake_one();
  EXPECT_TRUE(waiting.front().await());
  EXPECT_EQ(weir::spawn([] { return 1; }).await(), 1);  // on the stack that is free now
  place.wake_all();
  for (std::size_t number = 1; number < waiting.size(); ++number) {
    EXPECT_TRUE(waiting[number].await());
  }
  weir::detail::end_hub(std::move(hub));
}

}  // namespace
