// SPDX-License-Identifier: MIT
// A plain model of tasks that use channels: says, call by call, who may run and what each call
// returns. For tests; it knows nothing of the real thing.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <weir/error.hpp>

#include "message/channel_kind_suite.hpp"
#include "message/channel_schedule_suite.hpp"
#include "message/line_model_suite.hpp"
#include "message/task_model_suite.hpp"

namespace weir::testing {

/// For a call that throws `logic_error`.
inline const std::error_code misuse = std::make_error_code(std::errc::state_not_recoverable);

/// Of each channel it knows the ends, or that they are not there any more: moved into a join, or
/// destroyed.
class channel_model {
 public:
  channel_model(const channel_schedule& schedule, bool shuffled)
      : tasks_(schedule.tasks.size(), shuffled,
               [this](std::size_t who) { return lines_.goes_on(who); }),
        lines_(tasks_, shuffled) {
    for (const channel_plan& each : schedule.channels) {
      if (each.what == kind::selector) break;
      senders_.push_back(&lines_.add(each.what, each.capacity));
      receivers_.push_back(senders_.back());
    }
  }

  /// Task `who` calls; `offered` is what it sends.
  void begins(std::size_t who, const step& what, content offered) {
    tasks_.begins(who, what.limit, what.token, offered, what.what == deed::send_copy);
    switch (what.what) {
      case deed::send:
      case deed::send_copy:
      case deed::pass:
      case deed::send_error: return send(who, what.channel, true);
      case deed::try_send: return send(who, what.channel, false);
      case deed::clear: return clear(who, what.channel);
      case deed::recv: return recv(who, what.channel, true);
      case deed::try_recv: return recv(who, what.channel, false);
      case deed::remove: return remove(who, what.channel, what.count);
      case deed::look: return look(who, what.channel);
      case deed::close_sender: return close_sender(who, what.channel);
      case deed::close_receiver: return close_receiver(who, what.channel);
      case deed::replace_sender: return replace_sender(who, what.channel);
      case deed::replace_receiver: return replace_receiver(who, what.channel);
      case deed::move_ends: return tasks_.answers(who, {});
      case deed::redirect: return redirect(who, what.channel, what.to);
      case deed::add: return add(who, what.channel);
      case deed::spawn: return tasks_.begin_spawn(who, what.task);
      case deed::spawn_later: return tasks_.begin_spawn_later(who, what.task);
      case deed::cancel: return tasks_.begin_cancel(who, what.task);
      case deed::cancel_token: return tasks_.begin_cancel_token(who);
      case deed::done: return;
      case deed::await: return tasks_.begin_await(who, what.task);
      case deed::yield: return tasks_.begin_yield(who);
      case deed::sleep: return tasks_.begin_sleep(who);
    }
  }

  /// That call has returned `got`.
  void returns(std::size_t who, const step& what, const answer& got) {
    tasks_.returns(who);
    if (what.what == deed::yield) tasks_.returns_from_yield(who);
    if (what.what == deed::done) tasks_.returns_from_done(who, what.task, got.done);
    if (what.what == deed::spawn || what.what == deed::spawn_later)
      tasks_.returns_from_spawn(what.task);
    if (what.what == deed::recv && !selects(what.channel) && receivers_[what.channel] != nullptr)
      lines_.returns_from_recv(who, *receivers_[what.channel]);
    tasks_.compares(who, got);
  }

  void ends(std::size_t who) { tasks_.ends(who); }

  /// What happened first of what the model does not allow; empty: nothing.
  [[nodiscard]] std::string mismatch() const { return lines_.unknown() ? "" : tasks_.mismatch(); }

  /// As `line_model::stored`.
  [[nodiscard]] std::optional<std::size_t> stored() const { return lines_.stored(); }

 private:
  [[nodiscard]] bool selects(std::size_t channel) const { return channel == receivers_.size(); }
  [[nodiscard]] static bool open(const line* of) { return of != nullptr && !of->closed(); }

  void send(std::size_t who, std::size_t channel, bool may_park) {
    line* const to = senders_[channel];
    // An end that is not there any more does not know that it was a value's.
    const bool can_be_refused = may_park && (to == nullptr || to->first != kind::value);
    if (can_be_refused && tasks_.is_refused(who)) return tasks_.answers(who, errc::cancelled);
    if (to == nullptr) return tasks_.answers(who, errc::closed);
    lines_.send(who, *to, may_park);
  }

  void clear(std::size_t who, std::size_t channel) {
    if (senders_[channel] == nullptr) return tasks_.answers(who, errc::closed);
    lines_.clear(who, *senders_[channel]);
  }

  void recv(std::size_t who, std::size_t channel, bool may_park) {
    if (may_park && tasks_.is_refused(who)) return tasks_.answers(who, errc::cancelled);
    if (selects(channel)) return lines_.select(who, may_park);
    if (receivers_[channel] == nullptr) return tasks_.answers(who, errc::closed);
    lines_.recv(who, *receivers_[channel], may_park);
  }

  void remove(std::size_t who, std::size_t channel, std::size_t count) {
    if (receivers_[channel] != nullptr) return lines_.remove(who, *receivers_[channel], count);
    tasks_.answers(
        who, count == 0 ? std::error_code{} : std::make_error_code(std::errc::invalid_argument));
  }

  void look(std::size_t who, std::size_t channel) {
    tasks_.answers(who, {});
    if (receivers_[channel] == nullptr) return;
    tasks_.expected(who).count = receivers_[channel]->size();
    tasks_.expected(who).done = receivers_[channel]->items.empty();
  }

  void close_sender(std::size_t who, std::size_t channel) {
    line* const of = senders_[channel];
    tasks_.answers(who, open(of) ? std::error_code{} : errc::closed);
    if (of != nullptr) lines_.close_sender(*of);
  }

  void replace_sender(std::size_t who, std::size_t channel) {
    close_sender(who, channel);
    senders_[channel] = nullptr;
    tasks_.answers(who, {});
  }

  void close_receiver(std::size_t who, std::size_t channel) {
    line* const of = selects(channel) ? nullptr : receivers_[channel];
    const bool was_open = selects(channel) ? !lines_.selector_closed() : open(of);
    tasks_.answers(who, was_open ? std::error_code{} : errc::closed);
    if (selects(channel)) lines_.close_selector();
    if (of != nullptr) lines_.close_receiver(*of);
  }

  void replace_receiver(std::size_t who, std::size_t channel) {
    close_receiver(who, channel);
    if (selects(channel)) {
      selector_gone_ = true;
    } else {
      receivers_[channel] = nullptr;
    }
    tasks_.answers(who, {});
  }

  void redirect(std::size_t who, std::size_t from, std::size_t to) {
    line* const source = receivers_[from];
    line* const target = senders_[to];
    if (open(source) && source == target) return tasks_.answers(who, misuse);
    if (source != nullptr && lines_.receiver_waits(*source)) return tasks_.answers(who, errc::busy);
    if (target != nullptr && lines_.sender_waits(*target)) return tasks_.answers(who, errc::busy);
    tasks_.answers(who, {});
    receivers_[from] = nullptr;
    senders_[to] = nullptr;
    join(source, target);
  }

  void add(std::size_t who, std::size_t from) {
    line* const source = receivers_[from];
    const bool waited_at = source != nullptr && lines_.receiver_waits(*source);
    if (selector_gone_ || waited_at) return tasks_.answers(who, misuse);
    tasks_.answers(who, {});
    line& target = lines_.add_source();
    tasks_.expected(who).from = target.key;
    if (lines_.selector_closed()) lines_.close_receiver(target);
    receivers_[from] = nullptr;
    join(source, &target);
  }

  void join(line* from, line* to) {
    if (from != nullptr && to != nullptr) {
      if (lines_.join(*from, *to)) std::replace(senders_.begin(), senders_.end(), from, to);
    } else if (from != nullptr) {
      lines_.close_receiver(*from);
    } else if (to != nullptr) {
      lines_.close_sender(*to);
    }
  }

  task_model tasks_;
  line_model lines_;
  std::vector<line*> senders_;  ///< by channel; null: not there
  std::vector<line*> receivers_;
  bool selector_gone_ = false;
};

}  // namespace weir::testing
