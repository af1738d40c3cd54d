// SPDX-License-Identifier: MIT
// Any bytes as text of a line, and what is UTF-8.
#include "base/in_quotes.hpp"

#include <string>

#include <gtest/gtest.h>

#include "base/utf8.hpp"

namespace weir::testing {
namespace {

using detail::in_quotes;
using detail::utf8_length;

TEST(InQuotes, LeavesTextInUtf8AsItIs) {
  EXPECT_EQ(in_quotes(""), "\"\"");
  EXPECT_EQ(in_quotes("worker-3"), "\"worker-3\"");
  EXPECT_EQ(in_quotes("ä€😀"), "\"ä€😀\"");
}

TEST(InQuotes, WritesWhatIsNotTextAsAProgramWould) {
  EXPECT_EQ(in_quotes("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(in_quotes("a\r\n\tb\x1b\x7f"), R"("a\r\n\tb\x1b\x7f")");
  EXPECT_EQ(in_quotes(std::string(1, '\0')), R"("\x00")");
  EXPECT_EQ(in_quotes("\xff\xc3"), R"("\xff\xc3")");
}

TEST(Utf8, TellsTheLengthOfACharacter) {
  EXPECT_EQ(utf8_length("a"), 1U);
  EXPECT_EQ(utf8_length("äb"), 2U);
  EXPECT_EQ(utf8_length("€"), 3U);
  EXPECT_EQ(utf8_length("\xed\x9f\xbf"), 3U);      // U+D7FF
  EXPECT_EQ(utf8_length("\xee\x80\x80"), 3U);      // U+E000
  EXPECT_EQ(utf8_length("\xf0\x90\x80\x80"), 4U);  // U+10000
  EXPECT_EQ(utf8_length("\xf4\x8f\xbf\xbf"), 4U);  // U+10FFFF
}

TEST(Utf8, RefusesWhatIsNoCharacter) {
  EXPECT_EQ(utf8_length("\x80"), 0U);              // begins none
  EXPECT_EQ(utf8_length("\xc1\xbf"), 0U);          // overlong
  EXPECT_EQ(utf8_length("\xe0\x9f\xbf"), 0U);      // overlong
  EXPECT_EQ(utf8_length("\xf0\x8f\xbf\xbf"), 0U);  // overlong
  EXPECT_EQ(utf8_length("\xed\xa0\x80"), 0U);      // a surrogate
  EXPECT_EQ(utf8_length("\xf4\x90\x80\x80"), 0U);  // beyond the last
  EXPECT_EQ(utf8_length("\xf5\x80\x80\x80"), 0U);
  EXPECT_EQ(utf8_length("\xe2\x82"), 0U);  // cut short
  EXPECT_EQ(utf8_length("\xe2\x82\x41"), 0U);
  EXPECT_EQ(utf8_length("\xc3\x41"), 0U);
}

}  // namespace
}  // namespace weir::testing
