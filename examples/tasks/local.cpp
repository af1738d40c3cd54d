// SPDX-License-Identifier: MIT
// task_local: a value for each task, that those it spawns begin with.
#include <string>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace {

weir::task_local<std::string> request("none");

void log(const char* text) { fmt::print("[{}] {}\n", *request, text); }

void example() {
  auto handler = weir::spawn([] {
    request.set("17");
    log("begins");
    const auto parts = weir::all([] { log("asks the database"); },
                                 [] {
                                   request.set("17b");  // its own, from here
                                   log("asks the cache");
                                 });
    log(parts ? "ends" : "fails");
  });
  log("waits");
  handler.await().value();
}

}  // namespace

int main() { weir::run(example).value(); }
