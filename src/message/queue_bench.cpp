// SPDX-License-Identifier: MIT
// What a message costs that goes through a buffer.
#include <weir/queue.hpp>

#include <cstdint>

#include <weir/hub.hpp>
#include <weir/spawn.hpp>
#include <weir/task.hpp>

#include "bench.hpp"

namespace {

const bench::benchmark queue_stream("queue_stream", [] {
  constexpr std::int64_t messages = 30'000'000;
  weir::hub hub;
  return bench::timed(messages, [] {
    auto channel = weir::queue<int>(1024);
    auto consumer = weir::spawn([&] {
      while (channel.rx.recv()) {
      }
    });
    auto producer = weir::spawn([&] {
      for (std::int64_t i = 0; i < messages; ++i) {
        channel.tx.send(1).value();
      }
      (void)channel.tx.close();
    });
    producer.await().value();
    consumer.await().value();
  });
});

}  // namespace
