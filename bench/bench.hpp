// SPDX-License-Identifier: MIT
// What every benchmark program here is made of, weir's and the peers': rounds that are known by
// name, and a command line that runs one of them.
//
// Not Google Benchmark: it repeats inside one process, and a bar is a ratio between programs. On a
// shared or frequency-scaled machine that ratio holds only if their rounds alternate, so a program
// runs one round and ends, and run.py chooses whose turn is next.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

namespace bench {

/// What one round measured.
struct round {
  double value;
  std::string_view unit;
  std::int64_t n;  // operations the value stands for
};

/// Runs `work` once; the value is nanoseconds for each of the `n` operations in it.
template <class Work>
round timed(std::int64_t n, Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double, std::nano> elapsed = std::chrono::steady_clock::now() - start;
  return {elapsed.count() / static_cast<double>(n), "ns", n};
}

/// Runs `work` once to warm up, then as `timed` does.
template <class Work>
round timed_again(std::int64_t n, Work work) {
  work();
  return timed(n, work);
}

/// Makes a round known under its name; a namespace-scope constant beside the function it names.
struct benchmark {
  benchmark(std::string_view name, round (*run)());
};

/// Makes this program one that can be `name`: `serve` listens on 127.0.0.1, calls `serving` and
/// echoes for ever. serve-echo sends what has come; serve-stream receives and sends 512 bytes at a
/// time.
struct server {
  server(std::string_view name, void (*serve)());
};

/// Says on which port the server listens. The process ends when its standard input closes, and then
/// says how much CPU it used; no thread and no fd of the server's own loop is involved, so nothing
/// is added to what is measured.
void serving(std::uint16_t port);

/// CPU used by this process so far.
std::chrono::duration<double> cpu_time();

/// Bytes this process holds in memory, page tables included.
std::int64_t memory_in_use();

/// What `main` does: `--list` prints the names, `NAME` runs one round and prints it as JSON under
/// the name `who`.
int run(std::string_view who, std::span<char*> arguments);

}  // namespace bench
