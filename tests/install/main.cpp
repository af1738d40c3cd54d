// SPDX-License-Identifier: MIT
// A user's program, built against an installed weir: by CMake and by pkg-config.
#include <cstdio>

#include <weir/weir.hpp>

int main() {
  const auto answer = weir::run([] { return 42; });
  std::printf("%d\n", answer.value_or(0));
  return answer == 42 ? 0 : 1;
}
