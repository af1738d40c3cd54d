// SPDX-License-Identifier: MIT
// Runs a schedule over real channels beside the model, call by call. For tests.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <weir/cancel_token.hpp>
#include <weir/error.hpp>
#include <weir/receiver.hpp>
#include <weir/redirect.hpp>
#include <weir/selected.hpp>
#include <weir/sender.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/task.hpp>
#include <weir/until.hpp>

#include "message/channel_model_suite.hpp"
#include "message/channel_schedule_suite.hpp"
#include "message/real_channel_suite.hpp"
#include "testing/holdings.hpp"

namespace weir::testing {

/// One schedule, within the hub of this thread.
class channel_rig {
 public:
  channel_rig(channel_schedule schedule, bool shuffled, bool traced)
      : schedule_(std::move(schedule)),
        tasks_(schedule_.tasks.size()),
        model_(schedule_, shuffled),
        traced_(traced) {
    for (const channel_plan& each : schedule_.channels) channels_.emplace_back(each);
  }

  /// What was wrong; empty: nothing.
  std::string run() {
    const auto before = held_now();
    for (const step& call : schedule_.tasks[0]) perform(0, call);
    // By then whatever can end by itself has; the rest waits for what never comes.
    using namespace std::chrono_literals;
    perform(0, {.what = deed::sleep, .limit = 1s});
    for (std::size_t i = 1; i < tasks_.size(); ++i) {
      if (tasks_[i].id() == 0) continue;  // who should have spawned it was cancelled before it ran
      perform(0, {.what = deed::cancel, .task = i});
      perform(0, {.what = deed::done, .task = i});
      perform(0, {.what = deed::await, .task = i});
    }
    if (!model_.mismatch().empty()) return model_.mismatch();
    const auto stored = model_.stored();
    if (stored && *stored != numbered::alive())
      return std::to_string(numbered::alive()) + " messages are left, not " +
             std::to_string(*stored);
    channels_.clear();
    if (numbered::alive() != 0) return "messages outlive the channels";
    return held_now() == before ? "" : "something is left behind";
  }

  /// Every call and what it returned, if it was asked for.
  [[nodiscard]] const std::string& trace() const noexcept { return trace_; }

 private:
  void run_task(std::size_t who) {
    for (const step& call : schedule_.tasks[who]) perform(who, call);
    if (traced_) note(who, "ends");
    model_.ends(who);
  }

  void perform(std::size_t who, const step& call) {
    const bool sends = call.what <= deed::try_send && call.what != deed::send_error;
    numbered sent(sends ? ++last_message_ : 0);
    const content offered{.message = sent.number(),
                          .error = call.what == deed::send_error
                                       ? std::error_code(++last_error_, std::generic_category())
                                       : std::error_code{}};
    if (traced_)
      note(who, "calls " + to_string(call) + ", message " + std::to_string(sent.number()));
    model_.begins(who, call, offered);
    answer got = make(call, sent, offered.error);
    got.kept = sent.number() != 0;
    if (traced_) {
      note(who, "got \"" + got.error.message() + "\" " + std::to_string(got.message) + " from " +
                    std::to_string(got.from) + " \"" + got.value.message() + "\", " +
                    std::to_string(got.count) + " there");
    }
    model_.returns(who, call, got);
  }

  answer make(const step& call, numbered& sent, std::error_code error) {
    const until time = call.limit ? until(*call.limit) : until();
    const until limit = call.token ? until(time, token_) : time;
    real_channel& channel = channels_[call.channel];
    switch (call.what) {
      case deed::send: return answer_of(channel.tx().send(std::move(sent), limit));
      case deed::send_copy: return answer_of(channel.tx().send(std::as_const(sent), limit));
      case deed::pass: return pass(channel.tx(), sent, limit);
      case deed::send_error: return answer_of(channel.tx().error(error, limit));
      case deed::try_send: return answer_of(channel.tx().try_send(std::move(sent)));
      case deed::clear: return answer_of(channel.value_tx().clear());
      case deed::recv: return receive(channel, [limit](auto& rx) { return rx.recv(limit); });
      case deed::try_recv: return receive(channel, [](auto& rx) { return rx.try_recv(); });
      case deed::remove: return answer_of(channel.stalk_rx().remove(call.count));
      case deed::look: return look(channel);
      case deed::close_sender: return answer_of(channel.tx().close());
      case deed::close_receiver:
        if (channel.what() == kind::selector && channel.selector_gone())
          return {.error = errc::closed};
        return channel.with_rx([](auto& rx) { return answer_of(rx.close()); });
      case deed::replace_sender: channel.destroy_sender(); return {};
      case deed::replace_receiver: channel.destroy_receiver(); return {};
      case deed::move_ends: move_ends(channel); return {};
      case deed::redirect: return redirect(channel, channels_[call.to]);
      case deed::add: return add(channel, channels_.back());
      case deed::spawn: spawn(call.task); return {};
      case deed::spawn_later: spawn_later(call.task, time); return {};
      case deed::cancel: tasks_[call.task].cancel(); return {};
      case deed::cancel_token: token_.cancel(); return {};
      case deed::done: return {.done = tasks_[call.task].done()};
      case deed::await: return answer_of(tasks_[call.task].await());
      case deed::yield: return answer_of(weir::yield());
      case deed::sleep: return answer_of(weir::sleep(limit));
    }
    return {};
  }

  static answer answer_of(const result<void>& returned) { return {.error = error_of(returned)}; }
  static answer answer_of(const result<numbered>& returned) {
    return {.error = error_of(returned), .message = returned ? returned->number() : 0};
  }
  static answer answer_of(const result<selected<numbered>>& returned) {
    if (!returned) return {.error = returned.error()};
    answer got = answer_of(returned->value);
    std::swap(got.error, got.value);
    got.from = returned->from.number();
    return got;
  }
  static answer answer_of(const result<std::size_t>& returned) {
    return {.error = error_of(returned), .count = returned.value_or(0)};
  }

  template <class Function>
  static answer receive(real_channel& channel, Function call) {
    if (channel.what() == kind::selector && channel.selector_gone()) {
      // As a recv on a receiver that is not there: a cancel point, or not.
      receiver<numbered> none;
      return answer_of(call(none));
    }
    answer got = channel.with_rx([&call](auto& rx) { return answer_of(call(rx)); });
    if (channel.what() != kind::stalk || got.error) return got;
    std::size_t there = 0;
    for (const numbered& each : channel.stalk_rx()) {
      got.seen = seen_after(got.seen, each.number());
      ++there;
    }
    if (there != got.count) got.seen = 0;
    return got;
  }

  static answer look(real_channel& channel) {
    return channel.what() == kind::queue ? look(channel.queue_rx()) : look(channel.stalk_rx());
  }

  template <class Receiver>
  static answer look(Receiver& rx) {
    if (rx.half() == nullptr) return {};
    return {.done = rx.empty().try_recv().has_value(), .count = rx.size()};
  }

  static answer pass(sender<numbered>& tx, numbered& sent, until limit) {
    result<numbered> passed = std::move(sent);
    const auto got = answer_of(tx.pass(std::move(passed), limit));
    sent = *std::move(passed);
    return got;
  }

  static void move_ends(real_channel& channel) {
    real_channel moved = std::move(channel);
    channel = std::move(moved);
  }

  static answer redirect(real_channel& from, real_channel& to) {
    try {
      return answer_of(weir::redirect(std::move(from.direct_rx()), std::move(to.tx())));
    } catch (const std::logic_error&) {
      return {.error = misuse};
    }
  }

  static answer add(real_channel& from, real_channel& to) {
    if (to.selector_gone()) return {.error = misuse};
    try {
      return {.from = to.selector_rx().add(std::move(from.direct_rx())).number()};
    } catch (const std::logic_error&) {
      return {.error = misuse};
    }
  }

  void spawn(std::size_t which) {
    tasks_[which] = weir::spawn([this, which] { run_task(which); });
  }

  void spawn_later(std::size_t which, until start) {
    tasks_[which] = weir::spawn_later(start, [this, which] { run_task(which); });
  }

  void note(std::size_t who, const std::string& what) {
    trace_ += "task " + std::to_string(who) + " " + what + "\n";
  }

  channel_schedule schedule_;
  std::vector<real_channel> channels_;
  std::vector<task<>> tasks_;
  cancel_token token_;
  channel_model model_;
  int last_message_ = 0;
  int last_error_ = 0;
  bool traced_;
  std::string trace_;
};

}  // namespace weir::testing
