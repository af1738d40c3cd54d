// SPDX-License-Identifier: MIT
// A hub's life from beginning to end, small enough to be run under Valgrind.
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <weir/weir.hpp>

namespace {

using namespace std::chrono_literals;

TEST(WholeLifeValgrind, SpawnsAndAwaitsTasksThatOwnMemory) {
  const auto sum = weir::run([] {
    std::vector<weir::task<std::unique_ptr<int>>> tasks;
    for (int i = 0; i < 300; ++i) {
      tasks.push_back(weir::spawn([i] {
        (void)weir::yield();
        return std::make_unique<int>(i);
      }));
    }
    int total = 0;
    for (auto& task : tasks) total += **task.await();
    return total;
  });
  EXPECT_EQ(sum, 300 * 299 / 2);
}

TEST(WholeLifeValgrind, ThrowsAcrossTasksThatAreParkedInCatchBlocks) {
  const auto caught = weir::run([] {
    std::vector<weir::task<std::string>> tasks;
    for (int i = 0; i < 100; ++i) {
      tasks.push_back(weir::spawn([i] {
        try {
          throw std::runtime_error(std::to_string(i));
        } catch (const std::runtime_error& mine) {
          (void)weir::yield();
          return std::string(mine.what());
        }
      }));
    }
    int right = 0;
    for (int i = 0; i < 100; ++i) {
      if (*tasks[static_cast<std::size_t>(i)].await() == std::to_string(i)) ++right;
    }
    return right;
  });
  EXPECT_EQ(caught, 100);
}

TEST(WholeLifeValgrind, TearsDownTasksInEveryKindOfWait) {
  const auto alive = std::make_shared<int>(0);
  const auto ran = weir::run([&alive] {
    auto [tx, rx] = weir::pipe<std::string>();
    for (int i = 0; i < 200; ++i) {
      weir::spawn([alive] { (void)weir::sleep(1h); }).detach();
      weir::spawn([alive] { (void)weir::pause<int>(); }).detach();
    }
    auto receiving = weir::spawn([alive, &from = rx] { return from.recv(); });
    auto awaiting = weir::spawn([alive, &receiving] { return receiving.await(); });
    weir::spawn_later(1h, [alive] {}).detach();
    auto listener = weir::tcp::listen("127.0.0.1", 0);
    auto accepting = weir::spawn([alive, &listener] { return listener->accept().has_value(); });
    weir::stop();
    return awaiting.await().error() == weir::errc::cancelled;
  });
  EXPECT_EQ(ran, true);
  EXPECT_EQ(alive.use_count(), 1);
}

}  // namespace
