// SPDX-License-Identifier: MIT
// Boost.Fiber: its default scheduler, one thread, and stacks from its pool, the fastest of its
// allocators.
#include <vector>

#include <boost/fiber/all.hpp>

#include "bench.hpp"
#include "sleeps.hpp"

namespace {

namespace fibers = boost::fibers;
using namespace std::chrono_literals;

// Starts a fiber at once, which Boost.Fiber does faster than queueing it.
template <class Function>
fibers::fiber start(fibers::pooled_fixedsize_stack& stacks, Function function) {
  return {fibers::launch::dispatch, std::allocator_arg, stacks, std::move(function)};
}

const bench::benchmark switch_round("switch", [] {
  constexpr std::int64_t yields = 2'500'000;
  return bench::timed(2 * yields, [] {
    fibers::pooled_fixedsize_stack stacks;
    const auto loop = [] {
      for (std::int64_t i = 0; i < yields; ++i) {
        boost::this_fiber::yield();
      }
    };
    fibers::fiber one = start(stacks, loop);
    fibers::fiber other = start(stacks, loop);
    one.join();
    other.join();
  });
});

const bench::benchmark spawn_join("spawn_join", [] {
  constexpr int count = 1'000'000;
  fibers::pooled_fixedsize_stack stacks;
  return bench::timed(count, [&] {
    for (int i = 0; i < count; ++i) {
      start(stacks, [] {}).join();
    }
  });
});

const bench::benchmark spawn_many("spawn_many", [] {
  constexpr int count = 100'000;
  fibers::pooled_fixedsize_stack stacks;
  std::vector<fibers::fiber> started;
  started.reserve(count);
  return bench::timed_again(count, [&] {
    for (int i = 0; i < count; ++i) {
      started.push_back(start(stacks, [] {}));
    }
    for (fibers::fiber& each : started) {
      each.join();
    }
    started.clear();
  });
});

const bench::benchmark pipe_pingpong("pipe_pingpong", [] {
  constexpr std::int64_t trips = 1'000'000;
  fibers::pooled_fixedsize_stack stacks;
  fibers::unbuffered_channel<int> there;
  fibers::unbuffered_channel<int> back;
  return bench::timed(2 * trips, [&] {
    fibers::fiber echo = start(stacks, [&] {
      for (int value : there) {
        back.push(value);
      }
    });
    for (std::int64_t i = 0; i < trips; ++i) {
      there.push(1);
      back.value_pop();
    }
    there.close();
    echo.join();
  });
});

const bench::benchmark queue_stream("queue_stream", [] {
  constexpr std::int64_t messages = 10'000'000;
  fibers::pooled_fixedsize_stack stacks;
  fibers::buffered_channel<int> channel(1024);
  return bench::timed(messages, [&] {
    fibers::fiber consumer = start(stacks, [&] {
      int value = 0;
      while (channel.pop(value) == fibers::channel_op_status::success) {
      }
    });
    fibers::fiber producer = start(stacks, [&] {
      for (std::int64_t i = 0; i < messages; ++i) {
        channel.push(1);
      }
      channel.close();
    });
    producer.join();
    consumer.join();
  });
});

const bench::benchmark selector_fan_in("selector_fan_in", [] {
  constexpr int senders = 100;
  constexpr int messages_each = 10'000;
  fibers::pooled_fixedsize_stack stacks;
  fibers::unbuffered_channel<int> channel;
  return bench::timed(senders * messages_each, [&] {
    std::vector<fibers::fiber> sending;
    sending.reserve(senders);
    for (int i = 0; i < senders; ++i) {
      sending.push_back(start(stacks, [&] {
        for (int sent = 0; sent < messages_each; ++sent) {
          channel.push(1);
        }
      }));
    }
    for (int i = 0; i < senders * messages_each; ++i) {
      channel.value_pop();
    }
    for (fibers::fiber& each : sending) {
      each.join();
    }
  });
});

const bench::benchmark timeout_met("timeout_met", [] {
  constexpr int messages = 1'000'000;
  fibers::pooled_fixedsize_stack stacks;
  fibers::unbuffered_channel<int> channel;
  return bench::timed(messages, [&] {
    fibers::fiber receiver = start(stacks, [&] {
      int value = 0;
      while (channel.pop_wait_for(value, 10s) == fibers::channel_op_status::success) {
      }
    });
    for (int i = 0; i < messages; ++i) {
      channel.push(i);
    }
    channel.close();
    receiver.join();
  });
});

const bench::benchmark sleep_all("sleep_all", [] {
  fibers::pooled_fixedsize_stack stacks;
  return bench::second_round_of_sleeps([&](std::span<const std::chrono::milliseconds> durations) {
    std::vector<fibers::fiber> sleepers;
    sleepers.reserve(durations.size());
    for (const auto duration : durations) {
      sleepers.push_back(start(stacks, [duration] { boost::this_fiber::sleep_for(duration); }));
    }
    for (fibers::fiber& each : sleepers) {
      each.join();
    }
  });
});

}  // namespace

int main(int count, char** arguments) {
  return bench::run("boost.fiber", {arguments, static_cast<std::size_t>(count)});
}
