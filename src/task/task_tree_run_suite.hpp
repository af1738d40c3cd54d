// SPDX-License-Identifier: MIT
// Running a tree of tasks for real, and watching that nothing outlives its scope.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include <weir/all.hpp>
#include <weir/cancel_token.hpp>
#include <weir/own.hpp>
#include <weir/pause.hpp>
#include <weir/pipe.hpp>
#include <weir/race.hpp>
#include <weir/scope.hpp>
#include <weir/sleep.hpp>
#include <weir/with_timeout.hpp>

#include "task/task_tree_suite.hpp"

namespace weir::testing {

class tree_run {
 public:
  struct thrown {
    int number;
  };

  tree_run() = default;
  tree_run(const tree_run&) = delete;
  tree_run& operator=(const tree_run&) = delete;

  /// A task's function, which runs `root` and whatever it waits for.
  [[nodiscard]] auto task(const node& root) {
    lives_.emplace_back();
    return [this, &root, &mine = lives_.back(), held = presence(lives_.back())]() mutable {
      const presence frame(std::move(held));
      ++mine.runs;
      const local first(*this, mine);
      return run(root, mine);
    };
  }

  [[nodiscard]] std::vector<leaf_end> leaves() const { return leaves_; }
  /// What went wrong with locals and defers, and what has not ended.
  [[nodiscard]] std::vector<std::string> complaints() {
    for (const life& each : lives_) check_ended(each);
    return complaints_;
  }

  [[nodiscard]] static outcome_of_node how_of(const result<int>& ended) {
    using kind = outcome_of_node::kind;
    if (ended) return {kind::value, *ended};
    if (ended.error() == errc::cancelled) return {kind::error, outcome_of_node::cancelled};
    if (ended.error() == errc::timed_out) return {kind::error, outcome_of_node::timed_out};
    return {kind::error, ended.error().value()};
  }

 private:
  /// What is there of one task.
  struct life {
    int functions = 0;       ///< objects of its function
    int runs = 0;            ///< how often it was called
    std::size_t locals = 0;  ///< in its frames
    std::vector<int> deferred;
    std::vector<const life*> children;
  };

  /// Counts the objects of a task's function.
  class presence {
   public:
    explicit presence(life& of) : of_(&of) { ++of_->functions; }
    presence(const presence& other) : of_(other.of_) { ++of_->functions; }
    presence& operator=(const presence&) = delete;
    ~presence() { --of_->functions; }

   private:
    life* of_;
  };

  /// One in each frame: they are destroyed last to first.
  class local {
   public:
    local(tree_run& at, life& of) : at_(at), of_(of), depth_(++of.locals) {}
    local(const local&) = delete;
    local& operator=(const local&) = delete;
    ~local() {
      if (of_.locals-- != depth_)
        at_.complaints_.emplace_back("a local was destroyed out of order");
    }

   private:
    tree_run& at_;
    life& of_;
    std::size_t depth_;
  };

  auto child_task(const node& root, life& mine) {
    auto function = task(root);
    mine.children.push_back(&lives_.back());
    return function;
  }

  void check_ended(const life& of) {
    if (of.functions != 0) complaints_.emplace_back("a task's function is still there");
    if (of.runs > 1) complaints_.emplace_back("a task ran twice");
    if (of.locals != 0) complaints_.emplace_back("a task's locals are still there");
    if (!of.deferred.empty()) complaints_.emplace_back("not all that was deferred was run");
  }
  /// Those that the task has started since it had `before` have ended; they look at theirs.
  void check_children(const life& of, std::size_t before) {
    for (std::size_t each = before; each != of.children.size(); ++each) {
      check_ended(*of.children[each]);
    }
  }

  result<int> run(const node& of, life& mine) {
    const local here(*this, mine);
    if (of.kind < node_kind::defers) return run_leaf(of);
    if (of.kind < node_kind::sequence) return run_defer(of, mine);
    if (of.kind < node_kind::all) return run_in_task(of, mine);
    const std::size_t before = mine.children.size();
    try {
      auto ended = of.kind == node_kind::all    ? run_all(of, mine)
                   : of.kind == node_kind::race ? run_race(of, mine)
                                                : run_scope(of, mine);
      check_children(mine, before);
      return ended;
    } catch (const thrown&) {
      check_children(mine, before);
      throw;
    }
  }

  result<int> run_leaf(const node& of) {
    try {
      auto ended = do_leaf(of);
      note(of, how_of(ended));
      return ended;
    } catch (const thrown& number) {
      note(of, {outcome_of_node::kind::exception, number.number});
      throw;
    }
  }

  result<int> do_leaf(const node& of) {
    if (of.kind == node_kind::at_once) return of.id;
    if (of.kind == node_kind::times_out) return pause<int>(of.time);
    if (of.kind == node_kind::waits) return pipe<int>().rx.recv();
    if (const auto slept = sleep(of.time); !slept) {
      if (of.kind == node_kind::cleans_up) {
        static_cast<void>(shielded(of.time, [&of] { return sleep(of.time / 2); }));
      }
      return std::unexpected(slept.error());
    }
    if (of.kind == node_kind::fails) {
      return std::unexpected(std::error_code(of.id, std::generic_category()));
    }
    if (of.kind == node_kind::throws) throw thrown{of.id};
    return of.id;
  }

  void note(const node& of, outcome_of_node how) {
    leaves_.push_back({of.id, (now() - began_).count(), how});
  }

  result<int> run_defer(const node& of, life& mine) {
    mine.deferred.push_back(of.id);
    defer([this, &of, &mine] {
      if (mine.locals != 0)
        complaints_.emplace_back("something deferred ran before locals were gone");
      if (mine.deferred.empty() || mine.deferred.back() != of.id) {
        complaints_.emplace_back("what was deferred ran out of order");
      } else {
        mine.deferred.pop_back();
      }
      if (of.kind == node_kind::defers_sleep) static_cast<void>(sleep(of.time));
      if (of.kind == node_kind::defers_shielded) {
        static_cast<void>(shielded(2 * of.time, [&of] { return sleep(of.time); }));
      }
      if (of.kind == node_kind::defers_throw) throw thrown{of.id};
    });
    note(of, {outcome_of_node::kind::value, of.id});
    return of.id;
  }

  result<int> run_in_task(const node& of, life& mine) {
    const auto child = [&] { return run(of.children.front(), mine); };
    switch (of.kind) {
      case node_kind::ignoring: return child().value_or(of.id);
      case node_kind::catching: try { return child();
        } catch (const thrown&) {
          return of.id;
        }
      case node_kind::limited: return with_timeout(of.time, child);
      case node_kind::token_limited: return with_timeout(cancel_token(of.time), child);
      case node_kind::shield: return shielded(of.time, child);
      case node_kind::shield_token: return shielded(cancel_token(of.time), child);
      default: break;
    }
    result<int> last = 0;
    for (const node& each : of.children) {
      last = run(each, mine);
      if (!last) break;
    }
    return last;
  }

  result<int> run_all(const node& of, life& mine) {
    if (of.children.size() == 2) {
      const auto both = all(child_task(of.children[0], mine), child_task(of.children[1], mine));
      if (!both) return std::unexpected(both.error());
      return std::get<0>(*both) + std::get<1>(*both);
    }
    const auto values = all(tasks(of, mine));
    if (!values) return std::unexpected(values.error());
    int sum = 0;
    for (const int each : *values) sum += each;
    return sum;
  }

  result<int> run_race(const node& of, life& mine) {
    if (of.children.size() == 2)
      return race(child_task(of.children[0], mine), child_task(of.children[1], mine));
    return race(tasks(of, mine));
  }

  [[nodiscard]] std::vector<std::function<result<int>()>> tasks(const node& of, life& mine) {
    std::vector<std::function<result<int>()>> functions;
    for (const node& each : of.children) functions.emplace_back(child_task(each, mine));
    return functions;
  }

  result<int> run_scope(const node& of, life& mine) {
    if (of.kind == node_kind::scope_cancelled) {
      scope children(cancel_on_exit);
      return run_in_scope(of, mine, children);
    }
    scope children;
    return run_in_scope(of, mine, children);
  }

  result<int> run_in_scope(const node& of, life& mine, scope& children) {
    for (std::size_t each = 1; each < of.children.size(); ++each) {
      children.spawn(child_task(of.children[each], mine));
    }
    auto body = run(of.children.front(), mine);
    if (!body || of.kind != node_kind::scope_joined) return body;
    if (const auto joined = children.join(); !joined) return std::unexpected(joined.error());
    return body;
  }

  const time_point began_ = now();
  std::deque<life> lives_;
  std::vector<leaf_end> leaves_;
  std::vector<std::string> complaints_;
};

}  // namespace weir::testing
