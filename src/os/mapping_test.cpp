// SPDX-License-Identifier: MIT
// Reserving address space and giving it back.
#include "os/mapping.hpp"

#include <cerrno>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sys/mman.h>

namespace {

using weir::os::mapping;
using weir::os::page_size;

/// mincore(2) refuses a range in which nothing is mapped.
bool is_mapped(std::byte* page) {
  unsigned char resident = 0;
  return ::mincore(page, page_size(), &resident) == 0 || errno != ENOMEM;
}

bool is_resident(std::byte* page) {
  unsigned char resident = 0;
  return ::mincore(page, page_size(), &resident) == 0 && (resident & 1U) != 0;
}

TEST(Mapping, CommitsOnlyThePagesThatAreTouched) {
  auto reserved = mapping::reserve(16 * page_size());
  ASSERT_TRUE(reserved);
  EXPECT_EQ(reserved->size(), 16 * page_size());
  reserved->begin()[3 * page_size()] = std::byte{1};
  for (std::size_t page = 0; page < 16; ++page) {
    EXPECT_EQ(is_resident(reserved->begin() + page * page_size()), page == 3) << page;
  }
}

TEST(Mapping, TouchesNoHugePageForOneByte) {
  const std::size_t size = std::size_t{8} << 20U;
  auto reserved = mapping::reserve(size);
  ASSERT_TRUE(reserved);
  reserved->begin()[size / 2] = std::byte{1};
  std::size_t resident = 0;
  for (std::size_t at = 0; at < size; at += page_size()) {
    if (is_resident(reserved->begin() + at)) ++resident;
  }
  EXPECT_EQ(resident, 1U);
}

TEST(Mapping, IsReleasedWithItsOwner) {
  std::byte* begin = nullptr;
  {
    auto reserved = mapping::reserve(page_size());
    ASSERT_TRUE(reserved);
    begin = reserved->begin();
    EXPECT_TRUE(is_mapped(begin));
  }
  EXPECT_FALSE(is_mapped(begin));
}

TEST(Mapping, MovingLeavesOneOwner) {
  auto first = mapping::reserve(page_size());
  ASSERT_TRUE(first);
  std::byte* const begin = first->begin();
  {
    mapping second(std::move(*first));
    EXPECT_EQ(first->begin(), nullptr);
    EXPECT_EQ(second.begin(), begin);
    EXPECT_TRUE(is_mapped(begin));
  }
  EXPECT_FALSE(is_mapped(begin));
}

TEST(Mapping, StaysWhenItIsLeaked) {
  std::byte* begin = nullptr;
  {
    auto reserved = mapping::reserve(page_size());
    ASSERT_TRUE(reserved);
    begin = reserved->begin();
    reserved->leak();
  }
  EXPECT_TRUE(is_mapped(begin));
  ::munmap(begin, page_size());
}

TEST(Mapping, MoreThanThereIsIsTheSystemsError) {
  const auto refused = mapping::reserve(std::numeric_limits<std::size_t>::max() / 2);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), std::errc::not_enough_memory);
}

}  // namespace
