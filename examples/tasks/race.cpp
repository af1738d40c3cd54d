// SPDX-License-Identifier: MIT
// race: the first of several functions to end decides.
#include <chrono>
#include <string>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace {

using namespace std::chrono_literals;

weir::result<std::string> answer_of(const char* server, std::chrono::milliseconds distance) {
  if (auto waited = weir::sleep(distance); !waited) {
    fmt::print("{}: {}\n", server, waited.error().message());
    return std::unexpected(waited.error());
  }
  return fmt::format("{} was first", server);
}

void example() {
  const auto first =
      weir::race([] { return answer_of("far", 1h); }, [] { return answer_of("near", 1ms); });
  fmt::print("{}\n", first ? *first : first.error().message());
}

}  // namespace

int main() { weir::run(example).value(); }
