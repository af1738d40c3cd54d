// SPDX-License-Identifier: MIT
// The program of weir's own benchmarks, which lie beside what they measure, and of the load that
// every echo server gets.
#include <string_view>

#include "bench.hpp"
#include "echo_client.hpp"

int main(int count, char** values) {
  const std::span arguments(values, static_cast<std::size_t>(count));
  if (count > 1 && std::string_view(arguments[1]) == "load-echo") {
    return bench::load_echo(arguments.subspan(2));
  }
  return bench::run("weir", arguments);
}
