// SPDX-License-Identifier: MIT
// The intrusive list: order, and leaving it from anywhere.
#include <weir/detail/list.hpp>

#include <deque>
#include <list>
#include <vector>

#include <gtest/gtest.h>

#include "testing/random_schedule.hpp"

namespace {

struct first_tag;
struct second_tag;

struct member : weir::detail::list_hook<first_tag>, weir::detail::list_hook<second_tag> {
  explicit member(int chosen) : number(chosen) {}
  int number;
};

using first_list = weir::detail::list<member, first_tag>;
using second_list = weir::detail::list<member, second_tag>;

std::vector<int> numbers_in(const first_list& list) {
  std::vector<int> numbers;
  for (const member* each = list.first(); each != nullptr; each = list.after(*each)) {
    numbers.push_back(each->number);
  }
  return numbers;
}

bool linked_in_first(const member& any) {
  return static_cast<const weir::detail::list_hook<first_tag>&>(any).linked();
}

void unlink_from_first(member& any) {
  static_cast<weir::detail::list_hook<first_tag>&>(any).unlink();
}

TEST(List, IsEmptyAtFirst) {
  const first_list list;
  EXPECT_TRUE(list.empty());
  EXPECT_EQ(list.first(), nullptr);
}

TEST(List, KeepsTheOrderOfArrival) {
  member one(1);
  member two(2);
  member three(3);
  first_list list;
  for (member* each : {&one, &two, &three}) list.push_back(*each);
  EXPECT_EQ(numbers_in(list), (std::vector{1, 2, 3}));
  EXPECT_EQ(&list.front(), &one);
  EXPECT_EQ(&list.back(), &three);
  EXPECT_EQ(&list.pop_front(), &one);
  EXPECT_EQ(&list.pop_back(), &three);
  EXPECT_EQ(numbers_in(list), (std::vector{2}));
}

TEST(List, MembersLeaveItWithoutKnowingIt) {
  member one(1);
  member two(2);
  member three(3);
  first_list list;
  for (member* each : {&one, &two, &three}) list.push_back(*each);
  unlink_from_first(two);
  EXPECT_EQ(numbers_in(list), (std::vector{1, 3}));
  unlink_from_first(two);  // once more does nothing
  unlink_from_first(one);
  unlink_from_first(three);
  EXPECT_TRUE(list.empty());
  EXPECT_FALSE(linked_in_first(one));
}

TEST(List, CanBeWalkedBackwards) {
  member one(1);
  member two(2);
  first_list list;
  EXPECT_EQ(list.last(), nullptr);
  list.push_back(one);
  list.push_back(two);
  ASSERT_EQ(list.last(), &two);
  EXPECT_EQ(list.before(two), &one);
  EXPECT_EQ(list.before(one), nullptr);
}

TEST(List, OneObjectCanBeOnTwoLists) {
  member only(1);
  first_list first;
  second_list second;
  first.push_back(only);
  second.push_back(only);
  first.pop_front();
  EXPECT_FALSE(linked_in_first(only));
  EXPECT_EQ(&second.front(), &only);
}

TEST(List, AgreesWithAPlainListOverRandomSteps) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    weir::testing::random_schedule random(seed);
    std::deque<member> members;
    for (int number = 0; number < 20; ++number) members.emplace_back(number);
    first_list list;
    std::list<int> model;
    const std::size_t steps = weir::testing::scaled(5000);
    for (std::size_t step = 0; step < steps; ++step) {
      member& chosen = members[random.below(members.size())];
      if (linked_in_first(chosen)) {
        unlink_from_first(chosen);
        model.remove(chosen.number);
      } else {
        list.push_back(chosen);
        model.push_back(chosen.number);
      }
      if (!model.empty() && random.once_in(5)) {
        ASSERT_EQ(list.pop_front().number, model.front());
        model.pop_front();
      }
      ASSERT_EQ(numbers_in(list), std::vector<int>(model.begin(), model.end()));
    }
  }
}

}  // namespace
