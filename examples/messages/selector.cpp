// SPDX-License-Identifier: MIT
// A selector: many senders, one receiver that learns which of them each message came from.
#include <map>
#include <string>
#include <utility>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace {

void example() {
  auto all = weir::selector<std::string>();
  std::map<weir::selector_key, std::string> names;
  for (const char* name : {"anna", "ben"}) {
    auto channel = weir::pipe<std::string>();
    names[all.add(std::move(channel.rx))] = name;
    weir::spawn({.detached = true}, [tx = std::move(channel.tx)]() mutable {
      if (tx.send("hello")) (void)tx.send("bye");
    });
  }
  for (const auto& [from, message] : all) {
    fmt::print("{}: {}\n", names[from], message ? *message : message.error().message());
  }
  fmt::print("all: {}\n", all.error().message());
}

}  // namespace

int main() { return weir::run(example) ? 0 : 1; }
