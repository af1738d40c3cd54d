// SPDX-License-Identifier: MIT
// A program with tasks in known places, which prints its dump; dump_test.py looks at that. It is
// built several times, with and without optimization and debug information.
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include <sys/wait.h>
#include <unistd.h>

#include <weir/log.hpp>
#include <weir/pipe.hpp>
#include <weir/run.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/task_name.hpp>
#include <weir/task_tree.hpp>
#include <weir/with_timeout.hpp>

namespace app {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

[[gnu::noinline]] int take(weir::receiver<int>& from) {
  const auto taken = from.recv(1h);  // take
  return taken ? *taken : 0;
}

[[gnu::always_inline]] inline int take_inlined(weir::receiver<int>& from) {
  return take(from) + 1;  // take_inlined
}

[[gnu::noinline]] int take_two(weir::receiver<int>& from) {
  return take_inlined(from) + take_inlined(from);  // take_two
}

[[gnu::noinline]] void work(bool json) {
  auto [tx, rx] = weir::pipe<int>();
  auto taker = weir::spawn({.name = "taker"}, [&from = rx] {
    return take_two(from);  // taker
  });
  auto limited = weir::spawn({.name = "limited"}, [] {
    return weir::with_timeout(1h, [] {  // limited
      return weir::sleep(2h);           // sleep
    });
  });
  auto later = weir::spawn_later({.name = "later", .detached = true}, 1h, [] {});
  weir::task_name("\"q\" \\ \n\t\0 \x7f ä€😀 \xff|\xc3"s);
  const auto dump = weir::task_dump();  // dump
  std::puts((json ? weir::to_json(dump) : weir::to_text(dump)).c_str());
  taker.cancel();
  limited.cancel();
  later.cancel();
  static_cast<void>(taker.await());  // it refers to `rx`
}

/// A logger may do what it likes: this one has a process of its own say it.
void say_in_a_child(weir::log_level /*level*/, std::string_view text) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(::write(STDERR_FILENO, text.data(), text.size()) < 0 ? 1 : 0);
  ::waitpid(child, nullptr, 0);
}

}  // namespace
}  // namespace app

int main(int count, char** arguments) {
  const bool json = count < 2 || arguments[1] != std::string_view("text");
  weir::set_logger(app::say_in_a_child);
  return weir::run([json] { app::work(json); }) ? 0 : 1;
}
