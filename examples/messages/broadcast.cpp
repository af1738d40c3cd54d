// SPDX-License-Identifier: MIT
// A broadcast: a copy for everyone who waits.
#include <string>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace {

weir::result<void> example() {
  auto [tx, rx] = weir::broadcast<std::string>();
  if (auto sent = tx.send("too early"); !sent) return sent;  // to nobody: it is dropped
  for (const char* name : {"anna", "ben"}) {
    weir::spawn({.detached = true}, [news = rx, name]() mutable {
      while (auto heard = news.recv()) fmt::print("{} hears {}\n", name, *heard);
    });
  }
  return tx.send("the news");
}

}  // namespace

int main() { return weir::run(example) ? 0 : 1; }
