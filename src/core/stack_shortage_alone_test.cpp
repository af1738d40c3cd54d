// SPDX-License-Identifier: MIT
// When no stack can be had, await says so with the system's error, and the hub goes on.
#include <cstdio>
#include <fstream>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <weir/pause.hpp>
#include <weir/run.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>

#include "os/mapping.hpp"
#include "testing/child_process.hpp"

namespace {

using namespace std::chrono_literals;
using weir::errc;
using weir::testing::in_child;

void leave_address_space(std::size_t bytes) {
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  const rlim_t limit = pages * weir::os::page_size() + bytes;
  const rlimit chosen{.rlim_cur = limit, .rlim_max = limit};
  ::setrlimit(RLIMIT_AS, &chosen);
}

/// Writes what is not as it should be to stderr, and remembers that there was something.
class verdict {
 public:
  void expect(bool condition, const char* what) {
    if (condition) return;
    std::fprintf(stderr, "not so: %s\n", what);
    good_ = false;
  }
  [[nodiscard]] int exit_code() const { return good_ ? 0 : 1; }

 private:
  bool good_ = true;
};

using tasks = std::vector<weir::task<>>;

/// Spawns tasks that wait until no more can be had; the last one's error.
std::error_code spawn_until_refused(tasks& spawned) {
  spawned.reserve(10'000);
  for (;;) {
    spawned.push_back(weir::spawn([] { return weir::pause(); }));
    if (spawned.back().done()) break;
  }
  const auto refused = spawned.back().await();
  spawned.pop_back();
  return refused ? std::error_code{} : refused.error();
}

void end_all(tasks& spawned, verdict& all) {
  for (auto& each : spawned) each.cancel();
  for (auto& each : spawned) {
    const auto ended = each.await();
    all.expect(!ended && ended.error() == errc::cancelled, "every task ends");
  }
}

TEST(StackShortage, AwaitTellsTheSystemsErrorAndTheHubGoesOn) {
  const auto outcome = in_child([] {
    verdict all;
    weir::run([&all] {
      leave_address_space(std::size_t{32} << 20U);
      tasks spawned;
      const auto error = spawn_until_refused(spawned);
      all.expect(error == std::errc::not_enough_memory, "the system's error is told");
      all.expect(spawned.size() > 120, "hardly a stack's size is left");
      all.expect(weir::spawn([] {}).await().error() == error, "it is told again");
      spawned.back().cancel();
      static_cast<void>(spawned.back().await());
      spawned.pop_back();
      all.expect(weir::spawn([] { return 7; }).await() == 7, "a stack freed is used again");
      all.expect(weir::sleep(1ms).has_value(), "time goes on");
      end_all(spawned, all);
      all.expect(weir::spawn([] { return 7; }).await() == 7, "all is as before");
    }).value();
    return all.exit_code();
  });
  EXPECT_TRUE(outcome.exited_with(0)) << outcome.status << ": " << outcome.said;
}

TEST(StackShortage, ATaskWhoseTimeComesThenIsToldTheSame) {
  const auto outcome = in_child([] {
    verdict all;
    weir::run([&all] {
      auto later = weir::spawn_later(1ms, [] { return weir::pause(); });
      leave_address_space(std::size_t{16} << 20U);
      tasks spawned;
      static_cast<void>(spawn_until_refused(spawned));
      const auto refused = later.await();
      all.expect(!refused && refused.error() == std::errc::not_enough_memory, "the error is told");
      end_all(spawned, all);
    }).value();
    return all.exit_code();
  });
  EXPECT_TRUE(outcome.exited_with(0)) << outcome.status << ": " << outcome.said;
}

TEST(StackShortage, ATaskCancelledBeforeItsTimeIsCancelledAllTheSame) {
  const auto outcome = in_child([] {
    verdict all;
    weir::run([&all] {
      auto later = weir::spawn_later(1h, [] { return weir::pause(); });
      leave_address_space(std::size_t{16} << 20U);
      tasks spawned;
      static_cast<void>(spawn_until_refused(spawned));
      later.cancel();
      const auto ended = later.await();
      all.expect(!ended && ended.error() == errc::cancelled, "it is cancelled");
      end_all(spawned, all);
    }).value();
    return all.exit_code();
  });
  EXPECT_TRUE(outcome.exited_with(0)) << outcome.status << ": " << outcome.said;
}

TEST(StackShortage, WhereAllMemoryIsLockedGuardsAreMadeInTheOtherWay) {
  const auto outcome = in_child([] {
    if (::mlockall(MCL_FUTURE) != 0) return 77;
    const auto ran = weir::run({.stack_size = 128 * 1024}, [] {
      tasks spawned;
      for (int number = 0; number < 20; ++number) {
        spawned.push_back(weir::spawn([] { return weir::pause(); }));
      }
      verdict all;
      end_all(spawned, all);
      return all.exit_code();
    });
    return ran.value_or(2);
  });
  if (outcome.exited_with(77)) GTEST_SKIP() << "memory may not be locked here";
  EXPECT_TRUE(outcome.exited_with(0)) << outcome.status << ": " << outcome.said;
}

TEST(StackShortage, AskingForMoreThanThereIsLeavesTheRestAsItWas) {
  weir::run([] {
    const weir::task_options large{.stack_size = ~std::size_t{0}};
    tasks spawned;
    while (spawned.empty() || !spawned.back().done()) {  // the address space has 2^47 bytes
      spawned.push_back(weir::spawn(large, [] { return weir::pause(); }));
    }
    const auto refused = spawned.back().await();
    EXPECT_EQ(refused.error(), std::errc::not_enough_memory);
    spawned.pop_back();
    EXPECT_EQ(weir::spawn([] { return 7; }).await(), 7);
    for (auto& each : spawned) {
      each.cancel();
      EXPECT_EQ(each.await().error(), errc::cancelled);
    }
  }).value();
}

/// A function that cancels a task when it is destroyed.
class cancels_when_destroyed {
 public:
  explicit cancels_when_destroyed(std::shared_ptr<weir::task<>> other) : other_(std::move(other)) {}
  cancels_when_destroyed(cancels_when_destroyed&&) = default;
  cancels_when_destroyed& operator=(cancels_when_destroyed&&) = delete;
  ~cancels_when_destroyed() {
    if (other_ != nullptr) other_->cancel();
  }
  void operator()() const {}

 private:
  std::shared_ptr<weir::task<>> other_;
};

TEST(StackShortage, AFunctionDestroyedInATeardownMayEndTheNextTask) {
  const auto outcome = in_child([] {
    verdict all;
    std::error_code told;
    weir::run([&all, &told] {
      const weir::task_options large{.stack_size = std::size_t{1} << 32U};
      auto next = std::make_shared<weir::task<>>();
      auto first = weir::spawn_later(large, 1h, cancels_when_destroyed(next));
      *next = weir::spawn_later(large, 1h, [] {});
      weir::spawn([&told] {
        if (const auto slept = weir::sleep(1s); !slept) told = slept.error();
      });
      leave_address_space(std::size_t{64} << 20U);
      weir::stop();
      for (auto* each : {&first, next.get()}) {
        const auto ended = each->await();
        all.expect(!ended && ended.error() == errc::cancelled, "those not started are cancelled");
      }
    }).value();
    all.expect(told == errc::cancelled, "so is the one behind them");
    return all.exit_code();
  });
  EXPECT_TRUE(outcome.exited_with(0)) << outcome.status << ": " << outcome.said;
}

}  // namespace
