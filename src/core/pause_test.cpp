// SPDX-License-Identifier: MIT
// Handing control from task to task by name.
#include <weir/pause.hpp>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <weir/hub.hpp>
#include <weir/run.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/testing.hpp>

namespace {

using namespace std::chrono_literals;
using weir::errc;
using strings = std::vector<std::string>;

class Pause : public ::testing::Test {
 private:
  weir::testing::virtual_hub hub_;
};

/// A task that is paused for a `T`, and the name to resume it by.
template <class T>
struct paused {
  explicit paused(weir::until until = {})
      : task(weir::spawn([this, until] {
          ref = weir::current();
          return weir::pause<T>(until);
        })) {}
  weir::task_ref ref;
  weir::task<T> task;
};

TEST_F(Pause, ReturnsWhatItIsResumedWith) {
  paused<int> number;
  EXPECT_TRUE(weir::resume(number.ref, 7));
  EXPECT_EQ(number.task.await(), 7);
  paused<std::unique_ptr<int>> owned;
  EXPECT_TRUE(weir::resume(owned.ref, std::make_unique<int>(8)));
  EXPECT_EQ(**owned.task.await(), 8);
  paused<void> plain;
  EXPECT_TRUE(weir::resume(plain.ref));
  EXPECT_TRUE(plain.task.await());
}

TEST_F(Pause, ReturnsTheErrorItIsResumedWith) {
  paused<int> number;
  EXPECT_TRUE(weir::resume(number.ref, std::unexpected(make_error_code(errc::busy))));
  EXPECT_EQ(number.task.await().error(), errc::busy);
  paused<void> plain;
  EXPECT_TRUE(weir::resume(plain.ref, weir::failure(errc::would_block)));
  EXPECT_EQ(plain.task.await().error(), errc::would_block);
}

TEST_F(Pause, TimesOut) {
  const auto before = weir::now();
  EXPECT_EQ(weir::pause<int>(20ms).error(), errc::timed_out);
  EXPECT_EQ(weir::now() - before, 20ms);
  EXPECT_EQ(weir::pause(0s).error(), errc::timed_out);
}

TEST_F(Pause, ResumeQueuesTheTaskAndDoesNotYield) {
  bool resumed = false;
  weir::task_ref ref;
  auto task = weir::spawn([&resumed, &ref] {
    ref = weir::current();
    EXPECT_TRUE(weir::pause());
    resumed = true;
  });
  EXPECT_TRUE(weir::resume(ref));
  EXPECT_FALSE(resumed);
  weir::yield();
  EXPECT_TRUE(resumed);
}

TEST_F(Pause, AValueOfTheWrongTypeStaysWithTheCaller) {
  paused<int> number;
  auto text = std::make_unique<std::string>("mine");
  EXPECT_EQ(weir::resume(number.ref, std::move(text)).error(), errc::not_paused);
  ASSERT_NE(text, nullptr);  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(*text, "mine");
  EXPECT_EQ(weir::resume(number.ref).error(), errc::not_paused);
  EXPECT_EQ(weir::resume(number.ref, 7L).error(), errc::not_paused);
  EXPECT_EQ(weir::switch_to(number.ref, 7.0).error(), errc::not_paused);
  EXPECT_EQ(weir::switch_to(number.ref).error(), errc::not_paused);
  EXPECT_TRUE(weir::resume(number.ref, 7));
  EXPECT_EQ(number.task.await(), 7);
}

TEST_F(Pause, OnlyTheFirstResumeCounts) {
  paused<std::unique_ptr<int>> owned;
  EXPECT_TRUE(weir::resume(owned.ref, std::make_unique<int>(1)));
  auto second = std::make_unique<int>(2);
  EXPECT_EQ(weir::resume(owned.ref, std::move(second)).error(), errc::not_paused);
  EXPECT_NE(second, nullptr);  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(weir::switch_to(owned.ref, std::move(second)).error(), errc::not_paused);
  EXPECT_NE(second, nullptr);
  EXPECT_EQ(weir::resume(owned.ref, weir::failure(errc::busy)).error(), errc::not_paused);
  EXPECT_EQ(**owned.task.await(), 1);
}

TEST_F(Pause, ATaskThatWaitsForSomethingElseIsNotPaused) {
  weir::task_ref ref;
  auto task = weir::spawn([&ref] {
    ref = weir::current();
    return weir::sleep(1s);
  });
  EXPECT_EQ(weir::resume(ref).error(), errc::not_paused);
  EXPECT_EQ(weir::resume(ref, weir::failure(errc::busy)).error(), errc::not_paused);
  EXPECT_EQ(weir::resume(weir::current()).error(), errc::not_paused);
  EXPECT_TRUE(task.await());
}

TEST_F(Pause, ARefToAnEndedTaskNamesNoLaterOne) {
  paused<int> first;
  EXPECT_TRUE(weir::resume(first.ref, 1));
  EXPECT_TRUE(first.task.await());
  const paused<int> second;  // on the stack that the first has left
  EXPECT_EQ(weir::resume(first.ref, 2).error(), errc::not_paused);
  EXPECT_EQ(weir::switch_to(first.ref, 2).error(), errc::not_paused);
  EXPECT_TRUE(weir::resume(second.ref, 3));
}

TEST_F(Pause, AnEmptyRefNamesNobody) {
  EXPECT_EQ(weir::task_ref().id(), 0U);
  EXPECT_EQ(weir::resume({}, 1).error(), errc::not_paused);
  EXPECT_EQ(weir::switch_to({}).error(), errc::not_paused);
}

TEST_F(Pause, RefsOfOneTaskAreEqual) {
  const weir::task_ref here = weir::current();
  EXPECT_EQ(here, weir::current());
  EXPECT_NE(here, paused<int>().ref);
  EXPECT_NE(here, weir::task_ref());
}

TEST(PauseOfAnotherHub, ARefThatHasOutlivedItsHubNamesNobody) {
  weir::task_ref from_main;
  weir::task_ref from_task;
  weir::run([&from_main, &from_task] {
    from_main = weir::current();
    weir::spawn([&from_task] { from_task = weir::current(); });
  }).value();
  weir::run([&from_main, &from_task] {
    paused<int> same_place;  // the same stack and the same id, in another hub
    EXPECT_EQ(same_place.ref.id(), from_task.id());
    EXPECT_EQ(weir::resume(from_task, 1).error(), errc::not_paused);
    EXPECT_EQ(weir::resume(from_main, 1).error(), errc::not_paused);
    EXPECT_TRUE(weir::resume(same_place.ref, 2));
  }).value();
  EXPECT_EQ(weir::resume(from_task, 1).error(), errc::not_paused);
}

TEST_F(Pause, SwitchToRunsTheTargetAtOnceAndTheCallerLast) {
  strings order;
  weir::task_ref ref;
  auto target = weir::spawn([&order, &ref] {
    ref = weir::current();
    while (const auto next = weir::pause<std::string>()) order.push_back("target " + *next);
  });
  auto other = weir::spawn_later(0s, [&order] { order.emplace_back("other"); });
  EXPECT_TRUE(weir::switch_to(ref, std::string("a")));
  order.emplace_back("caller");
  EXPECT_EQ(order, (strings{"target a", "other", "caller"}));
  EXPECT_TRUE(weir::resume(ref, weir::failure(errc::closed)));
  EXPECT_TRUE(target.await());
  EXPECT_TRUE(other.await());
}

TEST_F(Pause, SwitchToCarriesAnError) {
  paused<int> number;
  EXPECT_TRUE(weir::switch_to(number.ref, weir::failure(errc::busy)));
  EXPECT_TRUE(number.task.done());
  EXPECT_EQ(number.task.await().error(), errc::busy);
}

TEST_F(Pause, SwitchToOfATaskThatIsNotPausedDoesNotYield) {
  bool ran = false;
  auto other = weir::spawn_later(0s, [&ran] { ran = true; });
  EXPECT_FALSE(weir::switch_to(weir::task_ref()));
  EXPECT_FALSE(ran);
}

TEST_F(Pause, TwoTasksCanHandControlBackAndForth) {
  strings order;
  weir::task_ref main = weir::current();
  weir::task_ref ref;
  auto generator = weir::spawn([&ref, main] {
    ref = weir::current();
    int next = 0;
    while (weir::pause()) EXPECT_TRUE(weir::resume(main, next++));
  });
  for (int number = 0; number < 1000; ++number) {
    EXPECT_TRUE(weir::resume(ref));
    EXPECT_EQ(weir::pause<int>(), number);
  }
}

TEST_F(Pause, TasksThatSwitchToEachOtherDoNotStarveTheRest) {
  bool ended = false;
  int switches = 0;
  weir::task_ref a;
  weir::task_ref b;
  const auto play = [&ended, &switches](weir::task_ref& self, weir::task_ref& other) {
    self = weir::current();
    while (!ended) {
      if (!weir::switch_to(other)) static_cast<void>(weir::pause(1ms));
      ++switches;
    }
  };
  auto first = weir::spawn([&] { play(a, b); });
  auto second = weir::spawn([&] { play(b, a); });
  auto timer = weir::spawn([&ended] {
    for (int turn = 0; turn < 1000; ++turn) weir::yield();
    ended = true;
  });
  EXPECT_TRUE(timer.await());
  EXPECT_TRUE(first.await());
  EXPECT_TRUE(second.await());
}

TEST_F(Pause, AValueWhoseMoveThrowsLeavesTheTaskPaused) {
  struct throws_when_moved {
    throws_when_moved() = default;
    throws_when_moved(throws_when_moved&&) { throw std::runtime_error("no move"); }
    throws_when_moved& operator=(throws_when_moved&&) { throw std::runtime_error("no move"); }
  };
  paused<throws_when_moved> waiting;
  EXPECT_THROW(static_cast<void>(weir::resume(waiting.ref, throws_when_moved())),
               std::runtime_error);
  EXPECT_THROW(static_cast<void>(weir::switch_to(waiting.ref, throws_when_moved())),
               std::runtime_error);
  EXPECT_TRUE(weir::resume(waiting.ref, weir::failure(errc::busy)));
  EXPECT_EQ(waiting.task.await().error(), errc::busy);
}

}  // namespace
