// SPDX-License-Identifier: MIT
// Random trees of all, race, scope, with_timeout and shielded beside a plain model: each leaf ends
// when the model says and how it says, the first error in time is the one returned, no task
// outlives its scope, and everything deferred or destroyed is so once, in order.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <weir/log.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/testing.hpp>

#include "task/task_tree_model_suite.hpp"
#include "task/task_tree_run_suite.hpp"
#include "testing/holdings.hpp"
#include "testing/random_schedule.hpp"

namespace weir::testing {
namespace {

std::vector<leaf_end> in_order(std::vector<leaf_end> leaves) {
  std::ranges::sort(leaves, {}, &leaf_end::id);
  return leaves;
}

/// A tree in a task that is limited, and cancelled now and then.
struct tree_case {
  node root;
  std::chrono::nanoseconds cancelled_at{};  ///< 0: never
};

tree_case draw(std::uint64_t seed) {
  random_schedule from(seed);
  tree_maker maker(from);
  tree_case made;
  const std::size_t depth = 1 + from.below(5);
  made.root = {
      .kind = node_kind::limited, .id = 0, .time = std::chrono::seconds(60), .children = {}};
  made.root.children.push_back(maker.tree(static_cast<int>(depth)));
  if (from.once_in(3)) made.cancelled_at = maker.time();
  return made;
}

struct real_end {
  outcome_of_node how;
  std::int64_t at = 0;
  std::vector<leaf_end> leaves;
};

real_end run_for_real(const tree_case& tree) {
  tree_run run;
  const holdings before = held_now();
  const time_point began = now();
  real_end ended;
  {
    auto root = spawn(run.task(tree.root));
    auto canceller = spawn_later(tree.cancelled_at, [&root, &tree] {
      if (tree.cancelled_at.count() != 0) root.cancel();
    });
    try {
      ended.how = tree_run::how_of(root.await());
    } catch (const tree_run::thrown& number) {
      ended.how = {outcome_of_node::kind::exception, number.number};
    }
    ended.at = (now() - began).count();
    EXPECT_EQ(run.complaints(), std::vector<std::string>{});
    canceller.cancel();
    static_cast<void>(canceller.await());
  }
  EXPECT_EQ(held_now(), before);
  ended.leaves = run.leaves();
  return ended;
}

/// Whether the model knows how it ends.
bool check_tree(std::uint64_t seed) {
  const tree_case tree = draw(seed);
  const real_end real = run_for_real(tree);
  tree_model model;
  const auto expected = model.task(tree.root, 0,
                                   tree.cancelled_at.count() == 0
                                       ? tree_model::never
                                       : tree.cancelled_at.count() * tree_model::nanosecond);
  if (model.undetermined()) return false;
  EXPECT_EQ(real.how, expected.how);
  EXPECT_EQ(real.at, expected.at / tree_model::nanosecond);
  EXPECT_EQ(in_order(real.leaves), in_order(expected.leaves));
  return true;
}

void check_trees(std::uint64_t first_seed, const virtual_hub_options& options) {
  set_logger([](log_level, std::string_view) {});  // what fails later than the first is logged
  const std::size_t count = scaled(20'000);
  std::size_t known = 0;
  {
    const virtual_hub hub(options);
    for (std::uint64_t seed = first_seed; seed != first_seed + count; ++seed) {
      if (check_tree(seed)) ++known;
      if (!::testing::Test::HasFailure()) continue;
      const tree_case tree = draw(seed);
      ADD_FAILURE() << "with seed " << seed << ", cancelled at " << tree.cancelled_at.count()
                    << ": " << tree.root;
      break;
    }
  }
  set_logger({});
  if (::testing::Test::HasFailure()) return;
  EXPECT_GE(known, count * 3 / 4);
}

TEST(TaskTreeModel, AgreesLeafByLeafInRandomTrees) { check_trees(1, {}); }

TEST(TaskTreeModel, AgreesWhateverTheOrderInATick) {
  check_trees(1'000'000, {.shuffle_seed = 7, .faults = {}, .hub = {}});
}

}  // namespace
}  // namespace weir::testing
