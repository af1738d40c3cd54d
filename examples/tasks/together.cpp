// SPDX-License-Identifier: MIT
// all: functions run beside each other until all have succeeded, or one has failed.
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace {

using namespace std::chrono_literals;

weir::result<int> price_at(const std::string& shop) {
  if (shop == "ben's") return weir::failure(weir::errc::closed);
  if (auto waited = weir::sleep(1ms); !waited) {
    fmt::print("{}: {}\n", shop, waited.error().message());
    return std::unexpected(waited.error());
  }
  return static_cast<int>(shop.size());
}

void example() {
  const auto two = weir::all([] { return price_at("anna's"); }, [] { return price_at("carla's"); });
  if (two) fmt::print("{} and {}\n", std::get<0>(*two), std::get<1>(*two));

  std::vector<std::function<weir::result<int>()>> questions;
  for (const char* shop : {"anna's", "ben's", "carla's"}) {
    questions.emplace_back([shop] { return price_at(shop); });
  }
  const auto prices = weir::all(questions);  // a result<std::vector<int>>
  fmt::print("all: {}\n", prices ? "open" : prices.error().message());
}

}  // namespace

int main() { weir::run(example).value(); }
