// SPDX-License-Identifier: MIT
// The load for an echo server, on plain sockets: one connection that blocks, many kept busy, many
// at a given rate, a few kept full.
//
// In all of them the client checks each byte that comes back, and counts what happened in a window
// of its own: the connections stand and the server is warm when it opens.
#include "echo_client.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <string_view>
#include <vector>

#include <unistd.h>

#include "echo_sockets.hpp"
#include "echo_window.hpp"

namespace bench {
namespace {

using namespace std::chrono_literals;

// Seconds; when a server stands still, SIGALRM ends the client.
constexpr unsigned longest_load = 30;
constexpr int offered_per_second = 100'000;

double percentile_99(std::vector<float>& latencies) {
  if (latencies.empty()) {
    return 0;
  }
  const auto rank = latencies.begin() + static_cast<std::ptrdiff_t>(latencies.size() * 99 / 100);
  std::nth_element(latencies.begin(), rank, latencies.end());
  return static_cast<double>(*rank);
}

// One request at a time, in calls that block: what a simple client sees.
void one_connection(std::uint16_t port, pid_t server) {
  const connection peer(port);
  answers expected;
  std::array<char, sizeof(message)> buffer{};
  std::int64_t requests = 0;
  window measured(server);
  while (measured.update(clock::now(), requests)) {
    peer.send(request(static_cast<std::uint64_t>(requests)));
    int back = 0;
    while (back == 0) {
      back = expected.take(std::span<const char>(buffer).first(peer.recv(buffer, 0)));
    }
    ++requests;
  }
  measured.print(0);
}

// A request is always under way on each connection: what the server does when it never lacks work.
void full_load(std::uint16_t port, pid_t server, int size) {
  crowd peers(port, size);
  std::vector<answers> expected(peers.size());
  std::vector<std::uint64_t> sent(peers.size());
  const auto send_next = [&](std::size_t index) { peers[index].send(request(sent[index]++)); };
  for (std::size_t index = 0; index < peers.size(); ++index) {
    send_next(index);
  }
  std::int64_t requests = 0;
  window measured(server);
  while (measured.update(clock::now(), requests)) {
    peers.receive(-1, [&](std::size_t index, std::span<const char> bytes) {
      for (int back = expected[index].take(bytes); back > 0; --back) {
        ++requests;
        send_next(index);
      }
    });
  }
  measured.print(0);
}

// Requests fall due at even intervals, whether or not earlier ones were answered; latency counts
// from when a request was due, so that a server which falls behind cannot hide it by slowing the
// client down.
void given_rate(std::uint16_t port, pid_t server, int size) {
  constexpr auto interval = std::chrono::nanoseconds(1s) / offered_per_second;
  crowd peers(port, size);
  std::vector<answers> expected(peers.size());
  std::vector<std::uint64_t> sent(peers.size());
  // When each request that is under way was due, for each connection.
  std::vector<std::deque<clock::time_point>> due(peers.size());
  std::vector<float> latencies;  // microseconds, of the requests in the window
  latencies.reserve(std::size_t{2} * offered_per_second);
  std::int64_t requests = 0;
  std::int64_t answered = 0;

  window measured(server);
  const auto take = [&](std::size_t index, std::span<const char> bytes) {
    const auto now = clock::now();
    for (int back = expected[index].take(bytes); back > 0; --back) {
      if (measured.open()) {
        latencies.push_back(
            std::chrono::duration<float, std::micro>(now - due[index].front()).count());
      }
      due[index].pop_front();
      ++answered;
    }
  };
  for (auto next = clock::now(); measured.update(clock::now(), requests);) {
    for (int burst = 0; burst < 16 && next <= clock::now(); ++burst, next += interval) {
      const std::size_t index = static_cast<std::size_t>(requests++) % peers.size();
      due[index].push_back(next);
      peers[index].send(request(sent[index]++));
    }
    peers.receive(0, take);
  }
  while (answered < requests) {
    peers.receive(-1, take);
  }
  measured.print(percentile_99(latencies));
}

// As many bytes as the server and the sockets between can hold: what counts is how fast messages of
// 512 bytes go through it.
void kept_full(std::uint16_t port, pid_t server, int size) {
  constexpr std::size_t message_size = 512;
  constexpr std::uint64_t under_way = 1024;  // requests, on each connection
  crowd peers(port, size);
  std::vector<answers> expected(peers.size());
  std::vector<std::uint64_t> sent(peers.size());
  std::vector<char> block;
  const auto send_next = [&](std::size_t index, std::uint64_t count) {
    block.clear();
    for (; count > 0; --count) {
      const message next = request(sent[index]++);
      block.insert(block.end(), next.begin(), next.end());
    }
    peers[index].send(block);
  };
  for (std::size_t index = 0; index < peers.size(); ++index) {
    send_next(index, under_way);
  }
  std::int64_t bytes_back = 0;
  const auto messages = [&bytes_back] {
    return bytes_back / static_cast<std::int64_t>(message_size);
  };
  window measured(server);
  while (measured.update(clock::now(), messages())) {
    peers.receive(-1, [&](std::size_t index, std::span<const char> bytes) {
      bytes_back += static_cast<std::int64_t>(bytes.size());
      send_next(index, static_cast<std::uint64_t>(expected[index].take(bytes)));
    });
  }
  measured.print(0);
}

template <class Number>
Number number(std::string_view text) {
  Number value{};
  if (std::from_chars(text.begin(), text.end(), value).ec != std::errc{}) {
    fail("a port and a process id are numbers");
  }
  return value;
}

}  // namespace

int load_echo(std::span<char*> arguments) {
  if (arguments.size() != 3) {
    fail("usage: load-echo echo_1|echo_1000|echo_rate|echo_stream PORT SERVER_PID");
  }
  const std::string_view name = arguments[0];
  const auto port = number<std::uint16_t>(arguments[1]);
  const auto server = number<pid_t>(arguments[2]);
  alarm(longest_load);
  if (name == "echo_1") {
    one_connection(port, server);
  } else if (name == "echo_1000") {
    full_load(port, server, 1000);
  } else if (name == "echo_rate") {
    given_rate(port, server, 100);
  } else if (name == "echo_stream") {
    kept_full(port, server, 4);
  } else {
    fail("there is no such load");
  }
  return EXIT_SUCCESS;
}

}  // namespace bench
