// SPDX-License-Identifier: MIT
// What task_tree and task_name tell at each stage of a task's life.
#include <weir/task_tree.hpp>

#include <algorithm>
#include <chrono>
#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <weir/all.hpp>
#include <weir/log.hpp>
#include <weir/own.hpp>
#include <weir/pipe.hpp>
#include <weir/run.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/task_name.hpp>
#include <weir/testing.hpp>

#include "testing/captured_log.hpp"
#include "testing/in_virtual_time.hpp"

namespace weir::testing {
namespace {

using namespace std::chrono_literals;

class TaskTree : public in_virtual_time {};
class TaskName : public in_virtual_time {};

/// The task of that id; one without an id where there is none.
task_info found(std::uint64_t id) {
  for (const task_info& each : task_tree()) {
    if (each.id == id) return each;
  }
  return {};
}

TEST_F(TaskTree, TheTaskThatAsksIsRunning) {
  const auto tree = task_tree();
  ASSERT_EQ(tree.size(), 1U);
  EXPECT_EQ(tree[0].id, 1U);
  EXPECT_EQ(tree[0].parent_id, 0U);
  EXPECT_EQ(tree[0].name, "main");
  EXPECT_EQ(tree[0].status, task_status::running);
  EXPECT_EQ(tree[0].co_status, coroutine_status::running);
  EXPECT_EQ(tree[0].waiting_for, "");
  EXPECT_FALSE(tree[0].waiting_since);
  EXPECT_EQ(tree[0].spawned_at.line(), 0U);
  EXPECT_TRUE(tree[0].traceback.empty());
}

TEST_F(TaskTree, AParkedTaskWaitsForWhatItsWaitSays) {
  auto [tx, rx] = pipe<int>();
  const auto place = std::source_location::current();
  auto parked = spawn({.name = "taker"}, [&from = rx] { static_cast<void>(from.recv()); });
  advance(1500ms);
  const task_info seen = found(parked.id());
  EXPECT_EQ(seen.parent_id, 1U);
  EXPECT_EQ(seen.name, "taker");
  EXPECT_EQ(seen.status, task_status::waiting);
  EXPECT_EQ(seen.co_status, coroutine_status::suspended);
  EXPECT_TRUE(seen.waiting_for.starts_with("pipe.recv (0x")) << seen.waiting_for;
  EXPECT_EQ(seen.waiting_since, std::chrono::nanoseconds(1500ms));
  EXPECT_EQ(seen.spawned_at.line(), place.line() + 1);
  EXPECT_STREQ(seen.spawned_at.file_name(), place.file_name());
  EXPECT_EQ(seen.spawned_from.address, nullptr);
  parked.cancel();
}

TEST_F(TaskTree, AWokenTaskIsReadyAndNotWaiting) {
  auto [tx, rx] = pipe<int>();
  auto taker = spawn([&from = rx] { static_cast<void>(from.recv()); });
  tx.close();  // does not yield
  const task_info woken = found(taker.id());
  EXPECT_EQ(woken.status, task_status::ready);
  EXPECT_EQ(woken.co_status, coroutine_status::suspended);
  EXPECT_EQ(woken.waiting_for, "");
  EXPECT_FALSE(woken.waiting_since);
}

TEST_F(TaskTree, ATaskOfSpawnLaterWaitsForItsStartAndIsReadyBeforeItHasStarted) {
  const auto later = spawn_later(10s, [] {});
  const task_info waiting = found(later.id());
  EXPECT_EQ(waiting.status, task_status::waiting);
  EXPECT_EQ(waiting.co_status, coroutine_status::not_started);
  EXPECT_EQ(waiting.waiting_for, "its start");
  EXPECT_FALSE(waiting.waiting_since);

  const auto now = spawn_later(0s, [] {});
  const task_info ready = found(now.id());
  EXPECT_EQ(ready.status, task_status::ready);
  EXPECT_EQ(ready.co_status, coroutine_status::not_started);
  settle();
  EXPECT_EQ(found(now.id()).id, 0U);
}

TEST_F(TaskTree, ATaskCancelledBeforeItsStartIsReadyToEnd) {
  auto later = spawn_later(10s, [] {});
  later.cancel();
  const task_info cancelled = found(later.id());
  EXPECT_EQ(cancelled.status, task_status::ready);
  EXPECT_EQ(cancelled.co_status, coroutine_status::not_started);
  settle();
  EXPECT_EQ(found(later.id()).id, 0U);
}

TEST_F(TaskTree, TellsWhetherATaskIsDetachedFromItsStartOrLater) {
  const auto by_option = spawn({.detached = true}, [] { static_cast<void>(sleep(1s)); });
  EXPECT_TRUE(found(by_option.id()).detached);
  auto later = spawn_later({.detached = true}, 1s, [] {});
  EXPECT_TRUE(found(later.id()).detached);
  auto by_call = spawn([] { static_cast<void>(sleep(1s)); });
  const auto id = by_call.id();
  EXPECT_FALSE(found(id).detached);
  by_call.detach();
  EXPECT_TRUE(found(id).detached);
}

TEST_F(TaskTree, IsSortedByIdWithoutTasksThatHaveEndedAndTheirChildrenKeepTheirParentsId) {
  std::uint64_t parent_id = 0;
  spawn([&parent_id] {
    parent_id = task_tree().back().id;
    spawn({.name = "orphan", .detached = true}, [] { static_cast<void>(sleep(1s)); });
  });
  spawn({.name = "last", .detached = true}, [] { static_cast<void>(sleep(1s)); });
  const auto tree = task_tree();
  EXPECT_TRUE(std::ranges::is_sorted(tree, {}, &task_info::id));
  ASSERT_EQ(tree.size(), 3U);
  EXPECT_EQ(tree[1].name, "orphan");
  EXPECT_EQ(tree[1].parent_id, parent_id);
  EXPECT_EQ(tree[2].name, "last");
  EXPECT_EQ(tree[2].parent_id, 1U);
}

TEST_F(TaskTree, ATaskOfAllHasTheAddressOfTheCallInsteadOfAPlace) {
  auto joiner = spawn([] { return all([] { return sleep(1s); }, [] { return sleep(2s); }); });
  settle();
  const auto tree = task_tree();
  ASSERT_EQ(tree.size(), 4U);
  EXPECT_TRUE(tree[1].waiting_for.starts_with("all (0x")) << tree[1].waiting_for;
  for (const std::size_t child : {2U, 3U}) {
    EXPECT_EQ(tree[child].parent_id, joiner.id());
    EXPECT_EQ(tree[child].spawned_at.line(), 0U);
    EXPECT_NE(tree[child].spawned_from.address, nullptr);
    EXPECT_EQ(tree[child].waiting_for, "sleep");
  }
}

TEST_F(TaskTree, ATaskInItsCleanupsIsStillThere) {
  auto ending = spawn([] { defer([] { static_cast<void>(sleep(1s)); }); });
  const task_info seen = found(ending.id());
  EXPECT_EQ(seen.status, task_status::waiting);
  EXPECT_EQ(seen.co_status, coroutine_status::suspended);
  advance(1s);
  EXPECT_EQ(found(ending.id()).id, 0U);
}

TEST(TaskTreeWithoutAHub, IsEmpty) {
  EXPECT_TRUE(task_tree().empty());
  EXPECT_TRUE(task_dump().empty());
}

TEST(TaskTreeOfARun, HasTheMainTaskAndNoneOfWeirsOwn) {
  const auto tree = run([] { return task_tree(); });
  ASSERT_TRUE(tree);
  ASSERT_EQ(tree->size(), 1U);
  EXPECT_EQ(tree->front().status, task_status::running);
}

TEST(TaskTreeInTheLoop, ShowsATaskThatWaitsAsTheReportOfADeadlockDoes) {
  std::string report;
  std::vector<task_info> tree;
  {
    const virtual_hub hub;
    auto [tx, rx] = pipe<int>();
    set_logger([&](log_level, std::string_view text) {
      report = text;
      tree = task_tree();
      task_name("the loop has no name");
      EXPECT_EQ(task_name(), "");
      EXPECT_EQ(task_dump().size(), tree.size());
    });
    EXPECT_FALSE(rx.recv());
    set_logger({});
  }
  ASSERT_EQ(tree.size(), 1U);
  EXPECT_EQ(tree[0].status, task_status::waiting);
  EXPECT_NE(report.find("\ntask 1 \"main\": waits for " + tree[0].waiting_for), std::string::npos)
      << report;
  EXPECT_TRUE((report + "\n").ends_with(":\n" + to_text(tree))) << report;
}

TEST_F(TaskName, IsThereWhileTheFailureOfItsTaskIsLogged) {
  std::string seen;
  set_logger([&seen](log_level /*level*/, std::string_view /*text*/) { seen = task_name(); });
  spawn({.name = "worker", .detached = true}, []() -> result<> { return failure(errc::busy); });
  set_logger({});
  EXPECT_EQ(seen, "worker");
}

TEST_F(TaskName, IsSetByOptionOrByTheTaskItself) {
  EXPECT_EQ(task_name(), "main");
  auto named = spawn({.name = "first"}, [] {
    EXPECT_EQ(task_name(), "first");
    task_name("second");
    EXPECT_EQ(task_name(), "second");
    static_cast<void>(sleep(1s));
  });
  EXPECT_EQ(named.name(), "second");
  EXPECT_EQ(found(named.id()).name, "second");
  EXPECT_EQ(task_name(), "main");
  advance(1s);
  EXPECT_EQ(named.name(), "second");
}

TEST_F(TaskName, MayHoldAnyBytes) {
  const std::string name("a\0\"\n\xff\xc3\xa4", 7);
  task_name(name);
  EXPECT_EQ(task_name(), name);
  EXPECT_EQ(found(1).name, name);
}

TEST_F(TaskName, IsInTheLogAsOneLine) {
  const captured_log log;
  spawn([] {
    task_name("a\"b\nc");
    throw std::runtime_error("no");
  }).detach();
  EXPECT_EQ(log.count("\"a\\\"b\\nc\""), 1U) << log.messages().front();
}

TEST(TaskNameWithoutAHub, IsEmptyAndSettingItDoesNothing) {
  task_name("nobody");
  EXPECT_EQ(task_name(), "");
}

}  // namespace
}  // namespace weir::testing
