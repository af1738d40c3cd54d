// SPDX-License-Identifier: MIT
// Random schedules of tasks that send and receive over pipes. For tests.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "testing/random_schedule.hpp"

namespace weir::testing {

enum class deed : std::uint8_t {
  send,        ///< of a message that is moved
  send_copy,   ///< of a message that its sender keeps
  pass,        ///< of a result that holds a message
  send_error,  ///< `error`
  try_send,
  recv,
  try_recv,
  close_sender,
  close_receiver,
  replace_sender,  ///< by an empty end, which destroys it
  replace_receiver,
  move_ends,  ///< elsewhere and back, with whoever waits in them
  spawn,
  spawn_later,
  cancel,
  done,
  await,
  yield,
  sleep,
};

/// One call in a schedule.
struct step {
  deed what = deed::yield;
  std::size_t pipe = 0;
  std::size_t task = 0;                            ///< to spawn, cancel, ask or await
  std::optional<std::chrono::milliseconds> limit;  ///< its `until`; none: never
};

/// What each of some tasks does from its beginning to its end; task 0 is the first.
struct pipe_schedule {
  std::size_t pipes = 1;
  std::vector<std::vector<step>> tasks;
};

inline const char* name_of(deed what) {
  switch (what) {
    case deed::send: return "send";
    case deed::send_copy: return "send_copy";
    case deed::pass: return "pass";
    case deed::send_error: return "send_error";
    case deed::try_send: return "try_send";
    case deed::recv: return "recv";
    case deed::try_recv: return "try_recv";
    case deed::close_sender: return "close_sender";
    case deed::close_receiver: return "close_receiver";
    case deed::replace_sender: return "replace_sender";
    case deed::replace_receiver: return "replace_receiver";
    case deed::move_ends: return "move_ends";
    case deed::spawn: return "spawn";
    case deed::spawn_later: return "spawn_later";
    case deed::cancel: return "cancel";
    case deed::done: return "done";
    case deed::await: return "await";
    case deed::yield: return "yield";
    case deed::sleep: return "sleep";
  }
  return "?";
}

inline std::string to_string(const step& call) {
  std::string text = name_of(call.what);
  text += " pipe " + std::to_string(call.pipe) + " task " + std::to_string(call.task);
  if (call.limit) text += " until " + std::to_string(call.limit->count()) + " ms";
  return text;
}

/// Draws a schedule: a dozen calls or so, few pipes and short times, so that they meet.
class pipe_schedule_drawer {
 public:
  explicit pipe_schedule_drawer(std::uint64_t seed) : random_(seed) {}

  [[nodiscard]] pipe_schedule draw() {
    pipe_schedule drawn;
    drawn.pipes = 1 + random_.below(2);
    drawn.tasks.resize(3 + random_.below(4));  // the first only spawns
    for (std::size_t who = 1; who < drawn.tasks.size(); ++who) {
      for (std::size_t calls = 1 + random_.below(5); calls > 0; --calls) {
        drawn.tasks[who].push_back(draw_call(drawn));
      }
      // Whoever is drawn spawns it, at whatever point: a task of a lower number, so that all can
      // be.
      auto& spawner = drawn.tasks[random_.below(who)];
      spawner.insert(
          spawner.begin() + static_cast<std::ptrdiff_t>(random_.below(spawner.size() + 1)),
          draw_spawn(who));
    }
    return drawn;
  }

 private:
  step draw_call(const pipe_schedule& of) {
    step drawn{.what = draw_deed(),
               .pipe = random_.below(of.pipes),
               .task = 1 + random_.below(of.tasks.size() - 1),
               .limit = std::nullopt};
    if (drawn.what == deed::sleep || !random_.once_in(3)) drawn.limit = draw_time();
    return drawn;
  }

  deed draw_deed() {
    using enum deed;
    constexpr std::array closing{close_sender, close_receiver, replace_sender, replace_receiver};
    constexpr std::array sending{send, send, send_copy, pass, send_error, try_send};
    constexpr std::array receiving{recv, recv, recv, recv, recv, try_recv};
    constexpr std::array others{yield, sleep, sleep, cancel, done, move_ends};
    if (random_.once_in(20)) return one_of(closing);
    if (random_.once_in(4)) return one_of(others);
    return random_.once_in(2) ? one_of(sending) : one_of(receiving);
  }

  template <std::size_t Count>
  deed one_of(const std::array<deed, Count>& deeds) {
    return deeds.at(random_.below(Count));
  }

  step draw_spawn(std::size_t who) {
    if (!random_.once_in(3)) return {.what = deed::spawn, .task = who};
    return {.what = deed::spawn_later, .task = who, .limit = draw_time()};
  }

  /// Few, so that many are equal; none, every other time.
  std::chrono::milliseconds draw_time() {
    return std::chrono::milliseconds(random_.once_in(2) ? 0 : 1 + random_.below(3));
  }

  random_schedule random_;
};

}  // namespace weir::testing
