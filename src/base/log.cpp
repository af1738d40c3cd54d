// SPDX-License-Identifier: MIT
// The process's logger: the user's, or stderr.
#include "base/log.hpp"

#include <cstdio>
#include <memory>
#include <mutex>
#include <utility>

namespace weir {
namespace {

struct chosen_logger {
  std::mutex mutex;
  std::shared_ptr<const logger> chosen;

  void set(std::shared_ptr<const logger> replacement) {
    const std::scoped_lock lock(mutex);
    chosen.swap(replacement);
  }
  std::shared_ptr<const logger> get() {
    const std::scoped_lock lock(mutex);
    return chosen;
  }
};

// Never destroyed, so that what logs while the process ends still can.
chosen_logger& process_logger() {
  static auto* const logger = new chosen_logger;  // NOLINT(cppcoreguidelines-owning-memory)
  return *logger;
}

const char* name_of(log_level level) noexcept {
  switch (level) {
    case log_level::info: return "info";
    case log_level::warning: return "warning";
    case log_level::error: return "error";
  }
  return "?";
}

void write_to_stderr(log_level level, std::string_view text) noexcept {
  std::fprintf(stderr, "weir: %s: %.*s\n", name_of(level), static_cast<int>(text.size()),
               text.data());
}

}  // namespace

void set_logger(logger chosen) {
  process_logger().set(chosen ? std::make_shared<const logger>(std::move(chosen)) : nullptr);
}

void detail::log(log_level level, std::string_view text) noexcept {
  try {
    if (const auto chosen = process_logger().get()) {
      (*chosen)(level, text);
      return;
    }
  } catch (...) {  // NOLINT(bugprone-empty-catch): said on stderr instead
  }
  write_to_stderr(level, text);
}

}  // namespace weir
