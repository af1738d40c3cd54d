// SPDX-License-Identifier: MIT
// A forked child has no hub.
#include <cstdlib>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <weir/weir.hpp>

namespace {

/// The exit code of a child that does `work` in a copy of this process.
template <class Work>
int exit_code_of_child(Work work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work());
  int status = -1;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

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
    const int code = exit_code_of_child([] {
      if (!says_fork([] { (void)weir::yield(); })) return 1;
      if (!says_fork([] { (void)weir::sleep(std::chrono::hours(1)); })) return 2;
      if (!says_fork([] { (void)weir::spawn([] {}); })) return 3;
      if (!says_fork([] { weir::stop(); })) return 4;
      return weir::stats() == weir::stats_snapshot{} ? 0 : 5;
    });
    return weir::sleep(std::chrono::milliseconds(1)) ? code : -1;
  });
  EXPECT_EQ(ran, 0);
}

TEST(Fork, AChildMayDestroyTheHubItCannotUse) {
  EXPECT_EQ(exit_code_of_child([] {
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
            }),
            0);
}

TEST(Fork, AChildMayMakeAHubOfItsOwn) {
  const auto ran = weir::run(
      [] { return exit_code_of_child([] { return weir::run([] { return 0; }).value_or(1); }); });
  EXPECT_EQ(ran, 0);
}

}  // namespace
