// SPDX-License-Identifier: MIT
// A pool: tasks take turns with what there is a fixed number of.
#include <chrono>
#include <string>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace {

using namespace std::chrono_literals;

weir::result<void> example() {
  int made = 0;
  weir::pool<std::string> pool([&made] { return fmt::format("connection {}", ++made); }, 2);

  auto asked = pool.run([](const std::string& connection) { return connection + " answers"; });
  if (!asked) return std::unexpected(asked.error());
  fmt::print("{}\n", *asked);

  auto one = pool.recv();
  auto other = pool.recv();
  if (!one || !other) return weir::failure(weir::errc::failed);
  fmt::print("{} left: {}\n", pool.size(), pool.recv(1ms).error().message());
  pool.send(*std::move(one));
  pool.send(*std::move(other));
  fmt::print("{} left\n", pool.size());
  return {};
}

}  // namespace

int main() { return weir::run(example) ? 0 : 1; }
