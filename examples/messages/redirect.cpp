// SPDX-License-Identifier: MIT
// Redirecting one channel into another, and one chain of them.
#include <utility>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace {

/// Gives a sender that knows of no buffer one of three.
weir::result<void> pipe_into_queue() {
  auto source = weir::pipe<int>();
  auto buffer = weir::queue<int>(3);
  if (auto joined = weir::redirect(std::move(source.rx), std::move(buffer.tx)); !joined)
    return joined;
  for (int number = 1; number <= 3; ++number) {
    if (auto sent = source.tx.send(number); !sent) return sent;  // waits for room only
  }
  (void)source.tx.close();  // and that closes the queue
  for (int number : buffer.rx) fmt::print("{} ", number);
  fmt::print("{}\n", buffer.rx.error().message());
  return {};
}

/// Makes a state something whose changes are received, one by one.
weir::result<void> value_through_pipe_into_queue() {
  auto state = weir::value<int>(1);
  auto middle = weir::pipe<int>();
  auto changes = weir::queue<int>(2);
  if (auto joined = weir::redirect(std::move(middle.rx), std::move(changes.tx)); !joined)
    return joined;
  if (auto joined = weir::redirect(std::move(state.rx), std::move(middle.tx)); !joined)
    return joined;
  for (int number = 2; number <= 5; ++number) {  // 1 is there; 2 fills the queue
    if (auto sent = state.tx.send(number); !sent) return sent;
  }
  (void)state.tx.close();
  for (int number : changes.rx) fmt::print("{} ", number);  // 3 and 4 were replaced by 5
  fmt::print("{}\n", changes.rx.error().message());
  return {};
}

weir::result<void> example() {
  if (auto done = pipe_into_queue(); !done) return done;
  return value_through_pipe_into_queue();
}

}  // namespace

int main() { return weir::run(example) ? 0 : 1; }
