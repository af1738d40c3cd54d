// SPDX-License-Identifier: MIT
// What a task leaves to be done when it has ended.
#include <weir/own.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <weir/all.hpp>
#include <weir/run.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/testing.hpp>
#include <weir/with_timeout.hpp>

#include "testing/captured_log.hpp"

namespace {

using namespace std::chrono_literals;
using weir::errc;

class Own : public ::testing::Test {
 protected:
  using names = std::vector<std::string>;
  [[nodiscard]] auto noting(std::string text) {
    return [this, text = std::move(text)] { order_.push_back(text); };
  }
  names order_;
  weir::testing::captured_log log_;
  weir::testing::virtual_hub hub_;
};
using Defer = Own;

/// Notes when it is closed and when it is destroyed.
class resource {
 public:
  resource(std::vector<std::string>& order, std::string name)
      : order_(&order), name_(std::move(name)) {}
  resource(resource&& other) noexcept
      : order_(std::exchange(other.order_, nullptr)), name_(std::move(other.name_)) {}
  resource& operator=(resource&&) = delete;
  ~resource() {
    if (order_ != nullptr) order_->push_back("~" + name_);
  }
  void close() { order_->push_back("close " + name_); }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  std::vector<std::string>* order_;
  std::string name_;
};

TEST_F(Defer, RunsLastToFirstAfterTheLocalsAreGoneAndBeforeJoinersWake) {
  auto task = weir::spawn([this] {
    const resource local(order_, "local");
    weir::defer(noting("first"));
    weir::defer(noting("second"));
    weir::yield();
    order_.emplace_back("returns");
  });
  EXPECT_TRUE(task.await());
  order_.emplace_back("joined");
  EXPECT_EQ(order_, (names{"returns", "~local", "second", "first", "joined"}));
}

TEST_F(Defer, RunsAfterAnErrorAnExceptionAndACancellation) {
  auto failed = weir::spawn([this]() -> weir::result<> {
    weir::defer(noting("error"));
    return weir::failure(errc::busy);
  });
  auto threw = weir::spawn([this] {
    weir::defer(noting("exception"));
    throw std::runtime_error("out");
  });
  auto cancelled = weir::spawn([this] {
    weir::defer(noting("cancel"));
    return weir::sleep(1h);
  });
  cancelled.cancel();
  EXPECT_EQ(failed.await().error(), errc::busy);
  EXPECT_THROW(static_cast<void>(threw.await()), std::runtime_error);
  EXPECT_EQ(cancelled.await().error(), errc::cancelled);
  EXPECT_EQ(order_, (names{"error", "exception", "cancel"}));
}

TEST_F(Defer, LogsWhatOneThrowsAndRunsTheOthers) {
  auto task = weir::spawn({.name = "worker", .detached = false, .stack_size = 0}, [this] {
    weir::defer(noting("first"));
    weir::defer([] { throw std::runtime_error("the reason"); });
    weir::defer(noting("third"));
    return 7;
  });
  EXPECT_EQ(task.await(), 7);
  EXPECT_EQ(order_, (names{"third", "first"}));
  EXPECT_EQ(log_.messages().size(), 1U);
  EXPECT_EQ(log_.count("\"worker\""), 1U);
  EXPECT_EQ(log_.count("the reason"), 1U);
}

TEST_F(Defer, MayParkAndMayTalkUnderAShield) {
  auto task = weir::spawn([this] {
    weir::defer([this] {
      EXPECT_EQ(weir::sleep(1s).error(), errc::cancelled);
      EXPECT_TRUE(weir::shielded(5s, [] { return weir::sleep(1s); }));
      order_.emplace_back("said");
    });
    return weir::sleep(1h);
  });
  const auto began = weir::now();
  task.cancel();
  EXPECT_FALSE(task.await());
  EXPECT_EQ(order_, names{"said"});
  EXPECT_EQ(weir::now() - began, 1s);
}

TEST_F(Defer, MayDeferMore) {
  EXPECT_TRUE(weir::spawn([this] {
                weir::defer(noting("last"));
                weir::defer([this] { weir::defer(noting("inner")); });
              }).await());
  EXPECT_EQ(order_, (names{"inner", "last"}));
}

TEST_F(Defer, TakesTensOfThousands) {
  int ran = 0;
  EXPECT_TRUE(weir::spawn([&ran] {
                for (int i = 0; i < 50'000; ++i) {
                  weir::defer([&ran, i] {
                    if (ran == 49'999 - i) ++ran;
                  });
                }
              }).await());
  EXPECT_EQ(ran, 50'000);
}

TEST_F(Defer, RunsBeforeAnAllGoesOnThreeDeep) {
  EXPECT_EQ(weir::all([this] {
              weir::defer(noting("outer"));
              return weir::all([this] {
                weir::defer(noting("middle"));
                return weir::all(
                    [this] {
                      weir::defer(noting("inner"));
                      return weir::sleep(1h);
                    },
                    []() -> weir::result<> { return weir::failure(errc::busy); });
              });
            }).error(),
            errc::busy);
  EXPECT_EQ(order_, (names{"inner", "middle", "outer"}));
}

TEST_F(Own, ClosesAndDestroysInOneOrderWithWhatIsDeferred) {
  auto task = weir::spawn([this] {
    auto& first = weir::own(resource(order_, "first"));
    weir::defer([this, &first] { order_.push_back("uses " + first.name()); });
    weir::own(resource(order_, "second"));
  });
  EXPECT_TRUE(task.await());
  EXPECT_EQ(order_, (names{"close second", "~second", "uses first", "close first", "~first"}));
}

TEST_F(Own, KeepsWhatHasNothingToClose) {
  EXPECT_EQ(weir::spawn([] { return *weir::own(std::make_unique<int>(7)); }).await(), 7);
}

TEST_F(Own, DisownGivesTheResourceBackUnclosed) {
  auto task = weir::spawn([this] {
    auto& first = weir::own(resource(order_, "first"));
    auto& second = weir::own(resource(order_, "second"));
    weir::own(resource(order_, "third"));
    EXPECT_EQ(first.name(), "first");
    return weir::disown(second);
  });
  {
    const auto got = task.await();
    ASSERT_TRUE(got);
    EXPECT_EQ(got->name(), "second");
    EXPECT_EQ(order_, (names{"close third", "~third", "close first", "~first"}));
  }
  EXPECT_EQ(order_.back(), "~second");
}

TEST_F(Own, DisownOfWhatIsNotOwnedIsALogicError) {
  resource mine(order_, "mine");
  EXPECT_THROW(static_cast<void>(weir::disown(mine)), std::logic_error);
  auto& held = weir::own(resource(order_, "held"));
  auto other = weir::spawn([&held] { return weir::disown(held).name(); });
  EXPECT_THROW(static_cast<void>(other.await()), std::logic_error);
}

TEST_F(Own, DisownOfAPartOfWhatIsOwnedIsALogicError) {
  auto task = weir::spawn([this] {
    auto& both = weir::own(std::pair(resource(order_, "part"), 7));
    EXPECT_THROW(static_cast<void>(weir::disown(both.first)), std::logic_error);
    return weir::disown(both).second;
  });
  EXPECT_EQ(task.await(), 7);
}

TEST(OwnOutsideATask, IsALogicErrorAndDeferDoesNothing) {
  bool ran = false;
  EXPECT_THROW(weir::own(1), std::logic_error);
  weir::defer([&ran] { ran = true; });
  EXPECT_FALSE(ran);
}

TEST(OwnOfTheFirstTask, IsClosedWhenItsHubIsDestroyedBeforeTheOthersAreCancelled) {
  std::vector<std::string> order;
  {
    weir::testing::virtual_hub hub;
    weir::own(resource(order, "main"));
    weir::spawn([&order] {
      EXPECT_FALSE(weir::sleep(1h));
      order.emplace_back("cancelled");
    });
  }
  EXPECT_EQ(order, (std::vector<std::string>{"close main", "~main", "cancelled"}));
}

TEST(DeferOnTheRealKernel, RunsAtTheEndOfTheMainTask) {
  bool ran = false;
  EXPECT_EQ(weir::run([&ran] {
              weir::defer([&ran] { ran = true; });
              return 7;
            }),
            7);
  EXPECT_TRUE(ran);
}

}  // namespace
