// SPDX-License-Identifier: MIT
// What counts as the bytes of the things that can be sent and received into.
#include <weir/buffer.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace {

std::size_t size_of(weir::const_buffer of) { return of.bytes().size(); }
std::size_t room_of(weir::mutable_buffer of) { return of.bytes().size(); }

TEST(Buffer, TextCountsAllItsCharacters) {
  EXPECT_EQ(size_of(std::string("a\0b", 3)), 3U);
  EXPECT_EQ(size_of(std::string_view("a\0b", 3)), 3U);
}

TEST(Buffer, ALiteralCountsWithoutItsFinalNulAndWithThoseInside) {
  EXPECT_EQ(size_of("abc"), 3U);
  EXPECT_EQ(size_of("a\0c"), 3U);
  EXPECT_EQ(size_of(""), 0U);
}

TEST(Buffer, AnArrayOfCharactersThatCanBeWrittenCountsAll) {
  char room[8] = {'a', '\0', 'b'};
  EXPECT_EQ(size_of(room), 8U);
  EXPECT_EQ(room_of(room), 8U);
  const char constant[2] = {'a', 'b'};
  EXPECT_EQ(size_of(constant), 2U);
}

TEST(Buffer, BytesInAnyContiguousRangeCount) {
  std::array<std::byte, 5> bytes{};
  unsigned char numbers[4] = {};
  std::vector<char8_t> letters(3);
  EXPECT_EQ(size_of(bytes), 5U);
  EXPECT_EQ(size_of(numbers), 4U);
  EXPECT_EQ(size_of(letters), 3U);
  EXPECT_EQ(size_of(std::span(bytes).first(2)), 2U);
  EXPECT_EQ(room_of(bytes), 5U);
  EXPECT_EQ(room_of(std::span(numbers)), 4U);
}

TEST(Buffer, APointerToCharactersIsTextUpToItsNul) {
  const char* const text = "abc";
  EXPECT_EQ(size_of(text), 3U);
}

}  // namespace
