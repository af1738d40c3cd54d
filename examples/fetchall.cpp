// SPDX-License-Identifier: MIT
// fetchall: fetches the pages of a list, several at a time, and says how each of them went.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <expected>
#include <fstream>
#include <iostream>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include <weir/weir.hpp>

#include "command_line.hpp"
#include "descriptors.hpp"
#include "http_get.hpp"
#include "http_url.hpp"

namespace {

using namespace std::chrono_literals;
using seconds = std::chrono::duration<double>;

struct settings {
  std::string list = "-";
  std::size_t at_once = 16;
  seconds deadline = seconds(std::numeric_limits<double>::infinity());
  seconds timeout = 30s;
  std::size_t dump_after = 0;  ///< 0: never
  bool keep_going = false;
};

struct page {
  examples::http_url url;
  std::optional<weir::result<examples::http_answer>> ended;  ///< none: not begun, or under way
};

/// For a person: why there is no answer.
std::string reason(const std::error_code& why) {
  if (why == std::errc::bad_message) return "what it answered is not HTTP";
  if (why == std::errc::message_size) return "a line of its answer is too long";
  if (why == weir::errc::closed) return "it closed the connection before the answer was complete";
  return why.message();
}

class fetcher {
 public:
  fetcher(const settings& chosen, std::vector<page>& pages)
      : chosen_(chosen), pages_(pages), free_(chosen.at_once) {}

  /// Fetches all pages. Errors: `errc::timed_out` when the deadline has come, `errc::cancelled`
  /// when a page could not be fetched and that ends the rest.
  weir::result<void> fetch_all() {
    return weir::with_timeout({chosen_.deadline, given_up_}, [this] {
      weir::scope fetches;
      for (page& next : pages_) {
        if (!free_.acquire()) break;  // the deadline has come, or a page could not be fetched
        fetches.spawn({.name = "GET " + next.url.text}, [this, &next] { fetch(next); });
      }
      return fetches.join();
    });
  }

  void print_summary() const {
    for (const page& each : pages_) {
      if (!each.ended) print_line("not begun", "", "", each.url.text);
    }
    fmt::print(
        "{} of {} fetched, {} of them with an error status; {} failed, {} cut off; "
        "{} bytes in {:.3f} s\n",
        fetched_, pages_.size(), refused_, failed_, cut_off(), bytes_, elapsed(begun_).count());
  }

  [[nodiscard]] std::size_t failed() const noexcept { return failed_; }
  /// Pages that were not begun, or cancelled.
  [[nodiscard]] std::size_t cut_off() const noexcept { return pages_.size() - fetched_ - failed_; }

 private:
  static seconds elapsed(weir::time_point since) { return weir::now() - since; }

  void fetch(page& asked) {
    weir::defer([this] { free_.release(); });  // also when this task is cancelled
    const auto begun = weir::now();
    asked.ended =
        weir::with_timeout(chosen_.timeout, [&asked] { return examples::get(asked.url); });
    note(asked.url, *asked.ended, elapsed(begun));
    if (++ended_ == chosen_.dump_after) fmt::print(stderr, "{}", weir::to_text(weir::task_dump()));
  }

  void note(const examples::http_url& url, const weir::result<examples::http_answer>& ended,
            seconds took) {
    const std::string time = fmt::format("{:.3f} s", took.count());
    if (ended) {
      ++fetched_;
      bytes_ += ended->body_size;
      if (ended->status >= 400) ++refused_;
      print_line(std::to_string(ended->status), fmt::format("{} bytes", ended->body_size), time,
                 url.text);
    } else if (ended.error() == weir::errc::cancelled) {
      print_line("cancelled", "", time, url.text);
    } else {
      ++failed_;
      print_line("failed", "", time, url.text + ": " + reason(ended.error()));
      if (!chosen_.keep_going) given_up_.cancel();
    }
  }

  static void print_line(std::string_view how, std::string_view size, std::string_view time,
                         std::string_view what) {
    fmt::print("{:<10}{:>16}{:>12}  {}\n", how, size, time, what);
    std::fflush(stdout);
  }

  const settings& chosen_;
  std::vector<page>& pages_;
  weir::semaphore free_;         ///< a permit for each page that may be fetched now
  weir::cancel_token given_up_;  ///< cancelled when a page cannot be fetched
  weir::time_point begun_ = weir::now();
  std::size_t ended_ = 0;
  std::size_t fetched_ = 0;
  std::size_t refused_ = 0;
  std::size_t failed_ = 0;
  std::uint64_t bytes_ = 0;
};

/// The pages of a list: a URL on each line; empty lines and those that begin with # are none.
/// Errors: why it cannot be read, or which line cannot be fetched and why, for a person.
std::expected<std::vector<page>, std::string> read_list(const std::string& list) {
  std::ifstream file;
  if (list != "-") file.open(list);
  std::istream& lines = list == "-" ? std::cin : file;
  const std::string name = list == "-" ? "standard input" : list;

  std::vector<page> pages;
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty() || line.starts_with('#')) continue;
    auto url = examples::parse_http_url(line);
    if (!url) {
      return std::unexpected(
          fmt::format("{}, line {}: cannot fetch \"{}\": {}", name, number, line, url.error()));
    }
    pages.push_back({.url = *std::move(url), .ended = {}});
  }
  if (!lines.eof()) return std::unexpected(name + ": cannot be read");
  return pages;
}

/// To be run in a hub. Whether all pages were fetched.
bool fetch_and_report(const settings& chosen, std::vector<page>& pages) {
  fetcher fetching(chosen, pages);
  weir::enable_dump_signal();
  const auto ended = fetching.fetch_all();
  if (!ended && fetching.cut_off() > 0) {
    fmt::print(stderr, "fetchall: {}\n",
               ended.error() == weir::errc::timed_out
                   ? "the deadline has come before all were fetched"
                   : "stopped, as one could not be fetched; --keep-going fetches the others");
  }
  fetching.print_summary();
  return fetching.cut_off() == 0 && fetching.failed() == 0;
}

}  // namespace

int main(int argc, char** argv) {
  settings chosen;
  CLI::App app(
      "fetchall: fetches the pages of a list over HTTP, and prints a line for each: its status, "
      "size and time, or what went wrong. One that cannot be fetched ends the others; an error "
      "status, such as 404, is an answer. Exits with 0 if there was an answer for each. On SIGUSR1 "
      "it says on standard error what every task does, and goes on.");
  app.add_option("LIST", chosen.list,
                 "a file with a URL on each line, such as http://127.0.0.1:8000/path; - is the "
                 "standard input")
      ->capture_default_str();
  examples::add_count(app, "--at-once", chosen.at_once, "pages to fetch at one time");
  examples::add_seconds(app, "--deadline", chosen.deadline, "how long everything may take");
  examples::add_seconds(app, "--timeout", chosen.timeout, "how long a page may take");
  examples::add_count(app, "--dump-after", chosen.dump_after,
                      "pages to fetch before it says on standard error what every task does")
      ->default_str("");
  app.add_flag("--keep-going", chosen.keep_going,
               "fetches the others also when one cannot be fetched");
  CLI11_PARSE(app, argc, argv);

  auto pages = read_list(chosen.list);
  if (!pages) {
    fmt::print(stderr, "fetchall: {}\n", pages.error());
    return 2;
  }
  const std::size_t fitting = std::max<std::size_t>(examples::raise_descriptor_limit(), 1);
  if (chosen.at_once > fitting) {
    fmt::print(stderr, "fetchall: the limit of open files (ulimit -Hn) allows {} at once, not {}\n",
               fitting, chosen.at_once);
    chosen.at_once = fitting;
  }
  return weir::run([&] { return fetch_and_report(chosen, *pages); }).value_or(false) ? 0 : 1;
}
