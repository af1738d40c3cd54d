// SPDX-License-Identifier: MIT
// forward: a TCP forwarder. Accepts connections and copies each one, both ways, to an upstream.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include <fmt/core.h>

#include <weir/weir.hpp>

#include "command_line.hpp"
#include "connection.hpp"
#include "descriptors.hpp"
#include "end_of_input.hpp"
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
      examples::wait_for_end_of_input();
      (void)listener_.close();
      slots_.refuse();
    });
    const auto accepted = accept_connections();
    fmt::print(stderr, "forward: accepting no more; open connections get {} s\n",
               chosen_.drain.count());
    cut_off_ = !slots_.wait_until_unused(chosen_.drain);
    weir::stop();
    return accepted;
  }

  [[nodiscard]] std::string summary() const {
    return fmt::format("{} connections, {} failed, {} bytes up, {} bytes down{}", connections_,
                       failed_, bytes_up_, bytes_down_,
                       cut_off_ ? "; those that were left were cut off" : "");
  }

 private:
  weir::result<void> accept_connections() {
    while (slots_.take()) {
      auto client = listener_.accept();
      if (!client) {
        slots_.give_back();
        if (client.error() != weir::errc::closed) return std::unexpected(client.error());
        break;
      }
      auto handle = [this, accepted = std::move(*client)]() mutable {
        forward(std::move(accepted));
        slots_.give_back();
      };
      weir::spawn({.name = "connection"}, std::move(handle)).detach();
    }
    return {};
  }

  void forward(weir::stream client) {
    const std::string who = client.remote().to_string();
    ++connections_;
    auto upstream = weir::tcp::connect(chosen_.upstream, {.timeout = chosen_.connect_timeout});
    if (!upstream) {
      ++failed_;
      fmt::print(stderr, "forward: {}: cannot reach {}: {}\n", who, chosen_.upstream.to_string(),
                 upstream.error().message());
      return;
    }
    const auto both = std::make_shared<examples::connection>(
        std::move(client), std::move(*upstream), chosen_.idle_timeout);
    examples::copy_both_ways(both);
    const std::uint64_t up = both->upstream.sent_count();
    const std::uint64_t down = both->client.sent_count();
    bytes_up_ += up;
    bytes_down_ += down;
    if (both->failure) ++failed_;
    if (chosen_.quiet && !both->failure) return;
    fmt::print(stderr, "forward: {}: {} bytes up, {} down{}{}\n", who, up, down,
               both->failure ? ", then: " : "", both->failure ? both->failure.message() : "");
  }

  const settings& chosen_;
  examples::slots slots_;
  weir::tcp::listener listener_;
  std::uint64_t connections_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t bytes_up_ = 0;
  std::uint64_t bytes_down_ = 0;
  bool cut_off_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  settings chosen;
  CLI::App app("forward: a TCP forwarder. Ends gracefully at the end of its standard input.");
  examples::add_address(app, "--listen", chosen.listen, "where to accept connections");
  examples::add_address(app, "--to", chosen.upstream, "where to forward them")->required();
  examples::add_seconds(app, "--idle-timeout", chosen.idle_timeout,
                        "ends a connection on which no byte came or went for so long");
  examples::add_seconds(app, "--connect-timeout", chosen.connect_timeout,
                        "how long to wait for the upstream");
  examples::add_seconds(app, "--drain", chosen.drain,
                        "how long open connections may go on at the end of input");
  examples::add_count(app, "--max-connections", chosen.max_connections,
                      "connections at one time; more wait to be accepted");
  app.add_flag("--quiet", chosen.quiet, "reports only the connections that fail");
  CLI11_PARSE(app, argc, argv);

  const std::size_t fitting =  // each connection takes two
      std::max<std::size_t>(examples::raise_descriptor_limit() / 2, 1);
  if (chosen.max_connections > fitting) {
    fmt::print(stderr,
               "forward: the limit of open files (ulimit -Hn) allows {} connections, not {}\n",
               fitting, chosen.max_connections);
    chosen.max_connections = fitting;
  }
  forwarder forwarding(chosen);
  const auto served = weir::run([&forwarding] { return forwarding.serve(); });
  if (served) {
    fmt::print("{}\n", forwarding.summary());
    return 0;
  }
  fmt::print(stderr, "forward: {}: {}\n", chosen.listen.to_string(), served.error().message());
  return 1;
}
