// SPDX-License-Identifier: MIT
// Runs random schedules over real pipes beside the model, call by call.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <weir/error.hpp>
#include <weir/pipe.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/task.hpp>
#include <weir/testing.hpp>
#include <weir/until.hpp>

#include "message/pipe_model_suite.hpp"
#include "message/pipe_schedule_suite.hpp"
#include "testing/holdings.hpp"
#include "testing/random_schedule.hpp"

namespace {

using namespace std::chrono_literals;
using weir::testing::answer;
using weir::testing::deed;
using weir::testing::error_of;
using weir::testing::step;

/// A message that tells whether it was moved from.
struct message {
  int number = 0;

  explicit message(int chosen) noexcept : number(chosen) {}
  message(const message&) noexcept = default;
  message(message&& other) noexcept : number(std::exchange(other.number, 0)) {}
  message& operator=(const message&) noexcept = default;
  message& operator=(message&& other) noexcept {
    number = std::exchange(other.number, 0);
    return *this;
  }
  ~message() = default;
};

/// One schedule over real pipes, in a hub of its own.
class schedule_run {
 public:
  schedule_run(std::uint64_t seed, bool shuffled, bool traced)
      : schedule_(weir::testing::pipe_schedule_drawer(seed).draw()),
        tasks_(schedule_.tasks.size()),
        model_(schedule_.tasks.size(), schedule_.pipes, shuffled),
        traced_(traced),
        hub_({.shuffle_seed = shuffled ? std::optional(seed) : std::nullopt}) {
    for (std::size_t i = 0; i < schedule_.pipes; ++i) pipes_.push_back(weir::pipe<message>());
  }

  /// What was wrong; empty: nothing.
  std::string run() {
    const auto before = weir::testing::held_now();
    for (const step& call : schedule_.tasks[0]) perform(0, call);
    // By then whatever can end by itself has; the rest waits for what never comes.
    perform(0, {.what = deed::sleep, .limit = 1s});
    for (std::size_t i = 1; i < tasks_.size(); ++i) {
      if (tasks_[i].id() == 0) continue;  // who should have spawned it was cancelled before it ran
      perform(0, {.what = deed::cancel, .task = i});
      perform(0, {.what = deed::done, .task = i});
      perform(0, {.what = deed::await, .task = i});
    }
    if (!model_.mismatch().empty()) return model_.mismatch();
    for (std::size_t number = 1; number < places_.size(); ++number) {
      if (places_[number] != 1) {
        return "message " + std::to_string(number) + " is in " + std::to_string(places_[number]) +
               " places";
      }
    }
    return weir::testing::held_now() == before ? "" : "something is left behind";
  }

  /// Every call and what it returned, if it was asked for.
  [[nodiscard]] const std::string& trace() const noexcept { return trace_; }

 private:
  void run_task(std::size_t who) {
    for (const step& call : schedule_.tasks[who]) perform(who, call);
    note(who, "ends");
    model_.ends(who);
  }

  void perform(std::size_t who, const step& call) {
    const bool sends = call.what == deed::send || call.what == deed::send_copy ||
                       call.what == deed::pass || call.what == deed::try_send;
    message sent(sends ? static_cast<int>(places_.size()) : 0);
    const int number = sent.number;
    if (sends) places_.push_back(0);
    const std::error_code error = call.what == deed::send_error
                                      ? std::error_code(++last_error_, std::generic_category())
                                      : std::error_code{};

    if (traced_) note(who, "calls " + to_string(call) + ", message " + std::to_string(number));
    model_.begins(who, call, number, error);
    answer got = make(call, sent, error);
    got.kept = sent.number != 0;
    if (traced_) note(who, "got \"" + got.error.message() + "\" " + std::to_string(got.message));
    model_.returns(who, got);

    if (got.message != 0) ++places_.at(static_cast<std::size_t>(got.message));
    if (got.kept && got.error) ++places_.at(static_cast<std::size_t>(sent.number));
  }

  answer make(const step& call, message& sent, std::error_code error) {
    const weir::until limit = call.limit ? weir::until(*call.limit) : weir::until();
    auto& [tx, rx] = pipes_[call.pipe];
    switch (call.what) {
      case deed::send: return answer_of(tx.send(std::move(sent), limit));
      case deed::send_copy: return answer_of(tx.send(std::as_const(sent), limit));
      case deed::pass: return pass(tx, sent, limit);
      case deed::send_error: return answer_of(tx.error(error, limit));
      case deed::try_send: return answer_of(tx.try_send(std::move(sent)));
      case deed::recv: return answer_of(rx.recv(limit));
      case deed::try_recv: return answer_of(rx.try_recv());
      case deed::close_sender: return answer_of(tx.close());
      case deed::close_receiver: return answer_of(rx.close());
      case deed::replace_sender: tx = {}; return {};
      case deed::replace_receiver: rx = {}; return {};
      case deed::move_ends: move_ends(call.pipe); return {};
      case deed::spawn: spawn(call.task); return {};
      case deed::spawn_later: spawn_later(call.task, limit); return {};
      case deed::cancel: tasks_[call.task].cancel(); return {};
      case deed::done: return {.done = tasks_[call.task].done()};
      case deed::await: return answer_of(tasks_[call.task].await());
      case deed::yield: return answer_of(weir::yield());
      case deed::sleep: return answer_of(weir::sleep(limit));
    }
    return {};
  }

  static answer answer_of(const weir::result<void>& returned) {
    return {.error = error_of(returned)};
  }
  static answer answer_of(const weir::result<message>& returned) {
    return {.error = error_of(returned), .message = returned ? returned->number : 0};
  }

  static answer pass(weir::sender<message>& tx, message& sent, weir::until limit) {
    weir::result<message> passed = std::move(sent);
    const auto got = answer_of(tx.pass(std::move(passed), limit));
    sent = *std::move(passed);
    return got;
  }

  void move_ends(std::size_t which) {
    auto moved = std::move(pipes_[which]);
    pipes_[which] = std::move(moved);
  }

  void spawn(std::size_t which) {
    tasks_[which] = weir::spawn([this, which] { run_task(which); });
  }

  void spawn_later(std::size_t which, weir::until start) {
    tasks_[which] = weir::spawn_later(start, [this, which] { run_task(which); });
  }

  void note(std::size_t who, const std::string& what) {
    if (traced_) trace_ += "task " + std::to_string(who) + " " + what + "\n";
  }

  weir::testing::pipe_schedule schedule_;
  std::vector<weir::pair<message>> pipes_;
  std::vector<weir::task<>> tasks_;
  weir::testing::pipe_model model_;
  std::vector<int> places_{0};  ///< where each message is, by its number: delivered, or kept
  int last_error_ = 0;
  bool traced_;
  std::string trace_;
  weir::testing::virtual_hub hub_;  // the last: it ends the tasks, which use all the others
};

/// Runs schedules drawn from seeds from `first_seed` on, until one goes wrong.
void run_schedules(std::uint64_t first_seed, std::size_t count, bool shuffled) {
  for (std::uint64_t seed = first_seed; seed < first_seed + count; ++seed) {
    if (schedule_run(seed, shuffled, false).run().empty()) continue;
    schedule_run again(seed, shuffled, true);
    const std::string wrong = again.run();
    FAIL() << "seed " << seed << (shuffled ? ", shuffled: " : ": ") << wrong << "\n"
           << again.trace();
  }
}

TEST(PipeModel, AgreesWithPipesCallByCallInFiftyThousandRandomSchedules) {
  run_schedules(1, weir::testing::scaled(50'000), false);
}

TEST(PipeModel, AgreesWithPipesCallByCallWhereTheOrderOfTasksIsShuffled) {
  run_schedules(1'000'001, weir::testing::scaled(50'000), true);
}

}  // namespace
