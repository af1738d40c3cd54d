// SPDX-License-Identifier: MIT
// A plain model of a tree of tasks: when each leaf ends, and how. For tests; it knows nothing of
// the real thing, and computes a tree from its leaves upwards.
//
// A node needs to know two things only: when it begins, and from when on its task counts as
// cancelled there. A deadline makes that earlier, a shield later. A family is computed twice: once
// to see which child decides, as that one is not touched by what it causes, and then the others,
// cancelled from that moment.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "task/task_tree_suite.hpp"

namespace weir::testing {

class tree_model {
 public:
  /// Nanoseconds; the parts of one tell apart what follows from each other at one time.
  using moment = std::int64_t;
  static constexpr moment nanosecond = 1 << 10;
  static constexpr moment never = std::numeric_limits<moment>::max() / 2;

  struct ended {
    moment at = 0;
    outcome_of_node how;
    std::vector<leaf_end> leaves{};
  };

  /// A task of `root`, cancelled at `cancelled`.
  [[nodiscard]] ended task(const node& root, moment begin, moment cancelled) {
    // Whether it runs at all then, and its children do, is a matter of their order.
    if (same_time(begin, cancelled)) undetermined_ = true;
    std::vector<const node*> deferred;
    ended body = run(root, begin, cancelled, deferred);
    for (; !deferred.empty(); deferred.pop_back()) {
      body.at = run_deferred(*deferred.back(), body.at, cancelled);
    }
    return body;
  }

  /// Several things happened at one time, and it depends on their order how the tree ends.
  [[nodiscard]] bool undetermined() const { return undetermined_; }

 private:
  using kind = outcome_of_node::kind;
  static constexpr outcome_of_node cancelled_error{kind::error, outcome_of_node::cancelled};
  using deferred_nodes = std::vector<const node*>;

  static bool same_time(moment a, moment b) { return a / nanosecond == b / nanosecond; }
  static moment time_of(const node& of) { return of.time.count() * nanosecond; }
  static bool is_family(const node& of) { return of.kind >= node_kind::all; }

  /// When a wait for `length` ends, and whether it was not cut short.
  static std::pair<moment, bool> sleep(moment begin, moment length, moment cancelled) {
    if (cancelled <= begin) return {begin, false};
    if (cancelled < begin + length) return {cancelled, false};
    return {begin + length, true};
  }

  ended run(const node& of, moment begin, moment cancelled, deferred_nodes& deferred) {
    if (of.kind < node_kind::sequence) return run_leaf(of, begin, cancelled, deferred);
    if (of.kind == node_kind::all || of.kind == node_kind::race) {
      return run_family(of, begin, cancelled);
    }
    if (is_family(of)) return run_scope(of, begin, cancelled, deferred);
    if (of.kind == node_kind::sequence) return run_sequence(of, begin, cancelled, deferred);
    return run_around(of, begin, cancelled, deferred);
  }

  ended run_leaf(const node& of, moment begin, moment cancelled, deferred_nodes& deferred) {
    ended leaf{.at = begin, .how = {kind::value, of.id}};
    if (of.kind >= node_kind::defers) {
      deferred.push_back(&of);
    } else if (of.kind != node_kind::at_once) {
      const moment length = of.kind == node_kind::waits ? never : time_of(of);
      const auto [at, done] = sleep(begin, length, cancelled);
      leaf.at = at;
      if (!done) {
        leaf.how = cancelled_error;
        if (of.kind == node_kind::cleans_up) leaf.at += time_of(of) / 2 / nanosecond * nanosecond;
      } else if (of.kind == node_kind::fails) {
        leaf.how.what = kind::error;
      } else if (of.kind == node_kind::throws) {
        leaf.how.what = kind::exception;
      } else if (of.kind == node_kind::times_out) {
        leaf.how = {kind::error, outcome_of_node::timed_out};
      }
    }
    leaf.leaves.push_back({of.id, leaf.at / nanosecond, leaf.how});
    return leaf;
  }

  static moment run_deferred(const node& of, moment begin, moment cancelled) {
    if (of.kind == node_kind::defers_sleep) return sleep(begin, time_of(of), cancelled).first;
    return of.kind == node_kind::defers_shielded ? begin + time_of(of) : begin;
  }

  ended run_sequence(const node& of, moment begin, moment cancelled, deferred_nodes& deferred) {
    ended last{.at = begin, .how = {}};
    for (const node& each : of.children) {
      ended next = run(each, last.at, cancelled, deferred);
      last = joined(std::move(last), std::move(next));
      if (last.how.failed()) break;
    }
    return last;
  }

  ended run_around(const node& of, moment begin, moment cancelled, deferred_nodes& deferred) {
    const moment limit = begin + time_of(of);
    const bool limits = of.kind == node_kind::limited || of.kind == node_kind::token_limited;
    const bool shields = of.kind == node_kind::shield || of.kind == node_kind::shield_token;
    if (limits) cancelled = std::min(cancelled, limit);
    if (shields) cancelled = std::max(cancelled, limit);
    ended child = run(of.children.front(), begin, cancelled, deferred);
    if (of.kind == node_kind::limited && child.how == cancelled_error && limit <= child.at) {
      child.how.number = outcome_of_node::timed_out;
    }
    if (of.kind == node_kind::ignoring && child.how.what == kind::error) {
      child.how = {kind::value, of.id};
    }
    if (of.kind == node_kind::catching && child.how.what == kind::exception) {
      child.how = {kind::value, of.id};
    }
    return child;
  }

  ended run_family(const node& of, moment begin, moment cancelled) {
    if (cancelled <= begin) return {.at = begin, .how = cancelled_error};
    const bool first_end = of.kind == node_kind::race;
    return run_children(of.children.begin(), of.children.end(), begin, cancelled, first_end, begin,
                        true);
  }

  ended run_scope(const node& of, moment begin, moment cancelled, deferred_nodes& deferred) {
    ended body = run(of.children.front(), begin, cancelled, deferred);
    const bool early = body.how.failed();
    const bool joins = of.kind == node_kind::scope_joined && !early;
    const bool cancels = body.how.what == kind::exception || of.kind == node_kind::scope_cancelled;
    // Only when it waits does a cancellation of its task go to its children.
    const moment passed_on = cancels ? body.at + 1 : std::max(cancelled, body.at + 1);
    const outcome_of_node before = body.how;
    const moment left_at = body.at;
    ended children = run_children(of.children.begin() + 1, of.children.end(), begin, passed_on,
                                  false, body.at, joins);
    children.at = std::max(children.at, body.at);
    const outcome_of_node joined_as = children.how;
    ended whole = joined(std::move(body), std::move(children));
    whole.how = before;
    if (joins && joined_as.failed()) whole.how = joined_as;
    if (joins && !joined_as.failed() && cancelled <= left_at) whole.how = cancelled_error;
    return whole;
  }

  template <class Iterator>
  ended run_children(Iterator first, Iterator last, moment begin, moment cancelled, bool first_end,
                     moment decided_from, bool others_cancelled) {
    std::vector<ended> ends;
    for (Iterator each = first; each != last; ++each) ends.push_back(task(*each, begin, cancelled));
    const ended* decider = nullptr;
    for (const ended& each : ends) {
      if (!each.how.failed() && !first_end) continue;
      if (decider != nullptr && same_time(each.at, decider->at) && each.how != decider->how) {
        undetermined_ = true;
      }
      if (decider == nullptr || each.at < decider->at) decider = &each;
    }
    ended whole{.at = begin, .how = {}};
    int sum = 0;
    const moment decided = decider == nullptr ? never : std::max(decider->at, decided_from) + 1;
    const outcome_of_node how = decider == nullptr ? outcome_of_node{} : decider->how;
    for (std::size_t index = 0; index != ends.size(); ++index) {
      ended& each = ends[index];
      if (decider != nullptr && &each != decider && others_cancelled) {
        each = task(*(first + static_cast<std::ptrdiff_t>(index)), begin,
                    std::min(cancelled, decided));
      }
      sum += each.how.number;
    }
    for (ended& each : ends) {
      const moment at = std::max(whole.at, each.at);
      whole = joined(std::move(whole), std::move(each));
      whole.at = at;
    }
    whole.how = decider == nullptr ? outcome_of_node{kind::value, sum} : how;
    return whole;
  }

  /// The end of `next`, with the leaves of both.
  static ended joined(ended before, ended next) {
    next.leaves.insert(next.leaves.begin(), before.leaves.begin(), before.leaves.end());
    return next;
  }

  bool undetermined_ = false;
};

}  // namespace weir::testing
