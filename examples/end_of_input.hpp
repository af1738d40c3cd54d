// SPDX-License-Identifier: MIT
// Waiting for the end of standard input: how the one who started a program tells it to stop.
#pragma once

#include <array>

#include <poll.h>
#include <unistd.h>

#include <weir/weir.hpp>

namespace examples {

/// Returns at the end of standard input, or when this task is cancelled. What is typed is ignored.
inline void wait_for_end_of_input() {
  const auto input = weir::register_fd(STDIN_FILENO, true, false).first;
  std::array<char, 4096> ignored;
  while (input && input->recv()) {
    // Others may have this terminal open, too: it stays in blocking mode, and is asked before each
    // read.
    for (pollfd more{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
         ::poll(&more, 1, 0) > 0;) {
      if (::read(STDIN_FILENO, ignored.data(), ignored.size()) <= 0 || !weir::yield()) return;
    }
  }
}

}  // namespace examples
