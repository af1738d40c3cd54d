// SPDX-License-Identifier: MIT
// A plain model of tasks: who is ready, who runs next, who waits and until when. For tests; it
// knows nothing of the real thing, nor of what tasks wait for.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <weir/error.hpp>

namespace weir::testing {

/// What goes over a channel: a message, or an error.
struct content {
  int message = 0;  ///< its number; 0: none
  std::error_code error;
};

/// What a call returned.
struct answer {
  std::error_code error;
  int message = 0;          ///< received; 0: none
  bool kept = false;        ///< the caller of a send still has its message
  bool done = false;        ///< `done`
  std::uint64_t from = 0;   ///< which of a selector's senders, by its key
  std::error_code value{};  ///< that a selector received from it
  std::size_t count = 0;    ///< of messages in a stalk
  std::uint64_t seen = 0;   ///< made of their numbers

  friend bool operator==(const answer&, const answer&) = default;
};

/// A task in one of its waits.
struct waiter {
  std::size_t who = 0;
  std::uint64_t wait = 0;  ///< the how many-th of all

  friend bool operator==(const waiter&, const waiter&) = default;
};

/// Tasks are numbers; 0 is there, and runs, from the beginning. The model is told of each call as
/// it begins and as it returns, and of the end of each task. Where the order of ready tasks is
/// shuffled, it takes who runs for granted as long as it is ready.
class task_model {
 public:
  using milliseconds = std::optional<std::chrono::milliseconds>;

  /// `goes_on` is asked before a woken task runs; if it has the task wait again it says no.
  task_model(std::size_t tasks, bool shuffled, std::function<bool(std::size_t)> goes_on)
      : tasks_(tasks), goes_on_(std::move(goes_on)), shuffled_(shuffled) {
    tasks_.at(0).is = state::running;
  }
  task_model(const task_model&) = delete;
  task_model& operator=(const task_model&) = delete;

  /// `who` makes a call, in which it gives away `offered`, a copy of it if it `copies`; `token`:
  /// that ends with the token, too.
  void begins(std::size_t who, milliseconds limit, bool token, content offered, bool copies) {
    run(who);
    task& caller = tasks_[who];
    caller.limit = limit;
    caller.token = token;
    caller.offered = offered;
    caller.copies = copies;
    caller.ends_well = caller.sleeps = false;
    caller.awaits.reset();
  }

  void begin_spawn(std::size_t who, std::size_t spawned) {
    becomes_ready(spawned);
    answers(who, {});
    yields(who);
  }

  void begin_spawn_later(std::size_t who, std::size_t spawned) {
    tasks_[spawned].is = state::starts_later;
    if (tasks_[who].limit->count() == 0) {
      becomes_ready(spawned);
    } else {
      set_deadline(spawned, *tasks_[who].limit);
    }
    answers(who, {});
  }

  void begin_cancel(std::size_t who, std::size_t which) {
    answers(who, {});
    task& cancelled = tasks_[which];
    if (!cancelled.known || cancelled.is == state::ended || cancelled.cancelled) return;
    cancelled.cancelled = true;
    if (cancelled.is == state::starts_later) {
      cancelled.deadline.reset();
      unstarted_.push_back(which);
    }
    if (cancelled.is == state::parked) wakes(which, errc::cancelled);
  }

  /// The waits with it end in the order in which they began.
  void begin_cancel_token(std::size_t who) {
    answers(who, {});
    token_cancelled_ = true;
    for (;;) {
      const auto waits_with_it = [this](std::size_t each) {
        return tasks_[each].token && tasks_[each].is == state::parked;
      };
      std::optional<std::size_t> first;
      for (std::size_t each = 0; each < tasks_.size(); ++each) {
        if (waits_with_it(each) && (!first || tasks_[each].parked < tasks_[*first].parked))
          first = each;
      }
      if (!first) return;
      wakes(*first, errc::cancelled);
    }
  }

  void begin_await(std::size_t who, std::size_t which) {
    if (tasks_[which].is == state::ended) return answers(who, tasks_[which].result);
    tasks_[who].awaits = which;
    static_cast<void>(parks(who));
  }

  void begin_sleep(std::size_t who) {
    if (is_refused(who)) return answers(who, errc::cancelled);
    tasks_[who].sleeps = true;
    static_cast<void>(parks(who));
  }

  void begin_yield(std::size_t who) {
    answers(who, {});
    yields(who);
  }

  // -- what is known once a call has returned

  void returns(std::size_t who) { run(who); }
  void returns_from_yield(std::size_t who) {
    answers(who, tasks_[who].cancelled ? errc::cancelled : std::error_code{});
  }
  void returns_from_done(std::size_t who, std::size_t which, bool done) {
    if (done) settle_unrun(which);
    answers(who, {});
    tasks_[who].expected.done = tasks_[which].known && tasks_[which].is == state::ended;
  }
  void returns_from_spawn(std::size_t spawned) { tasks_[spawned].known = true; }

  /// The call `who` made last has returned `got`, all told.
  void compares(std::size_t who, const answer& got) {
    if (!(got == tasks_[who].expected))
      disallow(who, "returned something else than " + expected_of(who));
  }

  void ends(std::size_t who) {
    run(who);
    running_.reset();
    has_ended(who, {});
  }

  /// The first thing that happened and the model does not allow; empty: there was none.
  [[nodiscard]] const std::string& mismatch() const noexcept { return mismatch_; }

  // -- for what tasks wait for

  /// Whether it is cancelled, or the token given to its call.
  [[nodiscard]] bool is_refused(std::size_t who) const {
    return tasks_[who].cancelled || (tasks_[who].token && token_cancelled_);
  }
  [[nodiscard]] content offered(std::size_t who) const { return tasks_[who].offered; }
  [[nodiscard]] answer& expected(std::size_t who) { return tasks_[who].expected; }
  /// Whether it is in that wait still.
  [[nodiscard]] bool waits(const waiter& parked) const {
    const task& which = tasks_[parked.who];
    return which.is == state::parked && which.parked == parked.wait;
  }

  /// Its call returns this, and nothing received.
  void answers(std::size_t who, std::error_code error) {
    const task& caller = tasks_[who];
    const bool keeps = caller.offered.message != 0 && (error || caller.copies);
    tasks_[who].expected = {.error = error, .kept = keeps};
  }

  waiter parks(std::size_t who) {
    tasks_[who].is = state::parked;
    if (tasks_[who].limit) set_deadline(who, *tasks_[who].limit);
    running_.reset();
    return begins_wait(who);
  }

  /// Until the deadline of its former wait.
  waiter parks_again(std::size_t who) {
    task& parked = tasks_[who];
    parked.is = state::parked;
    if (parked.limit) {
      parked.deadline = parked.deadline_was;
      parked.deadline_set = deadlines_++;
    }
    return begins_wait(who);
  }

  void yields(std::size_t who) {
    becomes_ready(who);
    running_.reset();
  }

  /// What it waits for has been done: whatever wakes it, its call succeeds.
  void ends_well(std::size_t who) { tasks_[who].ends_well = true; }

  /// Ends its wait.
  void wakes(std::size_t who, std::error_code error) {
    answers(who, tasks_[who].ends_well ? std::error_code{} : error);
    becomes_ready(who);
  }

 private:
  enum class state : std::uint8_t { unborn, starts_later, ready, running, parked, ended };

  struct task {
    state is = state::unborn;
    bool started = false;
    bool cancelled = false;
    std::uint64_t parked = 0;  ///< in which wait
    bool known = false;        ///< whoever spawned it has its handle
    milliseconds limit;
    bool token = false;
    content offered;
    bool copies = false;
    bool ends_well = false;
    bool sleeps = false;
    std::optional<std::size_t> awaits;
    answer expected;
    std::error_code result;  ///< once it has ended
    std::optional<std::int64_t> deadline;
    std::int64_t deadline_was = 0;
    std::uint64_t deadline_set = 0;  ///< how many deadlines had been set before
  };

  // -- what becomes of tasks

  waiter begins_wait(std::size_t who) {
    tasks_[who].parked = ++waits_;
    return {.who = who, .wait = waits_};
  }

  void becomes_ready(std::size_t who) {
    tasks_[who].is = state::ready;
    tasks_[who].deadline.reset();
    next_.push_back(who);
  }

  void has_ended(std::size_t who, std::error_code result) {
    tasks_[who].is = state::ended;
    tasks_[who].result = result;
    for (std::size_t each = 0; each < tasks_.size(); ++each)
      if (tasks_[each].is == state::parked && tasks_[each].awaits == who) wakes(each, result);
  }

  void set_deadline(std::size_t who, std::chrono::milliseconds after) {
    tasks_[who].deadline = tasks_[who].deadline_was = time_ + after.count();
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
      if (!pass_.empty() && !shuffled_ && !goes_on_(pass_.front())) {
        pass_.pop_front();
        continue;
      }
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
    for (std::size_t each = 0; each < tasks_.size(); ++each)
      if (tasks_[each].deadline && (!found || key(each) < key(*found))) found = each;
    return found;
  }

  bool expire_earliest(std::int64_t now) {
    const auto due = earliest();
    if (!due || *tasks_[*due].deadline > now) return false;
    if (tasks_[*due].is == state::starts_later) {
      becomes_ready(*due);
    } else {
      wakes(*due, tasks_[*due].sleeps ? std::error_code{} : errc::timed_out);
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
    std::string text =
        "\"" + expected.error.message() + "\", message " + std::to_string(expected.message) +
        (expected.kept ? ", its own kept" : ", none kept") + (expected.done ? ", done" : "");
    if (expected.from != 0)
      text += ", from " + std::to_string(expected.from) + " \"" + expected.value.message() + "\"";
    if (expected.count != 0) text += ", " + std::to_string(expected.count) + " there";
    return text;
  }

  std::vector<task> tasks_;
  std::deque<std::size_t> pass_;       ///< ready, and to run in this pass
  std::deque<std::size_t> next_;       ///< made ready since the pass began
  std::deque<std::size_t> unstarted_;  ///< cancelled before their time since the pass began
  std::optional<std::size_t> running_ = 0;
  std::int64_t time_ = 0;  ///< milliseconds
  std::uint64_t deadlines_ = 0;
  std::uint64_t waits_ = 0;
  bool token_cancelled_ = false;
  std::function<bool(std::size_t)> goes_on_;
  bool shuffled_;
  std::string mismatch_;
};

}  // namespace weir::testing
