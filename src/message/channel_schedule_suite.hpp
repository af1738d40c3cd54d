// SPDX-License-Identifier: MIT
// Random schedules of tasks that send and receive over channels, and join them meanwhile. For
// tests.
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

#include "message/channel_kind_suite.hpp"
#include "testing/random_schedule.hpp"

namespace weir::testing {

enum class deed : std::uint8_t {
  send,        ///< of a message that is moved
  send_copy,   ///< of a message that its sender keeps
  pass,        ///< of a result that holds a message
  send_error,  ///< `error`
  try_send,
  clear,
  recv,
  try_recv,
  remove,
  look,  ///< how many messages wait in a buffer, and whether it says that it is empty
  close_sender,
  close_receiver,
  replace_sender,  ///< by an empty end, which destroys it
  replace_receiver,
  move_ends,  ///< elsewhere and back, with whoever waits in them
  redirect,   ///< this channel's receiver to the sender of `to`
  add,        ///< this channel's receiver to the selector
  spawn,
  spawn_later,
  cancel,
  cancel_token,  ///< that some calls are given
  done,
  await,
  yield,
  sleep,
};

/// One call in a schedule.
struct step {
  deed what = deed::yield;
  std::size_t channel = 0;
  std::size_t to = 0;    ///< the other, for a redirect
  std::size_t task = 0;  ///< to spawn, cancel, ask or await
  std::optional<std::chrono::milliseconds> limit = std::nullopt;  ///< its `until`; none: never
  bool token = false;                                             ///< it ends with the token, too
  std::size_t count = 0;                                          ///< to remove
};

/// The channels of a schedule. A selector is the last, and has no sender.
struct channel_plan {
  static constexpr std::size_t unbounded = static_cast<std::size_t>(-1);
  kind what = kind::pipe;
  std::size_t capacity = 0;  ///< of a queue or stalk
};

struct join_plan {
  std::size_t from = 0;
  std::size_t to = 0;
};

/// What each of some tasks does from its beginning to its end; task 0 is the first.
struct channel_schedule {
  std::vector<channel_plan> channels;
  std::vector<std::vector<step>> tasks;
};

inline constexpr std::array deed_names{"send",
                                       "send_copy",
                                       "pass",
                                       "send_error",
                                       "try_send",
                                       "clear",
                                       "recv",
                                       "try_recv",
                                       "remove",
                                       "look",
                                       "close_sender",
                                       "close_receiver",
                                       "replace_sender",
                                       "replace_receiver",
                                       "move_ends",
                                       "redirect",
                                       "add",
                                       "spawn",
                                       "spawn_later",
                                       "cancel",
                                       "cancel_token",
                                       "done",
                                       "await",
                                       "yield",
                                       "sleep"};
static_assert(deed_names.size() == static_cast<std::size_t>(deed::sleep) + 1);

inline std::string to_string(const channel_plan& plan) {
  std::string text = name_of(plan.what);
  if (plan.what != kind::queue && plan.what != kind::stalk) return text;
  if (plan.capacity == channel_plan::unbounded) return text;
  return text + "(" + std::to_string(plan.capacity) + ")";
}

inline std::string to_string(const step& call) {
  std::string text = deed_names.at(static_cast<std::size_t>(call.what));
  if (call.what < deed::spawn) {
    text += " channel " + std::to_string(call.channel);
  } else if (call.what < deed::yield && call.what != deed::cancel_token) {
    text += " task " + std::to_string(call.task);
  }
  if (call.what == deed::redirect) text += " to " + std::to_string(call.to);
  if (call.what == deed::remove) text += " " + std::to_string(call.count);
  if (call.token) text += " with the token";
  if (call.limit) text += " until " + std::to_string(call.limit->count()) + " ms";
  return text;
}

inline std::string to_string(const channel_schedule& schedule) {
  std::string text;
  for (std::size_t which = 0; which < schedule.channels.size(); ++which)
    text += "channel " + std::to_string(which) + ": " + to_string(schedule.channels[which]) + "\n";
  return text;
}

/// Draws a schedule: a dozen calls or so, few channels and short times, so that they meet.
class channel_schedule_drawer {
 public:
  explicit channel_schedule_drawer(std::uint64_t seed) : random_(seed) {}

  /// Over these channels; the joins are made in their order, at whatever points.
  [[nodiscard]] channel_schedule draw(std::vector<channel_plan> channels,
                                      const std::vector<join_plan>& joins) {
    channels_ = std::move(channels);
    channel_schedule drawn{.channels = channels_, .tasks = {}};
    drawn.tasks.resize(3 + random_.below(3));
    for (std::size_t who = 1; who < drawn.tasks.size(); ++who) {
      const bool receives = random_.once_in(2);
      for (std::size_t calls = 1 + random_.below(5); calls > 0; --calls)
        drawn.tasks[who].push_back(draw_call(drawn.tasks.size(), receives));
    }
    // Before the spawns, so that the first task joins some when nothing has happened yet.
    draw_joins(drawn, joins);
    for (std::size_t who = 1; who < drawn.tasks.size(); ++who) {
      // Whoever is drawn spawns it, at whatever point: a task of a lower number, so that all can
      // be.
      insert_into(drawn.tasks[random_.below(who)], draw_spawn(who));
    }
    return drawn;
  }

 private:
  void draw_joins(channel_schedule& drawn, const std::vector<join_plan>& joins) {
    // Where one task makes them all, they are made in their order.
    auto& one = drawn.tasks[random_.once_in(2) ? 0 : random_.below(drawn.tasks.size())];
    const bool by_one = !random_.once_in(4);
    std::size_t after = 0;
    for (const join_plan& each : joins) {
      const bool adds = channels_[each.to].what == kind::selector;
      const step join{
          .what = adds ? deed::add : deed::redirect, .channel = each.from, .to = each.to};
      if (!by_one) {
        insert_into(drawn.tasks[random_.below(drawn.tasks.size())], join);
        continue;
      }
      after += random_.below(one.size() + 1 - after);
      one.insert(one.begin() + static_cast<std::ptrdiff_t>(after++), join);
    }
  }

  void insert_into(std::vector<step>& calls, const step& call) {
    calls.insert(calls.begin() + static_cast<std::ptrdiff_t>(random_.below(calls.size() + 1)),
                 call);
  }

  step draw_call(std::size_t tasks, bool receives) {
    step drawn{.what = draw_deed(receives), .task = 1 + random_.below(tasks - 1)};
    drawn.channel = draw_channel(drawn.what);
    if (drawn.what == deed::sleep || !random_.once_in(3)) drawn.limit = draw_time();
    drawn.token = random_.once_in(4);
    drawn.count = random_.below(4);
    suit(drawn);
    return drawn;
  }

  /// Most tasks mostly send, or mostly receive, as programs do.
  deed draw_deed(bool receives) {
    using enum deed;
    constexpr std::array closing{close_sender, close_receiver, replace_sender, replace_receiver};
    constexpr std::array sending{send,       send,     send,  send_copy, pass,
                                 send_error, try_send, clear, clear};
    constexpr std::array receiving{recv, recv, recv, remove, remove, look, try_recv};
    constexpr std::array others{yield, sleep, sleep, cancel, cancel_token, done, move_ends};
    if (random_.once_in(20)) return one_of(closing);
    if (random_.once_in(30)) return redirect;
    if (random_.once_in(5)) return one_of(others);
    return receives != random_.once_in(5) ? one_of(receiving) : one_of(sending);
  }

  template <std::size_t Count>
  deed one_of(const std::array<deed, Count>& deeds) {
    return deeds.at(random_.below(Count));
  }

  /// A send is mostly of the first channel, and a recv of the last.
  std::size_t draw_channel(deed what) {
    if (random_.once_in(5)) return random_.below(channels_.size());
    const bool receiving = what >= deed::recv && what <= deed::look;
    if (what == deed::close_receiver || what == deed::replace_receiver || receiving)
      return channels_.size() - 1;
    if (channels_.back().what == kind::selector) return random_.below(channels_.size() - 1);
    return 0;
  }

  /// Has it do something that its channel can do.
  void suit(step& drawn) {
    if (drawn.what == deed::redirect) return suit_join(drawn);
    const kind of = channels_[drawn.channel].what;
    if (drawn.what == deed::clear && of != kind::value) drawn.what = deed::send;
    if (drawn.what == deed::remove && of != kind::stalk) drawn.what = deed::recv;
    if (drawn.what == deed::look && of != kind::stalk && of != kind::queue) drawn.what = deed::recv;
    const bool sends = drawn.what < deed::recv || drawn.what == deed::close_sender ||
                       drawn.what == deed::replace_sender;
    if (sends && of == kind::selector) drawn.channel = random_.below(channels_.size() - 1);
    if (drawn.what == deed::clear && channels_[drawn.channel].what != kind::value)
      drawn.what = deed::send;
  }

  /// Any that compiles: of ends that are joined already, and of a channel to itself.
  void suit_join(step& drawn) {
    drawn.channel = random_.below(channels_.size());
    drawn.to = random_.below(channels_.size());
    if (channels_[drawn.to].what == kind::selector) drawn.what = deed::add;
    if (channels_[drawn.channel].what > kind::gate) drawn.what = deed::yield;
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
  std::vector<channel_plan> channels_;
};

}  // namespace weir::testing
