// SPDX-License-Identifier: MIT
// How channels end, how errors go through them, and what becomes of a message that nobody took.
#include <chrono>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace {

using namespace std::chrono_literals;

std::string text_of(const weir::result<int>& received) {
  return received ? fmt::format("{}", *received) : received.error().message();
}

weir::result<void> errors_and_close() {
  auto [tx, rx] = weir::queue<int>(3);
  if (auto sent = tx.send(1); !sent) return sent;
  (void)tx.error(std::make_error_code(std::errc::io_error));  // a message like any other
  if (auto sent = tx.send(2); !sent) return sent;
  (void)tx.close();
  for (int i = 0; i < 4; ++i) fmt::print("{}\n", text_of(rx.recv()));
  return {};
}

void timeout() {
  auto [tx, rx] = weir::pipe<std::string>();
  std::string message = "precious";
  const auto sent = tx.send(std::move(message), 1ms);  // nobody comes
  if (!sent) fmt::print("{}, and it is still here: {}\n", sent.error().message(), message);
}

weir::result<void> example() {
  if (auto done = errors_and_close(); !done) return done;
  timeout();
  return {};
}

}  // namespace

int main() { return weir::run(example) ? 0 : 1; }
