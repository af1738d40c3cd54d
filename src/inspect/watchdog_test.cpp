// SPDX-License-Identifier: MIT
// Tasks that run for long are reported while they do, on the real kernel and in real time. A test
// ends when what it waits for has come.
#include "inspect/watchdog.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <weir/testing.hpp>
#include <weir/weir.hpp>

#include "core/hub_core.hpp"
#include "core/name_change.hpp"
#include "os/fd.hpp"
#include "testing/captured_log.hpp"
#include "testing/child_process.hpp"
#include "testing/comes_true.hpp"
#include "testing/kept_action.hpp"

namespace weir::testing {
namespace {

using namespace std::chrono_literals;
using detail::hub_core;
using detail::watchdog;

constexpr hub_options watched{.watchdog = 1ms};

/// Runs without yielding until `log` has `count` messages with `part` in them.
[[gnu::noinline]] void spin_until_said(const captured_log& log, std::string_view part,
                                       std::size_t count = 1) {
  EXPECT_TRUE(comes_true([&] { return log.count(part) >= count; })) << part;
}

/// Gives this thread's hub a watchdog whose inside the test can see.
const watchdog& watch_this_hub(std::chrono::nanoseconds limit = 1ms) {
  auto made = std::make_unique<watchdog>(hub_core::here(), limit);
  const watchdog& dog = *made;
  hub_core::here().watch(std::move(made));
  return dog;
}

void spin_until_interrupted(const watchdog& dog, std::uint64_t times) {
  const std::uint64_t end = dog.interruptions() + times;
  EXPECT_TRUE(comes_true([&dog, end] { return dog.interruptions() >= end; }));
}

std::size_t thread_count() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return static_cast<std::size_t>(
      std::distance(std::filesystem::begin(tasks), std::filesystem::end(tasks)));
}

class Watchdog : public ::testing::Test {
 protected:
  const captured_log log;
};

TEST_F(Watchdog, ATaskThatSpinsIsReportedWhileItStillDoes) {
  EXPECT_TRUE(run(watched, [this] {
    return spawn({.name = "spinner"}, [this] { spin_until_said(log, "\"spinner\""); }).await();
  }));
  const std::string report = log.messages().at(0);
  EXPECT_NE(report.find("task 2 \"spinner\", spawned at "), report.npos) << report;
  EXPECT_NE(report.find("watchdog_test.cpp:"), report.npos) << report;
  EXPECT_NE(report.find("without yielding, and still does"), report.npos) << report;
  EXPECT_NE(report.find("spin_until_said"), report.npos) << report;
}

TEST_F(Watchdog, TheThreadsOwnTaskIsReportedToo) {
  const hub own(watched);
  spin_until_said(log, "task 1 \"main\" has run for ");
  EXPECT_EQ(log.count("spin_until_said"), 1U);
}

TEST_F(Watchdog, AStretchIsReportedOnce) {
  const hub own;
  const watchdog& dog = watch_this_hub();
  spin_until_said(log, "task 1 ");
  spin_until_interrupted(dog, 20);
  EXPECT_EQ(log.count("task 1 "), 1U);
  static_cast<void>(yield());
  spin_until_said(log, "task 1 ", 2);
}

TEST_F(Watchdog, ATaskThatBlocksInACallIsReportedAndTheCallGoesOn) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const os::fd reading(ends[0]);
  const os::fd writing(ends[1]);
  std::thread letting_go([this, &writing] {
    spin_until_said(log, "\"reader\"");
    EXPECT_EQ(::write(writing.get(), "x", 1), 1);
  });
  EXPECT_TRUE(run(watched, [&reading] {
    return spawn({.name = "reader"},
                 [&reading] {
                   char got = 0;
                   EXPECT_EQ(::read(reading.get(), &got, 1), 1);
                 })
        .await();
  }));
  letting_go.join();
}

TEST_F(Watchdog, ATaskOfAVirtualHubIsWatchedInRealTime) {
  const virtual_hub own({.hub = watched});
  EXPECT_TRUE(sleep(1h));
  EXPECT_EQ(log.count("task 1 "), 0U);
  spin_until_said(log, "task 1 ");
}

TEST_F(Watchdog, OffByDefaultThereIsNoThreadAndNoHandler) {
  kept_action kept(SIGURG);
  const std::size_t before = thread_count();
  const hub own;
  EXPECT_EQ(thread_count(), before);
  EXPECT_TRUE(kept.is(SIG_DFL));
}

TEST_F(Watchdog, ThreadAndHandlerGoWithTheHub) {
  kept_action kept(SIGURG);
  const std::size_t before = thread_count();
  {
    const hub own(watched);
    EXPECT_EQ(thread_count(), before + 1);
    EXPECT_FALSE(kept.is(SIG_DFL));
  }
  // It is joined before /proc knows.
  EXPECT_TRUE(comes_true([before] { return thread_count() == before; }));
  EXPECT_TRUE(kept.is(SIG_DFL));
}

int others = 0;
void count_others(int /*number*/) { ++others; }

TEST_F(Watchdog, OnlySignalsOfOthersReachAHandlerOfTheProgram) {
  kept_action kept(SIGURG);
  kept.put(count_others);
  others = 0;
  const hub own;
  const watchdog& dog = watch_this_hub();
  spin_until_interrupted(dog, 10);
  EXPECT_EQ(others, 0);
  ::raise(SIGURG);
  EXPECT_EQ(others, 1);
}

TEST_F(Watchdog, RestsWhileTheHubSleeps) {
  const int told = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  const hub own({.spin = 0ns});
  const watchdog& dog = watch_this_hub();
  const auto [reading, writing] = register_fd(told, true, false);
  std::thread waking([&dog, told] {
    EXPECT_TRUE(comes_true([&dog] { return dog.at_rest(); }));
    const std::uint64_t one = 1;
    EXPECT_EQ(::write(told, &one, sizeof one), 8);
  });
  EXPECT_EQ(reading->recv(), readiness::ready);
  waking.join();
  spin_until_said(log, "task 1 ");  // it goes on
  EXPECT_TRUE(unregister_fd(told));
}

TEST_F(Watchdog, AThreadThatCannotBeInterruptedIsReported) {
  sigset_t only{};
  ::sigemptyset(&only);
  ::sigaddset(&only, SIGURG);
  sigset_t former{};
  ::pthread_sigmask(SIG_BLOCK, &only, &former);
  {
    const hub own;
    hub_core::here().watch(std::make_unique<watchdog>(hub_core::here(), 1ms, 1ms));
    spin_until_said(log, "cannot be looked at");
  }
  ::pthread_sigmask(SIG_SETMASK, &former, nullptr);
}

TEST_F(Watchdog, EveryHubHasItsOwn) {
  std::vector<std::thread> threads;
  for (int number = 0; number < 3; ++number) {
    threads.emplace_back([this, number] {
      const std::string name = fmt::format("busy {}", number);
      EXPECT_TRUE(run(watched, [this, &name] {
        return spawn({.name = name}, [this, &name] { spin_until_said(log, name); }).await();
      }));
    });
  }
  for (std::thread& thread : threads) thread.join();
}

/// Whether a thread of this process is asleep in the kernel, proc_pid_stat(5).
bool sleeps(pid_t thread) {
  std::ifstream file(fmt::format("/proc/self/task/{}/stat", thread));
  std::string told;
  std::getline(file, told);
  const std::size_t name_end = told.rfind(") ");
  return name_end != told.npos && told.at(name_end + 2) == 'S';
}

TEST_F(Watchdog, AHubThatEndsWaitsForTheReportThatIsBeingMade) {
  const pid_t hub_thread = ::gettid();
  std::atomic<bool> begun = false;
  std::atomic<bool> ending = false;
  std::atomic<bool> ended = false;
  std::atomic<bool> said = false;
  set_logger([&, hub_thread](log_level /*level*/, std::string_view /*text*/) {
    begun = true;
    const auto waits = [&] { return ending && sleeps(hub_thread); };
    EXPECT_TRUE(comes_true([&] { return ended || waits(); }));
    said = true;
  });
  {
    const hub own(watched);
    EXPECT_TRUE(comes_true([&begun] { return begun.load(); }));
    ending = true;
  }
  EXPECT_TRUE(said);
  ended = true;
  set_logger({});
}

TEST_F(Watchdog, ATaskIsNotLookedAtWhileItsNameIsBeingChanged) {
  const hub own;
  const watchdog& dog = watch_this_hub();
  {
    const detail::name_change changing;
    spin_until_interrupted(dog, 20);
    EXPECT_EQ(log.count("task 1 "), 0U);
  }
  spin_until_said(log, "task 1 ");
}

TEST_F(Watchdog, ALongNameIsCut) {
  const std::string name(1000, 'n');
  EXPECT_TRUE(run(watched, [this, &name] {
    return spawn({.name = name}, [this] { spin_until_said(log, "nnn"); }).await();
  }));
  EXPECT_EQ(log.count(std::string(128, 'n') + '"'), 1U);
  EXPECT_EQ(log.count(std::string(129, 'n')), 0U);
}

TEST_F(Watchdog, AForkedChildIsNotWatchedAndMayHaveOneOfItsOwn) {
  if (detail::thread_sanitized) GTEST_SKIP() << "it lets no forked child begin threads";
  const hub own(watched);
  const auto child = in_child([] {
    if (thread_count() != 1) return 1;
    std::atomic<bool> said = false;
    set_logger([&said](log_level /*level*/, std::string_view /*text*/) { said = true; });
    const auto ran = run(watched, [&said] { return comes_true([&said] { return said.load(); }); });
    return ran == true ? 0 : 2;
  });
  EXPECT_TRUE(child.exited_with(0)) << child.status;
}

/// Does what a handler could come in the midst of: switches, spawns, names, exceptions, memory.
int work(int depth) {
  task_name(std::string(static_cast<std::size_t>(depth) * 30, 'x'));
  if (depth == 0) return 1;
  std::vector<task<int>> children;
  for (int n = 0; n < 3; ++n) {
    children.push_back(spawn({.name = std::string(40, 'c')}, [depth] { return work(depth - 1); }));
  }
  int sum = 0;
  for (auto& child : children) sum += *child.await();
  try {
    throw std::runtime_error("thrown to be caught");
  } catch (const std::runtime_error&) {
    static_cast<void>(yield());
  }
  return sum;
}

TEST_F(Watchdog, ItsInterruptionsDisturbNothingWhereverTheyCome) {
  for (const auto limit : {std::chrono::nanoseconds(1), std::chrono::nanoseconds(400us)}) {
    const hub own;
    const watchdog& dog = watch_this_hub(limit);
    EXPECT_TRUE(
        comes_true([&dog] { return dog.interruptions() >= 100; }, [] { EXPECT_EQ(work(3), 27); }));
  }
}

}  // namespace
}  // namespace weir::testing
