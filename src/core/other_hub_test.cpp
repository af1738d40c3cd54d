// SPDX-License-Identifier: MIT
// What belongs to a hub, used on the thread of another one: a bug, which debug builds find.
#include <functional>
#include <thread>

#include <gtest/gtest.h>

#include <weir/hub.hpp>
#include <weir/pause.hpp>
#include <weir/pipe.hpp>
#include <weir/queue.hpp>
#include <weir/run.hpp>
#include <weir/spawn.hpp>
#include <weir/wait.hpp>

#include "testing/holdings.hpp"

namespace {

using weir::errc;
using weir::testing::error_of;

#ifdef NDEBUG
constexpr bool checked = false;
#else
constexpr bool checked = true;
#endif

constexpr const char* complaint = "on the thread of another hub";

void on_another_thread(const std::function<void()>& use) {
  std::thread([&use] { static_cast<void>(weir::run(use)); }).join();
}

class OtherHubDeathTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!checked) GTEST_SKIP() << "only debug builds check it";
  }
};

void receive_there() {
  const weir::hub hub;
  auto pipe = weir::pipe<int>();
  on_another_thread([&pipe] { static_cast<void>(pipe.recv()); });
}

void send_there() {
  const weir::hub hub;
  auto pipe = weir::pipe<int>();
  on_another_thread([&pipe] { static_cast<void>(pipe.send(1)); });
}

void send_there_to_one_who_waits_here() {
  const weir::hub hub;
  auto pipe = weir::pipe<int>();
  auto receiving = weir::spawn([&pipe] { return pipe.recv(); });
  on_another_thread([&pipe] { static_cast<void>(pipe.tx.try_send(1)); });
}

void close_there_what_someone_waits_for_here() {
  const weir::hub hub;
  auto pipe = weir::pipe<int>();
  auto receiving = weir::spawn([&pipe] { return pipe.recv(); });
  on_another_thread([&pipe] { static_cast<void>(pipe.close()); });
}

TEST_F(OtherHubDeathTest, UsingAnEndOfAPipeEndsTheProcess) {
  EXPECT_DEATH(receive_there(), complaint);
  EXPECT_DEATH(send_there(), complaint);
  EXPECT_DEATH(send_there_to_one_who_waits_here(), complaint);
  EXPECT_DEATH(close_there_what_someone_waits_for_here(), complaint);
}

template <class Use>
void use_queue_there(Use use) {
  const weir::hub hub;
  auto queue = weir::queue<int>(2);
  static_cast<void>(queue.try_send(1));
  on_another_thread([&queue, use] { use(queue); });
}

TEST_F(OtherHubDeathTest, UsingAnEndOfAQueueEndsTheProcess) {
  EXPECT_DEATH(use_queue_there([](auto& queue) { static_cast<void>(queue.send(2)); }), complaint);
  EXPECT_DEATH(use_queue_there([](auto& queue) { static_cast<void>(queue.recv()); }), complaint);
  EXPECT_DEATH(use_queue_there([](auto& queue) { static_cast<void>(queue.try_recv()); }),
               complaint);
}

void await_there() {
  const weir::hub hub;
  auto task = weir::spawn([] { return weir::pause(); });
  on_another_thread([&task] { static_cast<void>(task.await()); });
}

void cancel_there() {
  const weir::hub hub;
  auto task = weir::spawn([] { return weir::pause(); });
  on_another_thread([&task] { task.cancel(); });
}

TEST_F(OtherHubDeathTest, AwaitingOrCancellingATaskEndsTheProcess) {
  EXPECT_DEATH(await_there(), complaint);
  EXPECT_DEATH(cancel_there(), complaint);
}

TEST(OtherHub, ARefNamesNobodyThere) {
  const weir::hub hub;
  weir::task_ref ref;
  auto paused = weir::spawn([&ref] {
    ref = weir::current();
    return weir::pause<int>();
  });
  on_another_thread([&ref] {
    EXPECT_EQ(error_of(weir::resume(ref, 1)), errc::not_paused);
    EXPECT_EQ(error_of(weir::switch_to(ref, 2)), errc::not_paused);
  });
  EXPECT_TRUE(weir::resume(ref, 3));
  EXPECT_EQ(paused.await(), 3);
}

TEST(OtherHub, WhatWasMadeWithoutAHubMayBeUsedInAny) {
  auto pipe = weir::pipe<int>();
  on_another_thread([&pipe] {
    auto receiving = weir::spawn([&pipe] { return pipe.recv(); });
    EXPECT_TRUE(pipe.send(1));
    EXPECT_EQ(receiving.await(), 1);
  });
}

}  // namespace
