// SPDX-License-Identifier: MIT
// Errors that nobody can await any more are logged, once, with the task's name and its place.
#include <chrono>
#include <memory>
#include <optional>
#include <source_location>
#include <stdexcept>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <weir/pause.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/task.hpp>
#include <weir/testing.hpp>

#include "testing/captured_log.hpp"

namespace {

using namespace std::chrono_literals;
using weir::errc;

class UnreadErrors : public ::testing::Test {
 protected:
  /// The one message that was logged; "" if there was none, or more.
  [[nodiscard]] std::string only_message() const {
    const auto messages = log_.messages();
    EXPECT_LE(messages.size(), 1U);
    return messages.size() == 1 ? messages.front() : "";
  }
  [[nodiscard]] std::size_t count() const { return log_.messages().size(); }

 private:
  weir::testing::captured_log log_;
  weir::testing::virtual_hub hub_;
};

std::string next_line(std::source_location where = std::source_location::current()) {
  return std::string(where.file_name()) + ":" + std::to_string(where.line() + 1);
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

weir::result<> fail() { return weir::failure(errc::would_block); }

TEST_F(UnreadErrors, AnErrorIsLoggedWhenItsHandleIsDropped) {
  const std::string place = next_line();
  weir::spawn({.name = "worker"}, [] { return fail(); });
  EXPECT_TRUE(contains(only_message(), "\"worker\"")) << only_message();
  EXPECT_TRUE(contains(only_message(), "spawned at " + place)) << only_message();
  EXPECT_TRUE(contains(only_message(), "failed: would block")) << only_message();
}

TEST_F(UnreadErrors, AnExceptionIsLoggedWithItsText) {
  weir::spawn([] { throw std::runtime_error("the reason"); });
  EXPECT_TRUE(contains(only_message(), "threw std::runtime_error: the reason")) << only_message();
}

TEST_F(UnreadErrors, AnExceptionOfAnyTypeIsLogged) {
  weir::spawn([] { throw 42; });
  EXPECT_TRUE(contains(only_message(), "threw")) << only_message();
}

TEST_F(UnreadErrors, NothingIsSaidOfASuccess) {
  weir::spawn([] { return 1; });
  weir::spawn([] {});
  EXPECT_EQ(count(), 0U);
}

TEST_F(UnreadErrors, NothingIsSaidOfAnErrorThatWasAwaited) {
  {
    auto failed = weir::spawn([] { return fail(); });
    EXPECT_FALSE(failed.await());
    auto threw = weir::spawn([] { throw 1; });
    EXPECT_THROW(static_cast<void>(threw.await()), int);
    auto waited_for = weir::spawn([] {
      weir::yield();
      return fail();
    });
    EXPECT_FALSE(waited_for.await());
  }
  EXPECT_EQ(count(), 0U);
}

TEST_F(UnreadErrors, AnErrorIsKeptForAsLongAsItsHandleLives) {
  {
    auto failed = weir::spawn([] { return fail(); });
    auto moved = std::move(failed);
    EXPECT_EQ(count(), 0U);
  }
  EXPECT_EQ(count(), 1U);
}

TEST_F(UnreadErrors, AnErrorIsLoggedWhenItsHandleIsAssignedAnotherTask) {
  auto task = weir::spawn([] { return fail(); });
  task = weir::spawn([] { return weir::result<>(); });
  EXPECT_EQ(count(), 1U);
  EXPECT_TRUE(task.await());
}

TEST_F(UnreadErrors, AnErrorOfATaskWhoseHandleIsGoneIsLoggedWhenItEnds) {
  weir::spawn([] {
    weir::yield();
    return fail();
  });
  EXPECT_EQ(count(), 0U);
  weir::testing::settle();
  EXPECT_EQ(count(), 1U);
}

TEST_F(UnreadErrors, ADetachedTasksErrorIsLoggedAtOnceAndOnlyOnce) {
  {
    auto task = weir::spawn({.name = "ticker", .detached = true}, [] { return fail(); });
    EXPECT_TRUE(contains(only_message(), "\"ticker\"")) << only_message();
  }
  EXPECT_EQ(count(), 1U);
}

TEST_F(UnreadErrors, AHandleThatIsDetachedAfterItsTaskEndedLogsTheError) {
  auto task = weir::spawn([] { return fail(); });
  task.detach();
  EXPECT_EQ(count(), 1U);
}

TEST_F(UnreadErrors, AHandleThatIsDetachedBeforeItsTaskEndsLogsTheError) {
  auto task = weir::spawn([] {
    weir::yield();
    return fail();
  });
  task.detach();
  weir::testing::settle();
  EXPECT_EQ(count(), 1U);
}

TEST_F(UnreadErrors, ACancelledThatAnswersACancellationIsNotLogged) {
  {
    auto task = weir::spawn([] { return weir::sleep(1h); });
    task.cancel();
  }
  {
    auto unstarted = weir::spawn_later(1h, [] { return weir::sleep(1h); });
    unstarted.cancel();
  }
  weir::testing::settle();
  EXPECT_EQ(count(), 0U);
}

TEST_F(UnreadErrors, ACancelledThatAnswersNoCancellationIsLogged) {
  weir::spawn([]() -> weir::result<> { return weir::failure(errc::cancelled); });
  EXPECT_EQ(count(), 1U);
}

TEST_F(UnreadErrors, AnotherErrorOfACancelledTaskIsLogged) {
  {
    auto task = weir::spawn([]() -> weir::result<> {
      static_cast<void>(weir::sleep(1h));
      return weir::failure(errc::busy);
    });
    task.cancel();
  }
  weir::testing::settle();
  EXPECT_EQ(count(), 1U);
}

TEST_F(UnreadErrors, AnErrorWhoseAwaitTimedOutIsLogged) {
  {
    auto task = weir::spawn([] {
      EXPECT_TRUE(weir::sleep(2s));
      return fail();
    });
    EXPECT_EQ(task.await(1s).error(), errc::timed_out);
  }
  EXPECT_TRUE(weir::sleep(2s));
  EXPECT_EQ(count(), 1U);
}

TEST_F(UnreadErrors, AnErrorHandedToAJoinerOfADestroyedHandleIsNotLogged) {
  auto task = std::make_optional(weir::spawn([] {
    weir::yield();
    return fail();
  }));
  auto joiner = weir::spawn([&task] { return task->await().error() == errc::would_block; });
  task.reset();
  EXPECT_EQ(joiner.await(), true);
  EXPECT_EQ(count(), 0U);
}

TEST_F(UnreadErrors, ATaskThatCouldNotBeSpawnedNamesItsPlace) {
  const std::string place = next_line();
  weir::spawn_later(weir::until(), [] {});
  EXPECT_TRUE(contains(only_message(), place)) << only_message();
}

TEST(UnreadErrorsLogger, ALoggerThatThrowsLosesNoMessageAndEndsNoTask) {
  weir::testing::virtual_hub hub;
  weir::set_logger([](weir::log_level, std::string_view) { throw std::runtime_error("full"); });
  ::testing::internal::CaptureStderr();
  weir::spawn({.name = "worker"}, [] { return fail(); });
  auto detached = weir::spawn({.name = "ticker", .detached = true}, [] { return fail(); });
  const std::string written = ::testing::internal::GetCapturedStderr();
  weir::set_logger({});
  EXPECT_TRUE(contains(written, "\"worker\"")) << written;
  EXPECT_TRUE(contains(written, "\"ticker\"")) << written;
  EXPECT_EQ(detached.await().error(), errc::would_block);
}

TEST(UnreadErrorsLogger, ALoggerMayPark) {
  weir::testing::virtual_hub hub;
  int said = 0;
  weir::set_logger([&said](weir::log_level, std::string_view) {
    EXPECT_TRUE(weir::sleep(1s));
    ++said;
  });
  auto task =
      std::make_unique<weir::task<>>(weir::spawn({.detached = true}, [] { return fail(); }));
  EXPECT_FALSE(task->done());  // it still says how it ended
  task.reset();
  EXPECT_TRUE(weir::sleep(2s));
  weir::set_logger({});
  EXPECT_EQ(said, 1);
}

}  // namespace
