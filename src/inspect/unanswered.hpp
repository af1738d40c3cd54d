// SPDX-License-Identifier: MIT
// Finding out that a hub's thread does not answer.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include <weir/until.hpp>

namespace weir::detail {

/// Questions are asked one after the other, and an answer is to all that were asked before it.
class unanswered {
 public:
  explicit unanswered(std::chrono::nanoseconds limit) noexcept : limit_(limit) {}

  /// One is asked at `now`, when there were so many answers. For how long there has been none, if
  /// that is the limit at least, once until there is one again.
  [[nodiscard]] std::optional<std::chrono::nanoseconds> ask(time_point now,
                                                            std::uint64_t answers) noexcept {
    if (!since_ || answers != answers_) {
      answers_ = answers;
      since_ = now;
      told_ = false;
    }
    if (told_ || now - *since_ < limit_) return std::nullopt;
    told_ = true;
    return now - *since_;
  }
  /// None is asked for a while: the hub sleeps.
  void pause() noexcept { since_.reset(); }

 private:
  std::chrono::nanoseconds limit_;
  std::optional<time_point> since_;  ///< the first question without an answer
  std::uint64_t answers_ = 0;
  bool told_ = false;
};

}  // namespace weir::detail
