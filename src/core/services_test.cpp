// SPDX-License-Identifier: MIT
// weir's own tasks make no difference to a program.
#include <atomic>
#include <cstdint>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <weir/weir.hpp>

#include "core/hub_core.hpp"
#include "os/fd.hpp"
#include "testing/captured_log.hpp"
#include "testing/comes_true.hpp"
#include "testing/holdings.hpp"
#include "testing/in_virtual_time.hpp"

namespace weir::testing {
namespace {

using namespace std::chrono_literals;
using detail::hub_core;
using detail::io_handle;

/// What has become of a service.
struct record {
  int begun = 0;
  std::atomic<int> woken = 0;
  bool returned = false;
  bool destroyed = false;
};

void ring(int event) {
  const std::uint64_t one = 1;
  EXPECT_EQ(::write(event, &one, sizeof one), 8);
}

/// Waits for an eventfd, again and again.
class waiting_service final : public detail::service {
 public:
  explicit waiting_service(record& kept) : kept_(kept) {}
  waiting_service(const waiting_service&) = delete;
  waiting_service& operator=(const waiting_service&) = delete;
  ~waiting_service() override {
    hub_core::here().poller->remove(handle_);
    kept_.destroyed = true;
  }

  void run() noexcept override {
    ++kept_.begun;
    while (hub_core::here().poller->wait_until_ready(handle_, detail::direction::read, {})) {
      ++kept_.woken;
    }
    kept_.returned = true;
  }
  void ring() const { testing::ring(event_.get()); }

 private:
  record& kept_;
  os::fd event_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  io_handle handle_ = hub_core::here().poller->add(event_.get(), detail::io_kind::service).value();
};

/// Does something, and ends.
template <class Work>
class working_service final : public detail::service {
 public:
  explicit working_service(Work work) : work_(std::move(work)) {}
  void run() noexcept override { work_(); }

 private:
  Work work_;
};

const waiting_service& begin_waiting(record& kept) {
  auto made = std::make_unique<waiting_service>(kept);
  const waiting_service& service = *made;
  EXPECT_FALSE(hub_core::here().start_service(std::move(made)));
  return service;
}

template <class Work>
std::error_code begin_work(Work work) {
  return hub_core::here().start_service(std::make_unique<working_service<Work>>(std::move(work)));
}

TEST(Services, AreNotCountedWhetherTheyAreReadyOrWaitOrHaveEnded) {
  record waiting;
  const virtual_hub hub;
  const holdings before = held_now();
  begin_waiting(waiting);
  ASSERT_FALSE(begin_work([] {}));
  EXPECT_EQ(held_now(), before);
  settle();
  EXPECT_EQ(waiting.begun, 1);
  EXPECT_EQ(held_now(), before);
  auto task = spawn([] {});
  EXPECT_EQ(task.id(), 2U);
  EXPECT_TRUE(task.await());
}

TEST(Services, RunWhenWhatTheyWaitForHasCome) {
  record kept;
  const virtual_hub hub;
  const auto& service = begin_waiting(kept);
  settle();
  for (int round = 1; round <= 3; ++round) {
    service.ring();
    settle();
    EXPECT_EQ(kept.woken, round);
  }
}

TEST(Services, KeepNoHubAliveAndEndBeforeItDoes) {
  record kept;
  EXPECT_EQ(run([&kept] {
              begin_waiting(kept);
              static_cast<void>(yield());
              return kept.begun;
            }),
            1);
  EXPECT_TRUE(kept.returned);
  EXPECT_TRUE(kept.destroyed);
  EXPECT_EQ(kept.woken, 0);
}

TEST(Services, OneThatHasNotRunYetWhenTheHubEndsIsDestroyedUnrun) {
  record kept;
  {
    const hub of_its_own;
    begin_waiting(kept);
  }
  EXPECT_EQ(kept.begun, 0);
  EXPECT_TRUE(kept.destroyed);
}

TEST(Services, AreCancelledOnlyWhenAllTasksHaveEnded) {
  record kept;
  bool ran_on = false;
  EXPECT_TRUE(run([&kept, &ran_on] {
    begin_waiting(kept);
    auto lasting = spawn([&kept, &ran_on] {
      for (int turn = 0; turn < 10; ++turn) static_cast<void>(yield());
      ran_on = !kept.returned;
    });
    stop();
    EXPECT_TRUE(lasting.await().error() == errc::cancelled);
  }));
  EXPECT_TRUE(ran_on);
  EXPECT_TRUE(kept.destroyed);
}

TEST(Services, OneThatIsAtWorkIsWaitedFor) {
  int turns = 0;
  EXPECT_TRUE(run([&turns] {
    EXPECT_FALSE(begin_work([&turns] {
      while (turns < 5) {
        ++turns;
        detail::let_others_run();
      }
    }));
    static_cast<void>(yield());
    EXPECT_EQ(turns, 1);
  }));
  EXPECT_EQ(turns, 5);
}

TEST(Services, OneThatGoesOnCallingInATeardownIsNotAbandoned) {
  const captured_log log;
  bool returned = false;
  EXPECT_TRUE(run([&returned] {
    EXPECT_FALSE(begin_work([&returned] {
      for (int call = 0; call < 3000; ++call) static_cast<void>(sleep(1ms));
      returned = true;
    }));
    static_cast<void>(yield());
    stop();
  }));
  EXPECT_TRUE(returned);
  EXPECT_EQ(log.messages().size(), 0U);
}

TEST(Services, OneThatWaitsForNothingBehindAShieldDoesNotKeepAHubFromEnding) {
  std::error_code ended;
  EXPECT_TRUE(run([&ended] {
    EXPECT_FALSE(
        begin_work([&ended] { ended = shielded({}, [] { return sleep(until{}); }).error(); }));
    static_cast<void>(yield());
  }));
  EXPECT_EQ(ended, errc::cancelled);
}

TEST(Services, OneThatNothingCanWakeIsAbandonedAndKeepsNoHubFromEnding) {
  captured_log log;
  EXPECT_TRUE(run([] {
    EXPECT_FALSE(begin_work([] {
      wait here("a wait that is not cancellable");
      here.set_cancellable(false);
      static_cast<void>(here.park());
      ADD_FAILURE() << "it was woken";
    }));
    static_cast<void>(yield());
  }));
  EXPECT_EQ(log.count("one of weir's own tasks is abandoned: nothing can wake it"), 1U);
  EXPECT_EQ(log.count("times in a row"), 0U);
}

TEST(Services, OneThatWaitsIsNotAbandonedWithATaskThatNothingCanWake) {
  const captured_log log;
  record kept;
  EXPECT_TRUE(run([&kept] {
    begin_waiting(kept);
    spawn({.name = "stuck"}, [] {
      wait here("a wait that is not cancellable");
      here.set_cancellable(false);
      static_cast<void>(here.park());
      ADD_FAILURE() << "it was woken";
    });
    stop();
  }));
  EXPECT_TRUE(kept.returned);
  EXPECT_TRUE(kept.destroyed);
  EXPECT_EQ(log.count(" is abandoned: nothing can wake it"), 1U);
}

TEST(Services, AreRefusedInATeardown) {
  record kept;
  std::error_code refused;
  EXPECT_TRUE(run([&kept, &refused] {
    stop();
    refused = hub_core::here().start_service(std::make_unique<waiting_service>(kept));
  }));
  EXPECT_EQ(refused, errc::cancelled);
  EXPECT_EQ(kept.begun, 0);
  EXPECT_TRUE(kept.destroyed);
}

TEST(Services, HideNoDeadlock) {
  record kept;
  const captured_log log;
  const auto waited = run([&kept] {
    begin_waiting(kept);
    auto never = pipe<int>();
    return never.recv().error();
  });
  EXPECT_EQ(waited, errc::deadlock);
  EXPECT_EQ(log.count("all tasks are waiting"), 1U);
  EXPECT_EQ(log.count("readable"), 0U);
}

TEST(Services, DoNotStopVirtualTime) {
  record kept;
  const virtual_hub hub;
  begin_waiting(kept);
  const time_point begin = now();
  EXPECT_TRUE(sleep(1h));
  EXPECT_EQ(now() - begin, 1h);
}

TEST(Services, AreFoundByWhatTheyAre) {
  record kept;
  const virtual_hub hub;
  constexpr auto wanted = [](const detail::service& each) {
    return dynamic_cast<const waiting_service*>(&each) != nullptr;
  };
  ASSERT_FALSE(begin_work([] { settle(); }));
  EXPECT_EQ(hub_core::here().find_service(wanted), nullptr);
  const auto& service = begin_waiting(kept);
  EXPECT_EQ(hub_core::here().find_service(wanted), &service);
}

TEST(Services, WakeAHubThatSleepsInTheKernel) {
  record kept;
  EXPECT_TRUE(run([&kept] {
    const auto& service = begin_waiting(kept);
    const int told = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    const auto [reading, writing] = register_fd(told, true, false);
    std::thread ringing([&kept, &service, told] {
      service.ring();
      EXPECT_TRUE(comes_true([&kept] { return kept.woken != 0; }));
      ring(told);
    });
    EXPECT_EQ(reading->recv(), readiness::ready);
    ringing.join();
    EXPECT_TRUE(unregister_fd(told));
  }));
  EXPECT_EQ(kept.woken, 1);
}

}  // namespace
}  // namespace weir::testing
