// SPDX-License-Identifier: MIT
// What a message costs that comes to one receiver from any of many senders.
#include <weir/selector.hpp>

#include <cstdint>
#include <utility>
#include <vector>

#include <weir/hub.hpp>
#include <weir/pipe.hpp>
#include <weir/spawn.hpp>
#include <weir/task.hpp>

#include "bench.hpp"

namespace {

const bench::benchmark selector_fan_in("selector_fan_in", [] {
  constexpr int senders = 100;
  constexpr std::int64_t messages_each = 100'000;
  weir::hub hub;
  return bench::timed(senders * messages_each, [] {
    auto selecting = weir::selector<int>();
    std::vector<weir::task<>> sending;
    for (int i = 0; i < senders; ++i) {
      auto channel = weir::pipe<int>();
      selecting.add(std::move(channel.rx));
      sending.push_back(weir::spawn([tx = std::move(channel.tx)]() mutable {
        for (std::int64_t sent = 0; sent < messages_each; ++sent) {
          tx.send(1).value();
        }
      }));
    }
    while (selecting.recv()) {  // until all have closed
    }
    for (auto& each : sending) {
      each.await().value();
    }
  });
});

}  // namespace
