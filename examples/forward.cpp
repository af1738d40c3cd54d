// SPDX-License-Identifier: MIT
// forward: a TCP forwarder. Accepts connections and copies each one, both ways, to an upstream.
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include <fmt/core.h>
#include <poll.h>
#include <unistd.h>

#include <weir/weir.hpp>

#include "command_line.hpp"
#include "slots.hpp"

namespace {

using namespace std::chrono_literals;
using seconds = std::chrono::duration<double>;

struct settings {
  weir::address listen = weir::address::parse("127.0.0.1", 8080).value();
  weir::address upstream;
  seconds idle_timeout = 60s;
  seconds connect_timeout = 10s;
  seconds drain = 10s;
  std::size_t max_connections = 1000;
  bool quiet = false;
};

struct totals {
  std::uint64_t connections = 0;
  std::uint64_t failed = 0;
  std::uint64_t bytes_up = 0;
  std::uint64_t bytes_down = 0;
};

/// One client and its upstream, and when a byte last went either way.
struct connection {
  weir::stream client;
  weir::stream upstream;
  seconds idle_timeout;
  weir::time_point active = weir::now();
};

/// Receives what there is, however long it takes, as long as the other direction is not idle too.
weir::result<std::size_t> recv_while_active(connection& both, weir::stream& from,
                                            std::span<char> buffer) {
  for (;;) {
    const auto idle_at =
        both.active + std::chrono::duration_cast<std::chrono::nanoseconds>(both.idle_timeout);
    auto received = from.recv(buffer, idle_at);
    const bool timed_out = !received && received.error() == weir::errc::timed_out;
    if (!timed_out || weir::now() - both.active >= both.idle_timeout) return received;
  }
}

/// Copies one way until the end of the stream, which is passed on as a half-close.
weir::result<void> copy(connection& both, weir::stream& from, weir::stream& to) {
  std::array<char, 32'768> buffer;
  for (;;) {
    const auto received = recv_while_active(both, from, buffer);
    if (!received && received.error() == weir::errc::closed) return to.shutdown();
    if (!received) return std::unexpected(received.error());
    if (auto sent = to.send(std::span(buffer).first(*received), both.idle_timeout); !sent) {
      return sent;
    }
    both.active = weir::now();
  }
}

/// Copies both ways; when one way fails, the other is ended too.
/// Each way holds the connection: a task that is cancelled does not wait for the other.
weir::result<void> copy_both_ways(const std::shared_ptr<connection>& both) {
  const auto copy_or_close = [both](weir::stream& from, weir::stream& to) {
    auto copied = copy(*both, from, to);
    if (!copied) {
      (void)both->client.close();
      (void)both->upstream.close();
    }
    return copied;
  };
  auto down = weir::spawn({.name = "upstream to client"}, [copy_or_close, both] {
    return copy_or_close(both->upstream, both->client);
  });
  const auto up = copy_or_close(both->client, both->upstream);
  const auto ended = down.await();
  return up ? ended : up;
}

/// Returns at the end of standard input, or when this task is cancelled.
void wait_for_end_of_input() {
  const auto input = weir::register_fd(STDIN_FILENO, true, false).first;
  std::array<char, 4096> ignored;
  while (input && input->recv()) {
    for (pollfd more{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
         ::poll(&more, 1, 0) > 0;) {
      if (::read(STDIN_FILENO, ignored.data(), ignored.size()) <= 0) return;
    }
  }
}

/// Outlives the tasks that use it: it is made before the hub.
class forwarder {
 public:
  explicit forwarder(const settings& chosen) : chosen_(chosen), slots_(chosen.max_connections) {}

  /// Accepts until the end of input, then lets open connections go on for the time they are given.
  weir::result<void> serve() {
    auto listening = weir::tcp::listen(chosen_.listen, {.backlog = 512});
    if (!listening) return std::unexpected(listening.error());
    listener_ = std::move(*listening);
    fmt::print("forwarding {} to {}\n", listener_.local().to_string(),
               chosen_.upstream.to_string());
    std::fflush(stdout);
    const auto stopper = weir::spawn({.name = "end of input"}, [this] {
      wait_for_end_of_input();
      (void)listener_.close();
      slots_.refuse();
    });
    accept_connections();
    cut_off_ = !slots_.wait_until_unused(chosen_.drain);
    weir::stop();
    return {};
  }

  [[nodiscard]] std::string summary() const {
    return fmt::format("{} connections, {} failed, {} bytes up, {} bytes down{}",
                       counted_.connections, counted_.failed, counted_.bytes_up,
                       counted_.bytes_down, cut_off_ ? "; those that were left were cut off" : "");
  }

 private:
  void accept_connections() {
    while (slots_.take()) {
      auto client = listener_.accept();
      if (!client) return slots_.give_back();
      auto handle = [this, accepted = std::move(*client)]() mutable {
        forward(std::move(accepted));
        slots_.give_back();
      };
      weir::spawn({.name = "connection"}, std::move(handle)).detach();
    }
  }

  void forward(weir::stream client) {
    const std::string who = client.remote().to_string();
    ++counted_.connections;
    auto upstream = weir::tcp::connect(chosen_.upstream, {.timeout = chosen_.connect_timeout});
    if (!upstream) {
      ++counted_.failed;
      fmt::print(stderr, "forward: {}: cannot reach {}: {}\n", who, chosen_.upstream.to_string(),
                 upstream.error().message());
      return;
    }
    const auto both =
        std::make_shared<connection>(connection{.client = std::move(client),
                                                .upstream = std::move(*upstream),
                                                .idle_timeout = chosen_.idle_timeout});
    const auto copied = copy_both_ways(both);
    const std::uint64_t up = both->upstream.sent_count();
    const std::uint64_t down = both->client.sent_count();
    counted_.bytes_up += up;
    counted_.bytes_down += down;
    if (!copied) ++counted_.failed;
    if (chosen_.quiet && copied) return;
    fmt::print(stderr, "forward: {}: {} bytes up, {} down{}{}\n", who, up, down,
               copied ? "" : ", then: ", copied ? "" : copied.error().message());
  }

  const settings& chosen_;
  totals counted_;
  examples::slots slots_;
  weir::tcp::listener listener_;
  bool cut_off_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  settings chosen;
  CLI::App app("forward: a TCP forwarder. Ends gracefully at the end of its standard input.");
  examples::add_address(app, "--listen", chosen.listen, "where to accept connections");
  examples::add_address(app, "--to", chosen.upstream, "where to forward them")->required();
  examples::add_seconds(app, "--idle-timeout", chosen.idle_timeout,
                        "ends a connection on which nothing moved for so long");
  examples::add_seconds(app, "--connect-timeout", chosen.connect_timeout,
                        "how long to wait for the upstream");
  examples::add_seconds(app, "--drain", chosen.drain,
                        "how long open connections may go on at the end of input");
  app.add_option("--max-connections", chosen.max_connections,
                 "connections at one time; more wait to be accepted")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_flag("--quiet", chosen.quiet, "reports only the connections that fail");
  CLI11_PARSE(app, argc, argv);

  forwarder forwarding(chosen);
  const auto served = weir::run([&forwarding] { return forwarding.serve(); });
  if (served) {
    fmt::print("{}\n", forwarding.summary());
    return 0;
  }
  fmt::print(stderr, "forward: {}: {}\n", chosen.listen.to_string(), served.error().message());
  return 1;
}
