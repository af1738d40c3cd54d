// SPDX-License-Identifier: MIT
// The command line of a benchmark program, and what its rounds measure by.
#include "bench.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

namespace bench {
namespace {

// A round that takes longer than this is stuck; SIGALRM ends it, whether or not anybody is left to
// notice.
constexpr unsigned longest_round = 120;

struct named_round {
  std::string_view name;
  round (*run)();
};

struct named_server {
  std::string_view name;
  void (*serve)();
};

// Filled before main by the constants of the files that are linked in, read by `run`, never changed
// after.
struct registry {
  std::vector<named_round> rounds;
  std::vector<named_server> servers;
};

registry& known() {
  static registry all;
  return all;
}

void raise_fd_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

template <class Named>
void list(const std::vector<Named>& all) {
  for (const Named& each : all) {
    std::printf("%.*s\n", static_cast<int>(each.name.size()), each.name.data());
  }
}

void print(std::string_view who, std::string_view name, const round& measured) {
  std::printf(R"({"name": "%.*s", "who": "%.*s", "value": %.9g, "unit": "%.*s", "n": %lld})"
              "\n",
              static_cast<int>(name.size()), name.data(), static_cast<int>(who.size()), who.data(),
              measured.value, static_cast<int>(measured.unit.size()), measured.unit.data(),
              static_cast<long long>(measured.n));
}

// Runs in a signal handler: nothing here may allocate or take a lock.
void end_if_stdin_closed(int) {
  pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  char typed[256];
  if (poll(&input, 1, 0) <= 0 || read(STDIN_FILENO, typed, sizeof typed) > 0) {
    return;
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  long microseconds = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
  const long seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + microseconds / 1'000'000;
  microseconds %= 1'000'000;
  char line[64];
  const int length =
      std::snprintf(line, sizeof line, "{\"cpu_seconds\": %ld.%06ld}\n", seconds, microseconds);
  const bool written = write(STDOUT_FILENO, line, static_cast<std::size_t>(length)) == length;
  _exit(written ? EXIT_SUCCESS : EXIT_FAILURE);
}

}  // namespace

benchmark::benchmark(std::string_view name, round (*run)()) {
  known().rounds.push_back({name, run});
}

server::server(std::string_view name, void (*serve)()) { known().servers.push_back({name, serve}); }

void serving(std::uint16_t port) {
  std::printf("%u\n", port);
  std::fflush(stdout);
  struct sigaction action{};
  action.sa_handler = end_if_stdin_closed;
  sigaction(SIGIO, &action, nullptr);
  fcntl(STDIN_FILENO, F_SETOWN, getpid());
  fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) | O_ASYNC);
  end_if_stdin_closed(SIGIO);  // it may have closed before it could tell
}

std::chrono::duration<double> cpu_time() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

std::int64_t memory_in_use() {
  std::ifstream status("/proc/self/status");
  std::int64_t kilobytes = 0;
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:") || line.starts_with("VmPTE:")) {
      kilobytes += std::stoll(line.substr(line.find(':') + 1));
    }
  }
  return kilobytes * 1024;
}

int run(std::string_view who, std::span<char*> arguments) {
  const std::string_view wanted = arguments.size() == 2 ? arguments[1] : "";
  if (wanted == "--list") {
    list(known().rounds);
    list(known().servers);
    return EXIT_SUCCESS;
  }
  raise_fd_limit();
  for (const named_server& each : known().servers) {
    if (each.name == wanted) {
      each.serve();
      return EXIT_SUCCESS;
    }
  }
  for (const named_round& each : known().rounds) {
    if (each.name == wanted) {
      alarm(longest_round);
      print(who, each.name, each.run());
      return EXIT_SUCCESS;
    }
  }
  std::fprintf(stderr,
               "usage: %s --list | NAME\nRuns one round of a benchmark; bench/run.py runs many.\n",
               arguments[0]);
  return 2;
}

}  // namespace bench
