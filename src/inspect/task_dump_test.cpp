// SPDX-License-Identifier: MIT
// Tracebacks of tasks, as functions, files and lines.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <source_location>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <weir/all.hpp>
#include <weir/pipe.hpp>
#include <weir/run.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/task_tree.hpp>
#include <weir/testing.hpp>
#include <weir/wait.hpp>
#include <weir/waiting_place.hpp>
#include <weir/with_timeout.hpp>

#include "testing/in_virtual_time.hpp"

namespace weir::testing {
namespace {

using namespace std::chrono_literals;

class TaskDump : public in_virtual_time {};

std::atomic<std::uint32_t> line_of_take = 0;

/// Tests look for it in tracebacks.
[[gnu::noinline]] int take(receiver<int>& from) {
  line_of_take = std::source_location::current().line() + 1;
  const auto taken = from.recv();
  return taken ? *taken : 0;
}

task_info dumped(std::uint64_t id) {
  for (task_info& each : task_dump()) {
    if (each.id == id) return std::move(each);
  }
  return {};
}

/// Of the frame whose function has `name` in it; -1 where there is none.
int position(const std::vector<stack_frame>& traceback, std::string_view name) {
  const auto found = std::ranges::find_if(traceback, [name](const stack_frame& each) {
    return each.function.find(name) != std::string::npos;
  });
  return found == traceback.end() ? -1 : static_cast<int>(found - traceback.begin());
}

TEST_F(TaskDump, OfAParkedTaskNamesTheCallsThatLedToTheParkWithFileAndLine) {
  auto [tx, rx] = pipe<int>();
  auto parked = spawn([&from = rx] { static_cast<void>(take(from)); });
  const task_info seen = dumped(parked.id());
  const std::vector<stack_frame>& trace = seen.traceback;
  ASSERT_EQ(trace.size(), 3U) << to_text(trace);
  EXPECT_EQ(trace[0].function, "weir::receiver<int>::recv");
  EXPECT_NE(trace[1].function.find("::take(weir::receiver<int>&)"), std::string::npos);
  EXPECT_TRUE(trace[1].file.ends_with("task_dump_test.cpp")) << trace[1].file;
  EXPECT_EQ(trace[1].line, line_of_take);
  EXPECT_FALSE(trace[1].inlined);
  EXPECT_NE(trace[1].address, nullptr);
  EXPECT_FALSE(trace[1].object.empty());
  EXPECT_NE(trace[2].function.find("OfAParkedTaskNames"), std::string::npos) << to_text(trace);
  EXPECT_EQ(seen.traceback_note, "");
  parked.cancel();
}

TEST_F(TaskDump, OfTheTaskThatAsksBeginsWithTheDump) {
  const auto trace = dumped(1).traceback;
  ASSERT_GE(trace.size(), 3U);
  EXPECT_EQ(trace[0].function, "weir::task_dump");
  EXPECT_EQ(position(trace, "dumped(unsigned long)"), 1);
  EXPECT_EQ(trace.back().function, "main");  // and not what calls it
}

TEST_F(TaskDump, OfTheThreadsOwnTaskGoesDownToMain) {
  std::vector<task_info> dump;
  auto asking = spawn([&dump] {
    static_cast<void>(sleep(1s));
    dump = task_dump();
  });
  static_cast<void>(asking.await());
  ASSERT_EQ(dump.size(), 2U);
  EXPECT_EQ(position(dump[0].traceback, "weir::task<void>::await"), 0)
      << to_text(dump[0].traceback);
  EXPECT_EQ(dump[0].traceback.back().function, "main");
}

TEST_F(TaskDump, HasAnEmptyTracebackForATaskThatHasNotStarted) {
  auto later = spawn_later(1h, [] {});
  auto ready = spawn_later(0s, [] {});
  const auto dump = task_dump();
  ASSERT_EQ(dump.size(), 3U);
  for (const std::size_t i : {1U, 2U}) {
    EXPECT_EQ(dump[i].co_status, coroutine_status::not_started);
    EXPECT_TRUE(dump[i].traceback.empty());
    EXPECT_EQ(dump[i].traceback_note, "");
  }
  later.cancel();
}

TEST_F(TaskDump, OfAReadyTaskSaysWhereItGoesOn) {
  auto [tx, rx] = pipe<int>();
  auto woken = spawn([&from = rx] { static_cast<void>(take(from)); });
  tx.close();
  const task_info seen = dumped(woken.id());
  EXPECT_EQ(seen.status, task_status::ready);
  EXPECT_EQ(position(seen.traceback, "::take("), 1);
}

TEST_F(TaskDump, KeepsTheUsersFunctionsThatWeirCallsAndThatCallWeir) {
  auto parked = spawn([] { static_cast<void>(with_timeout(1h, [] { return sleep(2h); })); });
  const auto trace = dumped(parked.id()).traceback;
  ASSERT_EQ(trace.size(), 4U) << to_text(trace);
  EXPECT_EQ(trace[0].function, "weir::sleep");
  EXPECT_NE(trace[1].function.find("KeepsTheUsersFunctions"), std::string::npos);
  EXPECT_EQ(trace[2].function, "weir::with_timeout");
  EXPECT_NE(trace[3].function.find("KeepsTheUsersFunctions"), std::string::npos);
  parked.cancel();
}

TEST_F(TaskDump, TellsThePlaceWhereAllWasCalled) {
  const std::uint32_t line = std::source_location::current().line() + 2;
  auto joiner =
      spawn([] { static_cast<void>(all([] { return sleep(1s); }, [] { return sleep(2s); })); });
  settle();
  const auto dump = task_dump();
  ASSERT_EQ(dump.size(), 4U);
  EXPECT_EQ(dump[2].spawned_from.line, line);
  EXPECT_TRUE(dump[2].spawned_from.file.ends_with("task_dump_test.cpp"));
  EXPECT_NE(to_text(dump).find("task_dump_test.cpp:" + std::to_string(line) + ": waits for sleep"),
            std::string::npos)
      << to_text(dump);
  joiner.cancel();
}

[[gnu::noinline]] void go_down(int levels, waiting_place& place) {
  if (levels > 0) {
    go_down(levels - 1, place);
    asm volatile("");  // no tail call
    return;
  }
  wait here("test");
  static_cast<void>(here.park(place));
}

TEST_F(TaskDump, OfADeepRecursionHasItsInnermostFramesAndSaysSo) {
  waiting_place place;
  auto deep = spawn({.stack_size = std::size_t{1} << 20U}, [&place] { go_down(200, place); });
  const task_info seen = dumped(deep.id());
  EXPECT_GE(seen.traceback.size(), 64U);
  EXPECT_LT(seen.traceback.size(), 200U);
  EXPECT_EQ(seen.traceback_note, "there are more frames, further out");
  EXPECT_NE(to_text(std::vector{seen}).find("(there are more frames"), std::string::npos);
  place.wake_all();
}

TEST_F(TaskDump, IsOfOneMomentThoughOthersRunMeanwhile) {
  // At the second time all is known, and others run while it is written: that of 4,000 traces takes
  // more than one slice.
  for (int time = 0; time < 2; ++time) {
    std::vector<task<void>> sleepers;
    for (int i = 0; i < 4000; ++i) {
      sleepers.push_back(
          spawn([] { static_cast<void>(with_timeout(1h, [] { return sleep(2h); })); }));
    }
    bool all_cancelled = false;
    auto cancelling = spawn_later(0s, [&] {
      for (auto& each : sleepers) each.cancel();
      all_cancelled = true;
    });
    const auto dump = task_dump();
    EXPECT_TRUE(all_cancelled) << time;
    ASSERT_EQ(dump.size(), 4002U);
    EXPECT_TRUE(std::ranges::all_of(dump.begin() + 1, dump.end() - 1, [](const task_info& each) {
      return each.traceback.size() == 4 && each.status == task_status::waiting;
    })) << time;
    settle();
  }
}

TEST_F(TaskDump, OfTenThousandTasksHasThemAll) {
  constexpr std::size_t count =
      detail::address_sanitized || detail::thread_sanitized ? 2000 : 10000;
  std::vector<task<void>> sleepers;
  for (std::size_t i = 0; i < count; ++i) {
    sleepers.push_back(spawn([] { static_cast<void>(sleep(1h)); }));
  }
  const auto dump = task_dump();
  ASSERT_EQ(dump.size(), count + 1);
  EXPECT_TRUE(std::ranges::all_of(dump.begin() + 1, dump.end(), [](const task_info& each) {
    return each.traceback.size() == 2 && each.traceback[0].function == "weir::sleep";
  }));
  EXPECT_FALSE(to_text(dump).empty());
  for (auto& each : sleepers) each.cancel();
}

TEST_F(TaskDump, LosesNoMessageThoughTakenAHundredTimesMeanwhile) {
  constexpr int pairs = 100;
  constexpr int messages = 200;
  long received = 0;
  std::vector<task<void>> all_tasks;
  for (int i = 0; i < pairs; ++i) {
    auto [tx, rx] = pipe<int>();
    all_tasks.push_back(spawn([to = std::move(tx)]() mutable {
      for (int n = 1; n <= messages; ++n) {
        static_cast<void>(to.send(n));
        if (n % 7 == 0) static_cast<void>(sleep(1ms));
      }
    }));
    all_tasks.push_back(spawn([from = std::move(rx), &received]() mutable {
      for (int expected = 1; expected <= messages; ++expected) {
        const auto got = from.recv();
        if (got && *got == expected) ++received;
      }
    }));
  }
  for (int i = 0; i < 100; ++i) {
    for (const task_info& each : task_dump()) {
      EXPECT_EQ(each.traceback_note, "");
      EXPECT_EQ(each.traceback.empty(), each.co_status == coroutine_status::not_started);
    }
    static_cast<void>(sleep(100us));
  }
  for (auto& each : all_tasks) EXPECT_TRUE(each.await());
  EXPECT_EQ(received, long{pairs} * messages);
}

TEST_F(TaskDump, IsTakenByACancelledTaskToo) {
  std::size_t seen = 0;
  auto cancelled = spawn([&seen] {
    static_cast<void>(sleep(1h));
    EXPECT_FALSE(sleep(1s));
    seen = task_dump().size();
  });
  cancelled.cancel();
  static_cast<void>(cancelled.await());
  EXPECT_EQ(seen, 2U);
}

TEST(TaskDumpOnSeveralThreads, SharesWhatWasLookedUp) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      const auto dump = run([] {
        auto [tx, rx] = pipe<int>();
        auto parked = spawn([&from = rx] { static_cast<void>(take(from)); });
        auto taken = task_dump();
        tx.close();
        return taken;
      });
      ASSERT_TRUE(dump);
      EXPECT_EQ(position(dump->at(1).traceback, "::take("), 1);
    });
  }
}

}  // namespace
}  // namespace weir::testing
