// SPDX-License-Identifier: MIT
// What a task leaves to be done when it has ended.
#include <string>
#include <utility>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace {

struct door {
  std::string name;
  void close() const { fmt::print("the {} is closed\n", name); }
};

weir::result<door> open_both() {
  door& gate = weir::own(door{"gate"});
  weir::defer([&gate] { fmt::print("a last look at the {}\n", gate.name); });
  door& hatch = weir::own(door{"hatch"});
  fmt::print("both are open\n");
  return weir::disown(hatch);  // all went well: it is not closed, but handed on
}

void example() {
  auto opened = weir::spawn(open_both).await();
  fmt::print("the {} is still open\n", opened.value().name);
}

}  // namespace

int main() { weir::run(example).value(); }
