// SPDX-License-Identifier: MIT
// Tests of errors sent over a pipe, of results passed on, and of iteration, which errors end.
#include <chrono>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <weir/pipe.hpp>
#include <weir/spawn.hpp>
#include <weir/task.hpp>
#include <weir/testing.hpp>

#include "testing/errors.hpp"
#include "testing/holdings.hpp"

namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using weir::errc;
using weir::testing::error_of;
using weir::testing::some_error;
using weir::testing::virtual_hub;

TEST(PipeErrors, AnErrorSentIsReceivedAsOneAndTheChannelStaysOpen) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  auto sending = weir::spawn([&tx] {
    EXPECT_TRUE(tx.error(some_error));
    EXPECT_TRUE(tx.send(1));
    EXPECT_TRUE(tx.error(some_error));
  });
  EXPECT_EQ(error_of(rx.recv()), some_error);
  EXPECT_EQ(rx.recv(), 1);
  EXPECT_EQ(error_of(rx.recv()), some_error);  // to a receiver that waits
  EXPECT_TRUE(tx.open());
  EXPECT_TRUE(rx.open());
  EXPECT_TRUE(sending.await());
}

TEST(PipeErrors, AnErrorWaitsToBeTakenLikeAMessage) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  EXPECT_EQ(error_of(tx.error(some_error, 5ms)), errc::timed_out);
  EXPECT_EQ(error_of(rx.try_recv()), errc::would_block);
}

TEST(PipeErrors, PassSendsWhatAResultHoldsBeItMessageOrError) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<std::string>();
  auto sending = weir::spawn([&tx] {
    EXPECT_TRUE(tx.pass("a message"));
    EXPECT_TRUE(tx.pass(std::unexpected(some_error)));
  });
  EXPECT_EQ(rx.recv(), "a message");
  EXPECT_EQ(error_of(rx.recv()), some_error);
  EXPECT_TRUE(sending.await());
}

TEST(PipeErrors, APassThatFailsLeavesTheResultAsItWas) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<std::unique_ptr<int>>();
  weir::result<std::unique_ptr<int>> message = std::make_unique<int>(4);
  EXPECT_EQ(error_of(tx.pass(std::move(message), 1ms)), errc::timed_out);
  ASSERT_TRUE(message);
  ASSERT_NE(*message, nullptr);
  EXPECT_EQ(**message, 4);
}

TEST(PipeErrors, TheErrorClosedClosesTheChannel) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  EXPECT_TRUE(tx.error(errc::closed));
  EXPECT_FALSE(rx.open());
  EXPECT_EQ(error_of(rx.recv()), errc::closed);
  EXPECT_EQ(error_of(tx.error(errc::closed)), errc::closed);

  auto passed = weir::pipe<int>();
  EXPECT_TRUE(passed.tx.pass(weir::failure(errc::closed)));
  EXPECT_FALSE(passed.rx.open());
}

TEST(PipeErrors, IterationTakesEveryMessageAndEndsAtTheCloseWhichErrorThenTells) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<std::string>();
  auto sending = weir::spawn([&tx] {
    EXPECT_TRUE(tx.send("a"));
    EXPECT_TRUE(tx.send("b"));
    tx.close();
  });
  std::vector<std::string> received;
  for (auto& each : rx) received.push_back(std::move(each));
  EXPECT_THAT(received, ElementsAre("a", "b"));
  EXPECT_EQ(rx.error(), errc::closed);
  EXPECT_TRUE(sending.await());
}

TEST(PipeErrors, IterationEndsAtAnErrorAndCanGoOnAfterIt) {
  virtual_hub hub;
  auto [tx, rx] = weir::pipe<int>();
  auto sending = weir::spawn([&tx] {
    EXPECT_TRUE(tx.send(1));
    EXPECT_TRUE(tx.error(some_error));
    EXPECT_TRUE(tx.send(2));
    tx.close();
  });
  std::vector<int> received;
  for (const int each : rx) received.push_back(each);
  EXPECT_EQ(rx.error(), some_error);
  for (const int each : rx) received.push_back(each);
  EXPECT_EQ(rx.error(), errc::closed);
  EXPECT_THAT(received, ElementsAre(1, 2));
  EXPECT_TRUE(sending.await());
}

}  // namespace
