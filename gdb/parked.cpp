// SPDX-License-Identifier: MIT
// A program for the tests of weir.py: has tasks as its argument says, and then calls `stop_here`.
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <semaphore>
#include <string_view>
#include <thread>
#include <tuple>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <weir/weir.hpp>

namespace {

/// Where gdb is to look.
[[gnu::noinline]] void stop_here() { asm volatile("" ::: "memory"); }

/// Has a frame of a size that only the run tells, and in it something that wants to be aligned, so
/// that all the registers which a switch keeps are needed to find what is in it.
[[gnu::noinline]] void wait_for_message(weir::receiver<int>& source) {
  alignas(64) volatile int wanted = 4711;
  char* const room = static_cast<char*>(__builtin_alloca(static_cast<std::size_t>(wanted)));
  asm volatile("" : : "r"(room), "r"(&wanted) : "memory");
  const auto received = source.recv();  // the receiver parks here
  asm volatile("" : : "r"(room), "r"(&wanted) : "memory");
  if (received != wanted) std::puts("no message came");
}

[[gnu::noinline]] void wait_for_tomorrow() {
  if (!weir::sleep(std::chrono::hours(24))) std::puts("woken");  // the sleeper parks here
}

[[gnu::noinline]] void find_everyone_parked() {
  std::ignore = weir::yield();  // main goes on to where it waits
  auto ready = weir::spawn_later({.name = "ready"}, std::chrono::seconds(0), [] {});
  auto later = weir::spawn_later({.name = "later"}, std::chrono::hours(24), [] {});
  stop_here();
  weir::stop();
}

/// A task in each state.
[[gnu::noinline]] void in_each_state() {
  auto [sender, receiver] = weir::pipe<int>();
  auto first = weir::spawn({.name = "receiver"}, [&] { wait_for_message(receiver); });
  auto second = weir::spawn({.name = "a \"quoted\" name"}, wait_for_tomorrow);  // spawned here
  auto third = weir::spawn(find_everyone_parked);  // the third is spawned here
  std::ignore = third.await();                     // main parks here
}

/// All wait, and the loop, which finds that out, runs.
void in_a_deadlock() {
  weir::set_logger([](weir::log_level, std::string_view) { stop_here(); });
  auto [sender, receiver] = weir::pipe<int>();
  const auto receive = [&] { wait_for_message(receiver); };
  const auto pause = [] { std::ignore = weir::pause<int>(); };
  std::ignore = weir::all(receive, pause);  // two are started here
}

std::counting_semaphore held_up{0};
std::counting_semaphore may_end{0};

[[gnu::noinline]] void hold_up_the_thread() {
  held_up.release();
  may_end.acquire();  // another thread is held up here
  asm volatile("");   // so that the call above is not this function's end
}

/// Hubs in other threads, of each of which the current task holds up the thread while another
/// waits, and then one in this thread.
void beside_hubs(int count) {
  std::vector<std::jthread> others;
  for (int started = 0; started < count; ++started) {
    others.emplace_back([] {
      weir::hub hub;
      auto [sender, receiver] = weir::pipe<int>();
      auto first = weir::spawn({.name = "receiver"}, [&] { wait_for_message(receiver); });
      hold_up_the_thread();
    });
    held_up.acquire();
  }
  std::ignore = weir::run(stop_here);
  may_end.release(count);
}

/// A child that makes a hub of its own, on the stack of its parent's task.
void in_a_forked_child() {
  if (const pid_t child = ::fork(); child != 0) {
    ::waitpid(child, nullptr, 0);
  } else {
    std::ignore = weir::run(stop_here);
    ::_exit(0);
  }
}

void after_a_hub() {
  std::ignore = weir::run([] {});
  stop_here();
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view wanted = count == 2 ? arguments[1] : "";
  if (wanted == "in_each_state") {
    std::ignore = weir::run(in_each_state);
  } else if (wanted == "in_a_deadlock") {
    std::ignore = weir::run(in_a_deadlock);
  } else if (wanted == "beside_one_hub") {
    beside_hubs(1);
  } else if (wanted == "beside_two_hubs") {
    beside_hubs(2);
  } else if (wanted == "in_a_forked_child") {
    std::ignore = weir::run(in_a_forked_child);
  } else if (wanted == "after_a_hub") {
    after_a_hub();
  } else {
    return 2;
  }
  return 0;
}
