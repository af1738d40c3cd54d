// SPDX-License-Identifier: MIT
// Doing something in a copy of this process: what may end it, or what cannot be undone.
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace weir::testing {

/// How a child ended, and what it wrote to stderr.
struct child_outcome {
  int status = -1;
  std::string said;

  [[nodiscard]] bool exited_with(int code) const noexcept {
    return WIFEXITED(status) && WEXITSTATUS(status) == code;
  }
  [[nodiscard]] bool killed_by(int signal) const noexcept {
    return WIFSIGNALED(status) && WTERMSIG(status) == signal;
  }
};

/// Runs `work`, which returns an exit code, in a forked child, and waits for it. Blocks the thread.
template <class Work>
[[nodiscard]] child_outcome in_child(Work work) {
  std::array<int, 2> pipe{};
  if (::pipe(pipe.data()) != 0) return {};
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(pipe[1], STDERR_FILENO);
    ::close(pipe[0]);
    ::close(pipe[1]);
    constexpr rlimit none{.rlim_cur = 0, .rlim_max = 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::_exit(work());
  }
  ::close(pipe[1]);
  child_outcome outcome;
  std::array<char, 4096> part{};
  for (ssize_t got = 0; (got = ::read(pipe[0], part.data(), part.size())) > 0;) {
    outcome.said.append(part.data(), static_cast<std::size_t>(got));
  }
  ::close(pipe[0]);
  ::waitpid(child, &outcome.status, 0);
  return outcome;
}

}  // namespace weir::testing
