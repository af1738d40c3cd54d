// SPDX-License-Identifier: MIT
// The error codes: their texts, and what of the standard's they equal.
#include <weir/error.hpp>

#include <set>
#include <string>
#include <system_error>

#include <gtest/gtest.h>

namespace {

using weir::errc;

constexpr errc all_codes[] = {errc::timed_out,   errc::closed,     errc::cancelled, errc::busy,
                              errc::would_block, errc::not_paused, errc::failed,    errc::deadlock};

TEST(Error, EachCodeHasATextOfItsOwn) {
  std::set<std::string> texts;
  for (const errc code : all_codes) {
    const std::error_code error = code;
    EXPECT_STREQ(error.category().name(), "weir");
    EXPECT_EQ(error.message().find("unknown"), std::string::npos) << static_cast<int>(code);
    EXPECT_TRUE(texts.insert(error.message()).second) << error.message();
  }
}

TEST(Error, TextsSayWhatHappened) {
  EXPECT_EQ(std::error_code(errc::timed_out).message(), "timed out");
  EXPECT_EQ(std::error_code(errc::closed).message(), "closed");
  EXPECT_EQ(std::error_code(errc::cancelled).message(), "cancelled");
}

TEST(Error, AnUnknownNumberIsNamedInItsText) {
  EXPECT_EQ(weir::error_category().message(4711), "unknown weir error 4711");
}

TEST(Error, CodesEqualTheirStandardCounterparts) {
  EXPECT_EQ(std::error_code(errc::timed_out), std::errc::timed_out);
  EXPECT_EQ(std::error_code(errc::closed), std::errc::broken_pipe);
  EXPECT_EQ(std::error_code(errc::cancelled), std::errc::operation_canceled);
  EXPECT_EQ(std::error_code(errc::busy), std::errc::device_or_resource_busy);
  EXPECT_EQ(std::error_code(errc::would_block), std::errc::operation_would_block);
  EXPECT_EQ(std::error_code(errc::would_block), std::errc::resource_unavailable_try_again);
  EXPECT_EQ(std::error_code(errc::deadlock), std::errc::resource_deadlock_would_occur);
}

TEST(Error, CodesEqualNothingElse) {
  EXPECT_NE(std::error_code(errc::timed_out), std::errc::operation_canceled);
  EXPECT_NE(std::error_code(errc::not_paused), std::errc::invalid_argument);
  EXPECT_NE(std::error_code(errc::failed), std::errc::io_error);
  for (const errc code : all_codes) {
    for (const errc other : all_codes) {
      EXPECT_EQ(std::error_code(code) == other, code == other);
    }
  }
}

TEST(Error, AFailureIsAResultWithoutAValue) {
  const weir::result<int> failed = weir::failure(errc::busy);
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error(), errc::busy);
}

}  // namespace
