// SPDX-License-Identifier: MIT
// Fds to watch, and what is told of them.
#pragma once

#include <array>
#include <chrono>
#include <utility>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <weir/error.hpp>
#include <weir/fd_state.hpp>
#include <weir/testing.hpp>

#include "core/poller_suite.hpp"
#include "os/fd.hpp"
#include "testing/holdings.hpp"

namespace weir::testing {

/// The two ends of a pipe that holds what it is given, both nonblocking.
struct pipe_ends {
  pipe_ends() {
    std::array<int, 2> made{};
    succeeded(::pipe2(made.data(), O_NONBLOCK | O_CLOEXEC));
    read = os::fd(made[0]);
    write = os::fd(made[1]);
  }

  os::fd read;
  os::fd write;
};

/// Both sides of an fd, watched until it is unregistered, which closes it, at the latest when this
/// goes.
class watched {
 public:
  explicit watched(os::fd of) : watched(register_fd(of.get(), true, true), of.get()) {
    static_cast<void>(of.release());
  }
  watched(const watched&) = delete;
  watched& operator=(const watched&) = delete;
  ~watched() { static_cast<void>(unregister()); }

  [[nodiscard]] int fd() const noexcept { return fd_; }
  result<void> unregister() const { return unregister_fd(fd_); }

  /// What is told of a side; `errc::timed_out` if nothing is for a tick.
  [[nodiscard]] result<readiness> readable() const { return reading.recv(std::chrono::seconds(0)); }
  [[nodiscard]] result<readiness> writable() const { return writing.recv(std::chrono::seconds(0)); }

  fd_state reading;
  fd_state writing;

 private:
  watched(const std::pair<result<fd_state>, result<fd_state>>& sides, int fd)
      : reading(sides.first.value()), writing(sides.second.value()), fd_(fd) {}

  int fd_;
};

/// A hub whose time stands still, and a pair of sockets whose bytes are there at once.
class fd_state_suite : public ::testing::Test {
 protected:
  virtual_hub hub;
  const holdings before = held_now();
  socket_pair pair = unix_pair();
};

}  // namespace weir::testing
