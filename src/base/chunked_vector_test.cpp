// SPDX-License-Identifier: MIT
#include "base/chunked_vector.hpp"

#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

namespace weir::testing {
namespace {

TEST(ChunkedVector, FindsItsElementsByNumberWhereTheyWereMade) {
  detail::chunked_vector<std::size_t, 4> numbers;
  std::vector<std::size_t*> places;
  for (std::size_t i = 0; i < 11; ++i) {
    EXPECT_EQ(numbers.size(), i);
    numbers.emplace_back();
    EXPECT_EQ(numbers[i], 0U);
    numbers[i] = i + 1;
    places.push_back(&numbers[i]);
  }
  for (std::size_t i = 0; i < 11; ++i) {
    EXPECT_EQ(numbers[i], i + 1);
    EXPECT_EQ(&numbers[i], places[i]);
  }
}

}  // namespace
}  // namespace weir::testing
