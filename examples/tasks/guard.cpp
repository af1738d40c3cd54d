// SPDX-License-Identifier: MIT
// mutex and condition_variable: one task at a time, and waiting for a change.
#include <chrono>
#include <mutex>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace {

using namespace std::chrono_literals;

struct account {
  weir::mutex guard;
  weir::condition_variable changed;
  int balance = 0;
};

weir::result<void> pay(account& from, int amount, weir::until until) {
  auto held = from.guard.hold(until);
  if (!held) return std::unexpected(held.error());
  while (from.balance < amount) {
    if (auto told = from.changed.wait(from.guard, until); !told) return told;
  }
  from.balance -= amount;
  fmt::print("paid {}, {} left\n", amount, from.balance);
  return {};
}  // `held` unlocks it

void earn(account& to, int amount) {
  const std::lock_guard held(to.guard);
  to.balance += amount;
  to.changed.notify_one();
}

weir::result<void> example() {
  account ours;
  auto rent = weir::spawn([&ours] { return pay(ours, 70, {}); });
  earn(ours, 40);
  earn(ours, 40);
  if (auto paid = rent.await(); !paid) return paid;
  fmt::print("a car: {}\n", pay(ours, 9'999, 1ms).error().message());
  return {};
}

}  // namespace

int main() { return weir::run(example) ? 0 : 1; }
