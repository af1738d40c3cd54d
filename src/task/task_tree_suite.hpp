// SPDX-License-Identifier: MIT
// Random trees of structured tasks: what their nodes do, and how they are drawn.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <ostream>
#include <vector>

#include "testing/random_schedule.hpp"

namespace weir::testing {

/// How something ended: a value, an error or an exception, each a number.
struct outcome_of_node {
  enum class kind : std::uint8_t { value, error, exception };
  static constexpr int cancelled = -1;  ///< errors that are weir's
  static constexpr int timed_out = -2;

  [[nodiscard]] bool is_error(int code) const { return what == kind::error && number == code; }
  [[nodiscard]] bool failed() const { return what != kind::value; }
  friend bool operator==(const outcome_of_node&, const outcome_of_node&) = default;

  kind what = kind::value;
  int number = 0;
};

/// A leaf that has ended: which, when (nanoseconds since the tree began), how.
struct leaf_end {
  int id = 0;
  std::int64_t at = 0;
  outcome_of_node how;
  friend bool operator==(const leaf_end&, const leaf_end&) = default;
};

inline std::ostream& operator<<(std::ostream& out, const outcome_of_node& how) {
  static constexpr const char* names[] = {"value", "error", "exception"};
  return out << names[static_cast<std::size_t>(how.what)] << ' ' << how.number;
}
inline std::ostream& operator<<(std::ostream& out, const leaf_end& leaf) {
  return out << '\n' << leaf.id << " at " << leaf.at << " ns: " << leaf.how;
}

enum class node_kind : std::uint8_t {
  // Leaves.
  succeeds,         ///< after its time; as the next two, `cancelled` where it is cancelled before
  fails,            ///<
  throws,           ///<
  times_out,        ///< a wait with its time as limit
  waits,            ///< to receive from a pipe into which nobody sends
  cleans_up,        ///< as `succeeds`; cancelled, it talks for half its time under a shield
  at_once,          ///< succeeds without a call
  defers,           ///< has something done at the end of its task: nothing that parks,
  defers_sleep,     ///< or sleeping for its time,
  defers_shielded,  ///< the same under a shield,
  defers_throw,     ///< or throwing
  // In the same task.
  sequence,       ///< one child after the other, until one fails
  ignoring,       ///< an error of its child is a success
  catching,       ///< an exception of its child is a success
  limited,        ///< `with_timeout`, its time
  token_limited,  ///< `with_timeout`, a token that is cancelled when its time has come
  shield,         ///< `shielded`, its time
  shield_token,   ///< `shielded`, a token that is cancelled when its time has come
  // Its children in tasks of their own; of a scope all but the first, which is the scope's body.
  all,
  race,
  scope_joined,
  scope_left,
  scope_cancelled,  ///< with `cancel_on_exit`
};

struct node {
  node_kind kind = node_kind::at_once;
  int id = 0;
  std::chrono::nanoseconds time{};
  std::vector<node> children;
};

/// `kind(time; children)`, the kind by its number.
inline std::ostream& operator<<(std::ostream& out, const node& tree) {
  out << static_cast<int>(tree.kind) << '#' << tree.id << '(' << tree.time.count();
  for (const node& each : tree.children) out << "; " << each;
  return out << ')';
}

/// Draws a tree. All times are different, so that nothing happens at the same time by chance.
class tree_maker {
 public:
  explicit tree_maker(random_schedule& from) : from_(from) {}

  [[nodiscard]] node tree(int depth) {
    node made{
        .kind = depth == 0 ? leaf() : inner(), .id = ++last_id_, .time = time(), .children = {}};
    for (std::size_t count = children_of(made.kind); count > 0; --count) {
      made.children.push_back(tree(from_.once_in(4) ? 0 : depth - 1));
    }
    return made;
  }
  [[nodiscard]] std::chrono::nanoseconds time() {
    return std::chrono::nanoseconds(1 + from_.below(std::size_t{1} << 34U));
  }

 private:
  [[nodiscard]] node_kind leaf() {
    using enum node_kind;
    static constexpr node_kind leaves[] = {
        succeeds,  succeeds, succeeds, fails,        throws,          times_out,   waits,
        cleans_up, at_once,  defers,   defers_sleep, defers_shielded, defers_throw};
    return leaves[from_.below(std::size(leaves))];
  }
  [[nodiscard]] node_kind inner() {
    using enum node_kind;
    static constexpr node_kind inners[] = {
        sequence, sequence,      sequence,     ignoring,     catching,
        limited,  token_limited, shield,       shield_token, all,
        all,      race,          scope_joined, scope_left,   scope_cancelled};
    return inners[from_.below(std::size(inners))];
  }
  [[nodiscard]] std::size_t children_of(node_kind kind) {
    using enum node_kind;
    if (kind < sequence) return 0;
    if (kind >= ignoring && kind <= shield_token) return 1;
    return 1 + from_.below(3);
  }

  random_schedule& from_;
  int last_id_ = 0;
};

}  // namespace weir::testing
