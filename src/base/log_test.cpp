// SPDX-License-Identifier: MIT
// The process's logger: chosen, failing, and given back to stderr.
#include "base/log.hpp"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace {

using weir::log_level;

/// What is written to stderr while `function` runs.
template <class Function>
std::string written_to_stderr(Function function) {
  ::testing::internal::CaptureStderr();
  function();
  return ::testing::internal::GetCapturedStderr();
}

TEST(Log, GoesToStderrWithItsLevelByDefault) {
  EXPECT_EQ(written_to_stderr([] { weir::detail::log(log_level::warning, "the text"); }),
            "weir: warning: the text\n");
}

TEST(Log, GoesToTheLoggerThatIsSetInstead) {
  std::vector<std::pair<log_level, std::string>> messages;
  weir::set_logger(
      [&messages](log_level level, std::string_view text) { messages.emplace_back(level, text); });
  const std::string written =
      written_to_stderr([] { weir::detail::log(log_level::error, "the text"); });
  weir::set_logger({});
  EXPECT_EQ(written, "");
  EXPECT_EQ(messages,
            (std::vector<std::pair<log_level, std::string>>{{log_level::error, "the text"}}));
}

TEST(Log, AnEmptyLoggerGoesBackToStderr) {
  int calls = 0;
  weir::set_logger([&calls](log_level, std::string_view) { ++calls; });
  weir::set_logger({});
  EXPECT_EQ(written_to_stderr([] { weir::detail::log(log_level::info, "again"); }),
            "weir: info: again\n");
  EXPECT_EQ(calls, 0);
}

TEST(Log, WhatALoggerThrowsIsDroppedAndTheMessageGoesToStderr) {
  weir::set_logger([](log_level, std::string_view) { throw std::runtime_error("disk full"); });
  const std::string written =
      written_to_stderr([] { weir::detail::log(log_level::error, "not lost"); });
  weir::set_logger({});
  EXPECT_EQ(written, "weir: error: not lost\n");
}

TEST(Log, ALoggerMayBeReplacedByItself) {
  int calls = 0;
  weir::set_logger([&calls](log_level, std::string_view) {
    ++calls;
    weir::set_logger({});
  });
  weir::detail::log(log_level::info, "to the logger");
  EXPECT_EQ(written_to_stderr([] { weir::detail::log(log_level::info, "to stderr"); }),
            "weir: info: to stderr\n");
  EXPECT_EQ(calls, 1);
}

}  // namespace
