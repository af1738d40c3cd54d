// SPDX-License-Identifier: MIT
// Tasks that end before a block does.
#include <weir/scope.hpp>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <weir/all.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/testing.hpp>

#include "testing/captured_log.hpp"
#include "testing/counted.hpp"

namespace {

using namespace std::chrono_literals;
using weir::errc;
using weir::testing::counted;

class Scope : public ::testing::Test {
 protected:
  ~Scope() override {
    EXPECT_EQ(alive_, 0);
    EXPECT_EQ(weir::stats().task_count, 1U);
  }
  /// A task that sleeps, and tells how that ended.
  [[nodiscard]] auto sleeper(std::chrono::seconds length) {
    return [this, length] {
      const counted here(alive_);
      auto slept = weir::sleep(length);
      endings_.push_back(slept ? "slept" : slept.error().message());
      return slept;
    };
  }
  [[nodiscard]] static auto failing(std::chrono::seconds length, errc error) {
    return [length, error]() -> weir::result<> {
      static_cast<void>(weir::sleep(length));
      return weir::failure(error);
    };
  }

  int alive_ = 0;
  std::vector<std::string> endings_;
  weir::testing::captured_log log_;
  weir::testing::virtual_hub hub_;
  const weir::time_point began_ = weir::now();
};

TEST_F(Scope, WaitsForItsTasksWhenItIsLeft) {
  {
    weir::scope scope;
    scope.spawn(sleeper(2s));
    scope.spawn({.name = "longer", .detached = false, .stack_size = 0}, sleeper(3s));
    EXPECT_EQ(alive_, 2);
  }
  EXPECT_EQ(endings_, (std::vector<std::string>{"slept", "slept"}));
  EXPECT_EQ(weir::now() - began_, 3s);
}

TEST_F(Scope, OfNoTasksIsLeftAtOnce) {
  weir::scope scope;
  EXPECT_TRUE(scope.join());
}

TEST_F(Scope, RunsATaskToItsFirstParkBeforeSpawnReturns) {
  weir::scope scope;
  bool ran = false;
  scope.spawn([&ran] { ran = true; });
  EXPECT_TRUE(ran);
}

TEST_F(Scope, JoinWaitsForAllAndMayBeFollowedByMore) {
  weir::scope scope;
  scope.spawn(sleeper(1s));
  EXPECT_TRUE(scope.join());
  EXPECT_EQ(weir::now() - began_, 1s);
  scope.spawn(sleeper(1s));
  EXPECT_TRUE(scope.join());
  EXPECT_EQ(weir::now() - began_, 2s);
}

TEST_F(Scope, JoinReturnsTheFirstErrorInTimeAndCancelsTheRest) {
  weir::scope scope;
  scope.spawn(sleeper(1h));
  scope.spawn(failing(2s, errc::busy));
  scope.spawn(failing(1s, errc::closed));
  EXPECT_EQ(scope.join().error(), errc::closed);
  EXPECT_EQ(weir::now() - began_, 1s);
  EXPECT_EQ(log_.count("device or resource busy") + log_.count("busy"), log_.messages().size());
  EXPECT_EQ(log_.messages().size(), 1U);  // of the other that fails, as it was cancelled
}

TEST_F(Scope, JoinReturnsAnErrorFromBeforeItsCall) {
  weir::scope scope;
  scope.spawn(failing(1s, errc::closed));
  scope.spawn(sleeper(1h));
  EXPECT_TRUE(weir::sleep(10s));
  EXPECT_EQ(alive_, 1);  // nobody joined, so nobody was cancelled
  EXPECT_EQ(scope.join().error(), errc::closed);
  EXPECT_EQ(weir::now() - began_, 10s);
  EXPECT_TRUE(scope.join());  // it was returned
  bool ran = false;
  scope.spawn([&ran] { ran = true; });
  EXPECT_TRUE(scope.join().error() == errc::cancelled);
  EXPECT_FALSE(ran);
}

TEST_F(Scope, JoinRethrowsTheFirstException) {
  weir::scope scope;
  scope.spawn(sleeper(1h));
  scope.spawn([] { throw std::runtime_error("first"); });
  EXPECT_THROW(static_cast<void>(scope.join()), std::runtime_error);
  EXPECT_TRUE(log_.messages().empty());
}

TEST_F(Scope, LogsAnErrorThatNobodyJoinedWithItsTasksName) {
  {
    weir::scope scope;
    scope.spawn({.name = "worker", .detached = false, .stack_size = 0}, failing(1s, errc::closed));
    scope.spawn(sleeper(2s));
  }
  EXPECT_EQ(endings_, std::vector<std::string>{"slept"});
  EXPECT_EQ(log_.messages().size(), 1U);
  EXPECT_EQ(log_.count("\"worker\""), 1U);
  EXPECT_EQ(log_.count("scope_test.cpp"), 1U);
}

TEST_F(Scope, LogsEveryErrorThatNobodyJoined) {
  {
    weir::scope scope;
    scope.spawn(failing(1s, errc::closed));
    scope.spawn(failing(2s, errc::busy));
    scope.spawn([] { throw std::runtime_error("third"); });
  }
  EXPECT_EQ(log_.messages().size(), 3U);
}

TEST_F(Scope, CancelEndsAllAndThoseThatAreSpawnedLaterNeverRun) {
  weir::scope scope;
  scope.spawn(sleeper(1h));
  scope.cancel();
  bool ran = false;
  scope.spawn([&ran, here = counted(alive_)] { ran = true; });
  EXPECT_EQ(scope.join().error(), errc::cancelled);
  EXPECT_FALSE(ran);
  EXPECT_EQ(weir::now(), began_);
}

TEST_F(Scope, CancelsWhenItIsLeftByAnException) {
  EXPECT_THROW(
      {
        weir::scope scope;
        scope.spawn(sleeper(1h));
        throw std::runtime_error("out");
      },
      std::runtime_error);
  EXPECT_EQ(weir::now(), began_);
  EXPECT_EQ(endings_.size(), 1U);
  EXPECT_TRUE(log_.messages().empty());
}

TEST_F(Scope, DoesNotCancelInADestructorThatAnExceptionRuns) {
  const auto function = sleeper(1s);
  struct cleans_up {
    decltype(function)& started;
    ~cleans_up() {
      weir::scope scope;
      scope.spawn(started);
    }
  };
  EXPECT_THROW(
      {
        const cleans_up here{function};
        throw std::runtime_error("out");
      },
      std::runtime_error);
  EXPECT_EQ(endings_, std::vector<std::string>{"slept"});
}

TEST_F(Scope, MadeToCancelOnExitCancelsWhenItIsLeft) {
  {
    weir::scope scope{weir::cancel_on_exit};
    scope.spawn(sleeper(1h));
  }
  EXPECT_EQ(weir::now(), began_);
  EXPECT_TRUE(log_.messages().empty());
}

TEST_F(Scope, CancelsWhenItsTaskIsCancelledBeforeItIsLeft) {
  auto parent = weir::spawn([this] {
    weir::scope scope;
    scope.spawn(sleeper(1h));
    EXPECT_EQ(weir::sleep(1h).error(), errc::cancelled);
    EXPECT_EQ(endings_.size(), 0U);
  });
  parent.cancel();
  EXPECT_TRUE(parent.await());
  EXPECT_EQ(weir::now(), began_);
}

TEST_F(Scope, CancelsWhenItsTaskIsCancelledWhileItWaits) {
  auto parent = weir::spawn([this] {
    weir::scope scope;
    scope.spawn(sleeper(1h));
  });
  weir::testing::settle();
  parent.cancel();
  EXPECT_TRUE(parent.await());
  EXPECT_EQ(weir::now(), began_);
}

TEST_F(Scope, JoinPassesACancellationOn) {
  auto parent = weir::spawn([this] {
    weir::scope scope;
    scope.spawn(sleeper(1h));
    const auto joined = scope.join();
    EXPECT_EQ(scope.join().error(), errc::cancelled);  // with nothing to wait for: refused
    return joined;
  });
  weir::testing::settle();
  parent.cancel();
  EXPECT_EQ(parent.await().error(), errc::cancelled);
}

TEST_F(Scope, GivesATokenThatIsCancelledWithTheTasks) {
  weir::cancel_token kept;
  {
    weir::scope scope{weir::cancel_on_exit};
    scope.spawn([&kept](weir::cancel_token token) { kept = std::move(token); });
    EXPECT_FALSE(kept.cancelled());
    scope.spawn(sleeper(1h));
  }
  EXPECT_TRUE(kept.cancelled());
}

TEST_F(Scope, MayBeSpawnedInByItsTasks) {
  weir::scope scope;
  scope.spawn([this, &scope] {
    EXPECT_TRUE(weir::sleep(1s));
    scope.spawn(sleeper(1s));
  });
  EXPECT_TRUE(scope.join());
  EXPECT_EQ(weir::now() - began_, 2s);
}

TEST_F(Scope, NestedThreeDeepEndsFromTheInsideOut) {
  std::vector<int> order;
  const auto note = [&order](int depth) {
    return [&order, depth] {
      static_cast<void>(weir::sleep(1h));
      order.push_back(depth);
    };
  };
  auto parent = weir::spawn([&note] {
    weir::scope outer;
    outer.spawn(note(1));
    {
      weir::scope middle;
      middle.spawn(note(2));
      {
        weir::scope inner;
        inner.spawn(note(3));
        static_cast<void>(weir::sleep(1h));
      }
    }
  });
  parent.cancel();
  EXPECT_TRUE(parent.await());
  EXPECT_EQ(order, (std::vector{3, 2, 1}));
}

TEST_F(Scope, IsEndedWithAllAroundItOnAnErrorBesideIt) {
  const auto got = weir::all(failing(1s, errc::closed), [this] {
    weir::scope scope;
    scope.spawn([this] {
      weir::scope inner;
      inner.spawn(sleeper(1h));
    });
    return scope.join();
  });
  EXPECT_EQ(got.error(), errc::closed);
  EXPECT_EQ(weir::now() - began_, 1s);
  EXPECT_TRUE(log_.messages().empty());
}

TEST(ScopeWithoutAHub, CannotSpawn) {
  weir::scope scope;
  EXPECT_THROW(scope.spawn([] {}), std::logic_error);
}

}  // namespace
