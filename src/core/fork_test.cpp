// SPDX-License-Identifier: MIT
// A forked child has no hub.
#include <csignal>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <weir/weir.hpp>

#include "testing/child_process.hpp"

namespace {

using weir::testing::in_child;

bool says_fork(void (*call)()) {
  try {
    call();
  } catch (const std::logic_error& refused) {
    return std::string(refused.what()).find("fork") != std::string::npos;
  }
  return false;
}

TEST(Fork, AChildIsRefusedItsParentsHubAndTheParentGoesOn) {
  const auto ran = weir::run([] {
    const auto child = in_child([] {
      if (!says_fork([] { (void)weir::yield(); })) return 1;
      if (!says_fork([] { (void)weir::sleep(std::chrono::hours(1)); })) return 2;
      if (!says_fork([] { (void)weir::spawn([] {}); })) return 3;
      if (!says_fork([] { weir::stop(); })) return 4;
      return weir::stats() == weir::stats_snapshot{} ? 0 : 5;
    });
    return weir::sleep(std::chrono::milliseconds(1)) ? child.status : -1;
  });
  EXPECT_EQ(ran, 0);
}

TEST(Fork, AChildMayDestroyTheHubItCannotUse) {
  const auto child = in_child([] {
    int code = 1;
    {
      const weir::hub hub;
      if (::fork() != 0) {  // the parent of the two, which ends as its child did
        int status = -1;
        ::wait(&status);
        ::_exit(WEXITSTATUS(status));
      }
      code = 0;
    }
    return code;
  });
  EXPECT_TRUE(child.exited_with(0)) << child.status;
}

/// Whether an exception finds its way, which a sanitizer follows on the stack it believes in.
bool catches() {
  try {
    throw std::runtime_error("thrown");
  } catch (const std::exception&) {
    return true;
  }
}

int throw_in_a_hub_of_its_own() {
  const weir::hub hub;
  if (!catches()) return 1;
  if (weir::spawn([] { return weir::yield() && catches(); }).await() != true) return 2;
  return catches() ? 0 : 3;
}

TEST(Fork, AChildMayMakeAHubOfItsOwn) {
  EXPECT_EQ(weir::run([] {
              const auto child = in_child([] { return weir::run([] { return 0; }).value_or(1); });
              return child.status;
            }),
            0);
}

TEST(Fork, AHubMadeInAChildKnowsTheStackItsThreadStandsOn) {
  const weir::hub hub;
  const auto from_task = weir::spawn([] { return in_child(throw_in_a_hub_of_its_own); }).await();
  EXPECT_TRUE(from_task->exited_with(0)) << from_task->status;
  EXPECT_EQ(from_task->said, "");
  const auto from_thread = in_child(throw_in_a_hub_of_its_own);
  EXPECT_TRUE(from_thread.exited_with(0)) << from_thread.status;
  EXPECT_EQ(from_thread.said, "");
}

TEST(Fork, AChildThatReturnsFromItsParentsTaskSaysSoAndEnds) {
  const auto outcome = in_child([] {
    int status = -1;
    static_cast<void>(weir::run([&status] {
      const pid_t child = ::fork();
      if (child != 0) ::waitpid(child, &status, 0);
    }));
    return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
  });
  EXPECT_TRUE(outcome.exited_with(EXIT_FAILURE)) << outcome.status;
  EXPECT_NE(outcome.said.find("a child of fork returned"), std::string::npos) << outcome.said;
}

TEST(Fork, ACancellationInAChildDoesNothing) {
  const weir::hub hub;
  auto task = weir::spawn([] { return weir::sleep(std::chrono::milliseconds(1)); });
  const auto child = in_child([&task] {
    task.cancel();
    return task.done() ? 1 : 0;
  });
  EXPECT_TRUE(child.exited_with(0)) << child.status;
  EXPECT_TRUE(task.await());
}

TEST(Fork, ADestructionByAnotherThreadIsNotTakenForAChilds) {
  const auto outcome = in_child([] {
    auto hub = std::make_unique<weir::hub>();
    std::thread([&hub] { hub.reset(); }).join();
    return 0;
  });
  EXPECT_TRUE(outcome.killed_by(SIGABRT)) << outcome.status;
  EXPECT_NE(outcome.said.find("by another thread"), std::string::npos) << outcome.said;
}

}  // namespace
