// SPDX-License-Identifier: MIT
// SIGUSR1 shows the tasks of a program that runs on.
#include <weir/dump_signal.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <weir/testing.hpp>
#include <weir/weir.hpp>

#include "os/signal_arrivals.hpp"
#include "testing/captured_log.hpp"
#include "testing/comes_true.hpp"
#include "testing/holdings.hpp"
#include "testing/kept_action.hpp"

namespace weir::testing {
namespace {

using namespace std::chrono_literals;

/// The process's action on SIGUSR1 stays as it was, and what is logged is seen.
class DumpSignal : public ::testing::Test {
 protected:
  /// Where libdw is missing, the first dump of the process says so: not in a test.
  static void SetUpTestSuite() {
    static_cast<void>(run([] { return task_dump(); }));
  }

  /// Lets other tasks run until a message has `part` in it. Whether one has, in time.
  [[nodiscard]] bool is_said(std::string_view part) const {
    return comes_true([this, part] { return log.count(part) != 0; },
                      [] { static_cast<void>(yield()); });
  }

  kept_action kept{SIGUSR1};
  const captured_log log;
};

TEST_F(DumpSignal, WithoutAHubItIsRefused) {
  EXPECT_THROW(enable_dump_signal(), std::logic_error);
  EXPECT_TRUE(kept.is(SIG_DFL));
}

TEST_F(DumpSignal, TheSignalLogsTheTasksAndTheProgramRunsOn) {
  const auto ran = run([this] {
    enable_dump_signal();
    auto [tx, rx] = pipe<int>();
    auto waiting =
        spawn({.name = "receiver"}, [end = std::move(rx)]() mutable { return end.recv(); });
    ::kill(::getpid(), SIGUSR1);
    EXPECT_TRUE(is_said("\"receiver\""));
    EXPECT_TRUE(tx.send(5));
    return waiting.await();
  });
  EXPECT_EQ(ran, 5);
  ASSERT_EQ(log.messages().size(), 1U);
  const std::string dump = log.messages().at(0);
  EXPECT_NE(dump.find("pipe.recv"), dump.npos) << dump;
  EXPECT_NE(dump.find("dump_signal_test.cpp"), dump.npos) << dump;
}

TEST_F(DumpSignal, TheDumpIsInTheFormatThatWasAskedForLast) {
  const hub own;
  enable_dump_signal(dump_format::json);
  ::raise(SIGUSR1);
  ASSERT_TRUE(is_said("\"name\":\"main\""));
  EXPECT_TRUE(log.messages().at(0).starts_with('['));
  enable_dump_signal();
  ::raise(SIGUSR1);
  ASSERT_TRUE(is_said("task 1 \"main\""));
  EXPECT_FALSE(log.messages().at(1).starts_with('['));
}

TEST_F(DumpSignal, AVirtualHubAnswersToo) {
  const virtual_hub own;
  enable_dump_signal();
  ::raise(SIGUSR1);
  settle();
  EXPECT_EQ(log.messages().size(), 1U);
  settle();
  EXPECT_EQ(log.messages().size(), 1U);
}

TEST_F(DumpSignal, SignalsThatComeBeforeADumpBeginsShareIt) {
  const virtual_hub own;
  enable_dump_signal();
  for (int number = 0; number < 3; ++number) ::raise(SIGUSR1);
  settle();
  EXPECT_EQ(log.messages().size(), 1U);
}

TEST_F(DumpSignal, AHubThatSleepsWakesUpForIt) {
  const int told = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  std::thread asking;
  EXPECT_TRUE(run([this, told, &asking] {
    enable_dump_signal();
    const auto [reading, writing] = register_fd(told, true, false);
    asking = std::thread([this, told] {
      ::raise(SIGUSR1);
      EXPECT_TRUE(comes_true([this] { return !log.messages().empty(); }));
      const std::uint64_t one = 1;
      EXPECT_EQ(::write(told, &one, sizeof one), 8);
    });
    EXPECT_EQ(reading->recv(), readiness::ready);
    EXPECT_TRUE(unregister_fd(told));
  }));
  asking.join();
}

TEST_F(DumpSignal, MakesNoDifferenceToWhatTheProgramSees) {
  const virtual_hub own;
  const holdings before = held_now();
  enable_dump_signal();
  settle();
  EXPECT_EQ(held_now(), before);
  EXPECT_EQ(task_tree().size(), 1U);
  EXPECT_TRUE(sleep(1h));
  auto [tx, rx] = pipe<int>();
  EXPECT_EQ(error_of(rx.recv()), errc::deadlock);
}

TEST_F(DumpSignal, KeepsNoHubAliveAndGivesTheFormerActionBack) {
  kept.put(SIG_IGN);
  EXPECT_TRUE(run([this] {
    enable_dump_signal();
    EXPECT_FALSE(kept.is(SIG_IGN));
  }));
  EXPECT_TRUE(kept.is(SIG_IGN));
}

TEST_F(DumpSignal, OneThatComesAsTheHubEndsIsHarmless) {
  for (int round = 0; round < 20; ++round) {
    EXPECT_TRUE(run([] {
      enable_dump_signal();
      static_cast<void>(yield());
      ::raise(SIGUSR1);
    }));
  }
}

TEST_F(DumpSignal, EveryHubThatAskedForItAnswers) {
  std::atomic<int> ready = 0;
  const auto answering = [this, &ready](const std::string& name) {
    EXPECT_TRUE(run([this, &ready, &name] {
      enable_dump_signal();
      task_name(name);
      ++ready;
      EXPECT_TRUE(is_said(name));
    }));
  };
  std::thread one(answering, "the one");
  std::thread other(answering, "the other");
  EXPECT_TRUE(comes_true([&ready] { return ready == 2; }));
  ::raise(SIGUSR1);
  one.join();
  other.join();
}

TEST_F(DumpSignal, InATeardownItIsRefused) {
  EXPECT_TRUE(run([] {
    stop();
    EXPECT_THROW(enable_dump_signal(), std::system_error);
  }));
  EXPECT_TRUE(kept.is(SIG_DFL));
}

TEST_F(DumpSignal, ALoggerMayParkInTheTaskThatDumps) {
  std::atomic<int> said = 0;
  set_logger([&said](log_level /*level*/, std::string_view /*text*/) {
    EXPECT_TRUE(sleep(1ms));
    ++said;
  });
  {
    const virtual_hub own;
    enable_dump_signal();
    ::raise(SIGUSR1);
    EXPECT_TRUE(sleep(1s));
    EXPECT_EQ(said, 1);
  }
  set_logger({});
}

TEST_F(DumpSignal, ASignalThatComesDuringADumpIsAnsweredByAnother) {
  int said = 0;
  set_logger([&said](log_level /*level*/, std::string_view /*text*/) {
    if (++said == 1) ::raise(SIGUSR1);
  });
  {
    const virtual_hub own;
    enable_dump_signal();
    ::raise(SIGUSR1);
    settle();
    EXPECT_EQ(said, 2);
  }
  set_logger({});
}

TEST_F(DumpSignal, AnotherSignalIsNotAnswered) {
  const kept_action other(SIGUSR2);
  const os::signal_arrivals counted(SIGUSR2);
  const virtual_hub own;
  enable_dump_signal();
  ::raise(SIGUSR1);
  settle();
  ::raise(SIGUSR2);
  settle();
  EXPECT_EQ(counted.count(), 1U);
  EXPECT_EQ(log.messages().size(), 1U);
}

TEST_F(DumpSignal, EachSignalIsAnsweredByADumpThatBeginsAfterIt) {
  const hub own;
  enable_dump_signal();
  for (int round = 0; round < 100; ++round) {
    const std::string name = fmt::format("round {}.", round);
    task_name(name);
    std::thread([] { ::raise(SIGUSR1); }).join();
    ASSERT_TRUE(is_said(name)) << name;
  }
}

/// Hands a number to and fro, adding one each time, which `done` counts.
task<int> begin_exchange(int turns, std::atomic<int>& done) {
  auto there = pipe<int>();
  auto back = pipe<int>();
  return spawn([turns, &done, there = std::move(there), back = std::move(back)]() mutable {
    auto other = spawn([turns, rx = std::move(there.rx), tx = std::move(back.tx)]() mutable {
      for (int turn = 0; turn < turns; ++turn) EXPECT_TRUE(tx.send(rx.recv().value() + 1));
    });
    int number = 0;
    for (int turn = 0; turn < turns; ++turn, ++done) {
      EXPECT_TRUE(there.tx.send(number + 1));
      number = back.rx.recv().value();
    }
    EXPECT_TRUE(other.await());
    return number;
  });
}

TEST_F(DumpSignal, AStormOfSignalsUnderLoadLosesNothing) {
  constexpr int pairs = 150;
  constexpr int turns = 200;
  constexpr int signals = 100;
  std::atomic<int> done = 0;
  const hub own;
  enable_dump_signal(dump_format::json);
  std::vector<task<int>> exchanging;
  for (int number = 0; number < pairs; ++number) {
    exchanging.push_back(begin_exchange(turns, done));
  }
  std::thread storm([&done] {
    for (int sent = 0; sent < signals; ++sent) {
      const int due = sent * (pairs * turns / signals);
      ASSERT_TRUE(comes_true([&done, due] { return done >= due; }));
      ::kill(::getpid(), SIGUSR1);
    }
  });
  int sum = 0;
  for (auto& each : exchanging) sum += each.await().value_or(0);
  EXPECT_EQ(sum, pairs * turns * 2);
  storm.join();
  // What was sent to the process may be handled after that; this one is the last.
  task_name("after the storm");
  ::raise(SIGUSR1);
  EXPECT_TRUE(is_said("after the storm"));
  EXPECT_LE(log.messages().size(), static_cast<std::size_t>(signals) + 1);
}

}  // namespace
}  // namespace weir::testing
