// SPDX-License-Identifier: MIT
// What an echo client counts, and over which time.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <optional>

#include <sys/types.h>

#include "echo_sockets.hpp"

namespace bench {

using clock = std::chrono::steady_clock;

// The CPU clock of another process: all its threads, kernel time included.
class server_clock {
 public:
  explicit server_clock(pid_t server) {
    if (clock_getcpuclockid(server, &id_) != 0) {
      fail("the server has no CPU clock: has it ended?");
    }
  }
  double now() const {
    timespec used{};
    check(clock_gettime(id_, &used) == 0, "clock_gettime");
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
  }

 private:
  clockid_t id_{};
};

// What happened between two moments: time that passed, requests, the server's CPU.
class window {
 public:
  explicit window(pid_t server) : server_(server) {}

  static constexpr auto warm_up = std::chrono::milliseconds(300);
  static constexpr auto length = std::chrono::milliseconds(1500);

  // Opens when the warm-up is over and closes in the end; false once it has closed. To be called
  // often: it looks only when it is called.
  bool update(clock::time_point now, std::int64_t requests) {
    if (!opened_) {
      if (now - created_ >= warm_up) {
        opened_ = mark{now, requests, server_.now()};
      }
      return true;
    }
    if (now - opened_->time < length) {
      return true;
    }
    closed_ = mark{now, requests, server_.now()};
    return false;
  }

  bool open() const { return opened_.has_value(); }

  void print(double p99_us) const {
    const std::chrono::duration<double> seconds = closed_.time - opened_->time;
    std::printf(R"({"requests": %lld, "seconds": %.6f, "server_cpu": %.6f, "p99_us": %.3f})"
                "\n",
                static_cast<long long>(closed_.requests - opened_->requests), seconds.count(),
                closed_.cpu - opened_->cpu, p99_us);
  }

 private:
  struct mark {
    clock::time_point time;
    std::int64_t requests;
    double cpu;
  };

  server_clock server_;
  clock::time_point created_ = clock::now();
  std::optional<mark> opened_;
  mark closed_{};
};

}  // namespace bench
