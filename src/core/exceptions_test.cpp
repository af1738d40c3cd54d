// SPDX-License-Identifier: MIT
// Exceptions are a task's own, whatever the others throw meanwhile.
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <weir/hub.hpp>
#include <weir/run.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/testing.hpp>

#include "testing/counted.hpp"

namespace {

using namespace std::chrono_literals;
using weir::testing::counted;

/// Yields several times while it handles an exception, with others nested in it.
void throw_and_park(int number) {
  try {
    throw std::runtime_error(std::to_string(number));
  } catch (const std::runtime_error& outer) {
    weir::yield();
    EXPECT_EQ(outer.what(), std::to_string(number));
    EXPECT_EQ(std::uncaught_exceptions(), 0);
    try {
      throw number;
    } catch (const int inner) {
      for (int round = 0; round <= number % 3; ++round) weir::yield();
      EXPECT_EQ(inner, number);
    }
    weir::yield();
    try {
      throw;  // the outer one again
    } catch (const std::runtime_error& again) {
      weir::yield();
      EXPECT_EQ(again.what(), std::to_string(number));
    }
  }
  EXPECT_EQ(std::current_exception(), nullptr);
}

TEST(Exceptions, ATaskParkedInACatchBlockRethrowsItsOwn) {
  weir::testing::virtual_hub hub;
  std::vector<weir::task<>> tasks;
  for (int number = 0; number < 30; ++number) {
    tasks.push_back(weir::spawn([number] { throw_and_park(number); }));
  }
  throw_and_park(1000);  // the thread's own task as well
  for (auto& each : tasks) EXPECT_TRUE(each.await());
}

TEST(Exceptions, TheOrderInWhichTasksGoOnDoesNotMatter) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    weir::testing::virtual_hub hub({.shuffle_seed = seed});
    std::vector<weir::task<>> tasks;
    for (int number = 0; number < 10; ++number) {
      tasks.push_back(weir::spawn([number] { throw_and_park(number); }));
    }
    for (auto& each : tasks) EXPECT_TRUE(each.await());
  }
}

TEST(Exceptions, ATaskSpawnedInACatchBlockHandlesNone) {
  weir::testing::virtual_hub hub;
  try {
    throw std::runtime_error("the spawner's");
  } catch (const std::exception&) {
    auto task = weir::spawn([] { return std::current_exception() == nullptr; });
    EXPECT_TRUE(task.await().value());
    EXPECT_THROW(throw, std::runtime_error);
  }
}

TEST(Exceptions, AHubMayBeMadeAndEndedInACatchBlock) {
  try {
    throw std::runtime_error("the thread's");
  } catch (const std::exception&) {
    EXPECT_EQ(weir::run([] { return std::current_exception() == nullptr; }), true);
    {
      weir::hub hub;
      auto task = weir::spawn([] { throw_and_park(2); });
      EXPECT_TRUE(task.await());
    }
    EXPECT_THROW(throw, std::runtime_error);
  }
}

/// Parks in its destructor, and tells how many exceptions were under way before and after.
class parks_when_destroyed {
 public:
  parks_when_destroyed(int& before, int& after) : before_(before), after_(after) {}
  parks_when_destroyed(const parks_when_destroyed&) = delete;
  parks_when_destroyed& operator=(const parks_when_destroyed&) = delete;
  ~parks_when_destroyed() {
    before_ = std::uncaught_exceptions();
    weir::yield();
    EXPECT_TRUE(weir::sleep(1ms));
    after_ = std::uncaught_exceptions();
  }

 private:
  int& before_;
  int& after_;
};

TEST(Exceptions, ADestructorMayParkWhileItsTaskUnwinds) {
  weir::testing::virtual_hub hub;
  for (int round = 0; round < 3; ++round) {
    int before = -1;
    int after = -1;
    auto unwinding = weir::spawn([&before, &after] {
      try {
        const parks_when_destroyed guard(before, after);
        throw std::runtime_error("under way");
      } catch (const std::runtime_error& caught) {
        return std::string(caught.what());
      }
    });
    // It is parked in the destructor now.
    EXPECT_EQ(before, 1);
    EXPECT_EQ(std::uncaught_exceptions(), 0);
    auto other = weir::spawn([] {
      throw_and_park(7);
      return std::uncaught_exceptions();
    });
    EXPECT_EQ(other.await(), 0);
    EXPECT_EQ(unwinding.await(), "under way");
    EXPECT_EQ(after, 1);
  }
}

TEST(Exceptions, ManyDestructorsMayParkAtOnceWhileTheirTasksUnwind) {
  weir::testing::virtual_hub hub;
  std::vector<weir::task<>> tasks;
  for (int number = 0; number < 20; ++number) {
    tasks.push_back(weir::spawn([number] {
      int before = 0;
      int after = 0;
      try {
        const parks_when_destroyed outer(before, after);
        const parks_when_destroyed inner(before, after);
        throw number;
      } catch (const int caught) {
        EXPECT_EQ(caught, number);
        EXPECT_EQ(before, 1);
        EXPECT_EQ(after, 1);
      }
    }));
  }
  for (auto& each : tasks) EXPECT_TRUE(each.await());
}

[[gnu::noinline]] int throw_from_depth(int depth, int& alive) {
  const counted here(alive);
  if (depth == 0) throw std::runtime_error("from far below");
  return throw_from_depth(depth - 1, alive) + 1;
}

TEST(Exceptions, OneCrossesAThousandFramesOfATask) {
  int alive = 0;
  const weir::hub_options deep{.stack_size =
                                   std::size_t{4} * 1024 * 1024};  // a sanitizer's frames are large
  EXPECT_THROW(static_cast<void>(weir::run(deep, [&alive] { throw_from_depth(1000, alive); })),
               std::runtime_error);
  EXPECT_EQ(alive, 0);
}

TEST(Exceptions, AnExceptionThatLeavesATaskIsKeptAndRethrownByAwait) {
  weir::testing::virtual_hub hub;
  auto task = weir::spawn([]() -> int { throw std::out_of_range("kept"); });
  EXPECT_TRUE(task.done());
  weir::yield();
  try {
    static_cast<void>(task.await());
    FAIL() << "await did not throw";
  } catch (const std::out_of_range& thrown) {
    EXPECT_STREQ(thrown.what(), "kept");
  }
}

TEST(Exceptions, AwaitRethrowsInsideACatchBlockOfTheWaitingTask) {
  weir::testing::virtual_hub hub;
  auto task = weir::spawn([] {
    weir::yield();
    throw std::out_of_range("the awaited one's");
  });
  try {
    throw std::runtime_error("the waiting one's");
  } catch (const std::runtime_error&) {
    EXPECT_THROW(static_cast<void>(task.await()), std::out_of_range);
    EXPECT_THROW(throw, std::runtime_error);
  }
}

TEST(Exceptions, OneThatIsNoStandardExceptionIsKeptToo) {
  weir::testing::virtual_hub hub;
  auto task = weir::spawn([] { throw 42; });
  EXPECT_THROW(static_cast<void>(task.await()), int);
}

TEST(Exceptions, RunRethrowsWhatItsFunctionThrew) {
  EXPECT_THROW(static_cast<void>(weir::run([] { throw std::logic_error("main's"); })),
               std::logic_error);
}

}  // namespace
