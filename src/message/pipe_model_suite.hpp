// SPDX-License-Identifier: MIT
// A plain model of tasks that send and receive over pipes: says, call by call, who may run and what
// each call returns. For tests; it knows nothing of the real thing.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <weir/error.hpp>

#include "message/pipe_schedule_suite.hpp"

namespace weir::testing {

/// What a call returned.
struct answer {
  std::error_code error;
  int message = 0;    ///< received; 0: none
  bool kept = false;  ///< the caller of a send still has its message
  bool done = false;  ///< `done`

  friend bool operator==(const answer&, const answer&) = default;
};

/// Tasks are numbers; 0 is there from the beginning. The model is told of each call as it begins
/// and as it returns, and of the end of each task; it needs to be told no more than which of the
/// ready tasks runs next where their order is shuffled.
class pipe_model {
 public:
  pipe_model(std::size_t tasks, std::size_t pipes, bool shuffled)
      : tasks_(tasks), pipes_(pipes), shuffled_(shuffled) {
    tasks_.at(0).is = state::running;
  }

  /// Task `who` calls; `message` and `error` are what it sends.
  void begins(std::size_t who, const step& what, int message, std::error_code error) {
    run(who);
    task& caller = tasks_[who];
    caller.calling = what;
    caller.message = message;
    caller.sent_error = error;
    switch (what.what) {
      case deed::send:
      case deed::send_copy:
      case deed::pass:
      case deed::send_error: return begin_send(who, true);
      case deed::try_send: return begin_send(who, false);
      case deed::recv: return begin_recv(who, true);
      case deed::try_recv: return begin_recv(who, false);
      case deed::close_sender:
      case deed::close_receiver: return begin_close(who, true);
      case deed::replace_sender:
      case deed::replace_receiver: return begin_close(who, false);
      case deed::move_ends: return answers(who, {});
      case deed::spawn: return begin_spawn(who);
      case deed::spawn_later: return begin_spawn_later(who);
      case deed::cancel: return begin_cancel(who);
      case deed::done: return answers_done(who);
      case deed::await: return begin_await(who);
      case deed::yield: return yields(who);
      case deed::sleep:
        if (caller.cancelled) return answers(who, errc::cancelled);
        return parks(who);
    }
  }

  /// The call it made last has returned `got`.
  void returns(std::size_t who, const answer& got) {
    run(who);
    task& caller = tasks_[who];
    const deed what = caller.calling.what;
    if (what == deed::yield) answers(who, caller.cancelled ? errc::cancelled : std::error_code{});
    if (what == deed::done && got.done) settle_unrun(caller.calling.task);
    if (what == deed::done) answers_done(who);
    if (what == deed::spawn || what == deed::spawn_later) tasks_[caller.calling.task].known = true;
    if (!(got == caller.expected))
      disallow(who, "returned something else than " + expected_of(who));
  }

  void ends(std::size_t who) {
    run(who);
    running_.reset();
    has_ended(who, {});
  }

  /// The first thing that happened and the model does not allow; empty: there was none.
  [[nodiscard]] const std::string& mismatch() const noexcept { return mismatch_; }

 private:
  enum class state : std::uint8_t { unborn, starts_later, ready, running, parked, ended };

  struct task {
    state is = state::unborn;
    bool started = false;
    bool cancelled = false;
    bool known = false;  ///< whoever spawned it has its handle
    step calling;
    int message = 0;             ///< it sends; 0: none
    std::error_code sent_error;  ///< it sends instead
    answer expected;
    std::error_code result;  ///< once it has ended
    std::optional<std::int64_t> deadline;
    std::uint64_t deadline_set = 0;  ///< how many deadlines had been set before
  };

  struct pipe {
    bool closed = false;
    std::optional<std::size_t> sender;  ///< who waits
    std::optional<std::size_t> receiver;
  };

  // -- what each call does

  void begin_send(std::size_t who, bool may_park) {
    pipe& to = pipes_[tasks_[who].calling.pipe];
    if (may_park && tasks_[who].cancelled) return answers(who, errc::cancelled);
    if (to.closed) return answers(who, errc::closed);
    if (to.sender) return answers(who, errc::busy);
    if (to.receiver) {
      const std::size_t receiver = *to.receiver;
      wakes(receiver, {});
      receives(receiver, who);
      answers(who, {});
      if (may_park) yields(who);
      return;
    }
    if (!may_park) return answers(who, errc::would_block);
    to.sender = who;
    parks(who);
  }

  void begin_recv(std::size_t who, bool may_park) {
    pipe& from = pipes_[tasks_[who].calling.pipe];
    if (may_park && tasks_[who].cancelled) return answers(who, errc::cancelled);
    if (from.closed) return answers(who, errc::closed);
    if (from.receiver) return answers(who, errc::busy);
    if (from.sender) {
      const std::size_t sender = *from.sender;
      wakes(sender, {});
      return receives(who, sender);
    }
    if (!may_park) return answers(who, errc::would_block);
    from.receiver = who;
    parks(who);
  }

  void begin_close(std::size_t who, bool says_closed) {
    pipe& which = pipes_[tasks_[who].calling.pipe];
    answers(who, which.closed && says_closed ? errc::closed : std::error_code{});
    which.closed = true;
    if (which.sender) wakes(*which.sender, errc::closed);
    if (which.receiver) wakes(*which.receiver, errc::closed);
  }

  void begin_spawn(std::size_t who) {
    const std::size_t spawned = tasks_[who].calling.task;
    becomes_ready(spawned);
    answers(who, {});
    yields(who);
  }

  void begin_spawn_later(std::size_t who) {
    const std::size_t spawned = tasks_[who].calling.task;
    tasks_[spawned].is = state::starts_later;
    if (tasks_[who].calling.limit->count() == 0) {
      becomes_ready(spawned);
    } else {
      set_deadline(spawned, *tasks_[who].calling.limit);
    }
    answers(who, {});
  }

  void begin_cancel(std::size_t who) {
    answers(who, {});
    const std::size_t which = tasks_[who].calling.task;
    task& cancelled = tasks_[which];
    if (!cancelled.known || cancelled.is == state::ended || cancelled.cancelled) return;
    cancelled.cancelled = true;
    if (cancelled.is == state::starts_later) {
      cancelled.deadline.reset();
      unstarted_.push_back(which);
    }
    if (cancelled.is == state::parked) wakes(which, errc::cancelled);
  }

  void begin_await(std::size_t who) {
    const task& awaited = tasks_[tasks_[who].calling.task];
    if (awaited.is == state::ended) return answers(who, awaited.result);
    parks(who);
  }

  void answers_done(std::size_t who) {
    const task& asked = tasks_[tasks_[who].calling.task];
    answers(who, {});
    tasks_[who].expected.done = asked.known && asked.is == state::ended;
  }

  // -- what becomes of tasks

  /// Its call returns this, and nothing received.
  void answers(std::size_t who, std::error_code error) {
    task& caller = tasks_[who];
    const bool keeps = caller.message != 0 && (error || caller.calling.what == deed::send_copy);
    caller.expected = {.error = error, .message = 0, .kept = keeps};
  }

  void receives(std::size_t receiver, std::size_t sender) {
    const task& from = tasks_[sender];
    tasks_[receiver].expected = {.error = from.sent_error, .message = from.message, .kept = false};
  }

  void parks(std::size_t who) {
    tasks_[who].is = state::parked;
    if (tasks_[who].calling.limit) set_deadline(who, *tasks_[who].calling.limit);
    running_.reset();
  }

  void yields(std::size_t who) {
    becomes_ready(who);
    running_.reset();
  }

  void wakes(std::size_t who, std::error_code error) {
    for (pipe& each : pipes_) {
      if (each.sender == who) each.sender.reset();
      if (each.receiver == who) each.receiver.reset();
    }
    answers(who, error);
    becomes_ready(who);
  }

  void becomes_ready(std::size_t who) {
    tasks_[who].is = state::ready;
    tasks_[who].deadline.reset();
    next_.push_back(who);
  }

  void has_ended(std::size_t who, std::error_code result) {
    tasks_[who].is = state::ended;
    tasks_[who].result = result;
    for (std::size_t each = 0; each < tasks_.size(); ++each) {
      const task& joiner = tasks_[each];
      if (joiner.is == state::parked && joiner.calling.what == deed::await &&
          joiner.calling.task == who) {
        wakes(each, result);
      }
    }
  }

  void set_deadline(std::size_t who, std::chrono::milliseconds after) {
    tasks_[who].deadline = time_ + after.count();
    tasks_[who].deadline_set = deadlines_++;
  }

  // -- who runs

  /// `who` does something: either it runs already, or it is its turn.
  void run(std::size_t who) {
    if (running_ == who || !mismatch_.empty()) return;
    if (running_) return disallow(who, "runs where it should be " + std::to_string(*running_));
    if (!take_its_turn(who)) return disallow(who, "runs out of its turn");
    running_ = who;
    tasks_[who].is = state::running;
    tasks_[who].started = true;
  }

  bool take_its_turn(std::size_t who) {
    for (;;) {
      end_unrun_tasks();
      if (!pass_.empty()) break;
      if (!begin_pass()) return false;
    }
    const auto turn = shuffled_ ? std::find(pass_.begin(), pass_.end(), who) : pass_.begin();
    if (turn == pass_.end() || *turn != who) return false;
    pass_.erase(turn);
    return true;
  }

  /// A task cancelled before it ran ends when its turn comes, and does nothing then that one sees.
  /// Where the order is shuffled, that was at the end of the pass at the latest.
  void end_unrun_tasks() {
    const auto is_unrun = [this](std::size_t who) { return unrun(who); };
    const bool all = std::all_of(pass_.begin(), pass_.end(), is_unrun);
    while (!pass_.empty() && (shuffled_ ? all : unrun(pass_.front()))) {
      has_ended(pass_.front(), errc::cancelled);
      pass_.pop_front();
    }
  }

  /// Someone has seen that `who` has ended; where the order is shuffled that may be news.
  void settle_unrun(std::size_t who) {
    const auto turn = std::find(pass_.begin(), pass_.end(), who);
    if (!shuffled_ || turn == pass_.end() || !unrun(who)) return;
    pass_.erase(turn);
    has_ended(who, errc::cancelled);
  }

  [[nodiscard]] bool unrun(std::size_t who) const {
    return tasks_[who].cancelled && !tasks_[who].started;
  }

  /// Between two passes the deadlines that have come end waits, and time passes when none has.
  bool begin_pass() {
    for (const std::size_t each : unstarted_) becomes_ready(each);
    unstarted_.clear();
    while (expire_earliest(time_)) {
    }
    if (next_.empty()) {
      const auto first = earliest();
      if (!first) return false;
      time_ = *tasks_[*first].deadline;
      while (expire_earliest(time_)) {
      }
    }
    pass_.swap(next_);
    return true;
  }

  [[nodiscard]] std::optional<std::size_t> earliest() const {
    std::optional<std::size_t> found;
    const auto key = [this](std::size_t who) {
      return std::pair(tasks_[who].deadline.value_or(0), tasks_[who].deadline_set);
    };
    for (std::size_t each = 0; each < tasks_.size(); ++each) {
      if (tasks_[each].deadline && (!found || key(each) < key(*found))) found = each;
    }
    return found;
  }

  bool expire_earliest(std::int64_t now) {
    const auto due = earliest();
    if (!due || *tasks_[*due].deadline > now) return false;
    if (tasks_[*due].is == state::starts_later) {
      becomes_ready(*due);
    } else {
      const bool slept = tasks_[*due].calling.what == deed::sleep;
      wakes(*due, slept ? std::error_code{} : errc::timed_out);
    }
    return true;
  }

  // -- what is told

  void disallow(std::size_t who, const std::string& what) {
    if (!mismatch_.empty()) return;
    mismatch_ =
        "task " + std::to_string(who) + " " + what + ", at " + std::to_string(time_) + " ms";
  }

  [[nodiscard]] std::string expected_of(std::size_t who) const {
    const answer& expected = tasks_[who].expected;
    return "\"" + expected.error.message() + "\", message " + std::to_string(expected.message) +
           (expected.kept ? ", its own kept" : ", none kept") + (expected.done ? ", done" : "");
  }

  std::vector<task> tasks_;
  std::vector<pipe> pipes_;
  std::deque<std::size_t> pass_;       ///< ready, and to run in this pass
  std::deque<std::size_t> next_;       ///< made ready since the pass began
  std::deque<std::size_t> unstarted_;  ///< cancelled before their time since the pass began
  std::optional<std::size_t> running_ = 0;
  std::int64_t time_ = 0;  ///< milliseconds
  std::uint64_t deadlines_ = 0;
  bool shuffled_;
  std::string mismatch_;
};

}  // namespace weir::testing
