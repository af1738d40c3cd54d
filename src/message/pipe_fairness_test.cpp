// SPDX-License-Identifier: MIT
// Tests that a task whose calls at pipes need not wait lets others run all the same.
#include <chrono>
#include <vector>

#include <gtest/gtest.h>

#include <weir/pipe.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/task.hpp>
#include <weir/testing.hpp>

#include "testing/holdings.hpp"
#include "testing/in_cancelled_task.hpp"

namespace {

using namespace std::chrono_literals;
using weir::errc;
using weir::testing::error_of;
using weir::testing::in_cancelled_task;
using weir::testing::virtual_hub;

/// How many calls of `call` this task makes in a row before another one, ready all along, runs.
template <class Call>
int calls_before_others_run(Call call) {
  weir::yield();
  bool other_ran = false;
  weir::spawn_later({.detached = true}, 0ms, [&other_ran] { other_ran = true; });
  int made = 0;
  for (; !other_ran && made < 1000; ++made) call(made);
  return made;
}

TEST(PipeFairness, AfterAHundredAndTwentyEightRecvsWithoutParkingOthersRun) {
  virtual_hub hub;
  std::vector<weir::pair<int>> pipes;
  std::vector<weir::task<void>> senders;
  pipes.reserve(300);
  for (int i = 0; i < 300; ++i) {
    pipes.push_back(weir::pipe<int>());
    senders.push_back(weir::spawn([&tx = pipes.back().tx, i] { return tx.send(i); }));
  }
  const int made = calls_before_others_run([&pipes](int number) {
    EXPECT_EQ(pipes[static_cast<std::size_t>(number)].rx.recv(), number);
  });
  EXPECT_EQ(made, 128);
  const int again = calls_before_others_run([&pipes, made](int number) {
    EXPECT_EQ(pipes[static_cast<std::size_t>(number + made)].rx.recv(), number + made);
  });
  EXPECT_EQ(again, 128);
  for (auto& each : pipes) each.close();
  for (auto& each : senders) static_cast<void>(each.await());
}

TEST(PipeFairness, AfterAHundredAndTwentyEightCallsRefusedOthersRun) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  auto waiting = weir::spawn([&rx] { return rx.recv(); });
  EXPECT_EQ(calls_before_others_run([&rx](int) { EXPECT_EQ(error_of(rx.recv()), errc::busy); }),
            128);
  tx.close();
  EXPECT_EQ(calls_before_others_run([&tx](int) { EXPECT_EQ(error_of(tx.send(1)), errc::closed); }),
            128);
  EXPECT_EQ(calls_before_others_run([&rx](int) { EXPECT_EQ(error_of(rx.recv()), errc::closed); }),
            128);
  EXPECT_FALSE(waiting.await());
  int refused = 0;
  in_cancelled_task([&rx, &refused] {
    refused =
        calls_before_others_run([&rx](int) { EXPECT_EQ(error_of(rx.recv()), errc::cancelled); });
  });
  EXPECT_EQ(refused, 128);
}

TEST(PipeFairness, CountsTheFirstTasksCallsFromTheBeginning) {
  virtual_hub hub;
  weir::receiver<int> rx;
  for (int i = 0; i < 127; ++i) EXPECT_EQ(error_of(rx.recv()), errc::closed);
  EXPECT_EQ(weir::stats().switches, 0U);
}

TEST(PipeFairness, TryCallsNeverYield) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  const auto switches = weir::stats().switches;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(error_of(rx.try_recv()), errc::would_block);
    EXPECT_EQ(error_of(tx.try_send(i)), errc::would_block);
  }
  EXPECT_EQ(weir::stats().switches, switches);
}

}  // namespace
