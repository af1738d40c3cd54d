// SPDX-License-Identifier: MIT
// What a stream brings, as text.
#pragma once

#include <cstddef>
#include <string>

#include <gtest/gtest.h>

#include <weir/stream.hpp>
#include <weir/until.hpp>

namespace weir::testing {

inline std::string received_exactly(stream& from, std::size_t count, until until = {}) {
  std::string bytes(count, '\0');
  EXPECT_TRUE(from.recv_exactly(bytes, until));
  return bytes;
}

/// Everything up to the end of the stream.
inline std::string received_until_end(stream& from) {
  std::string all;
  std::string part(100'000, '\0');
  while (const auto count = from.recv(part)) all.append(part, 0, *count);
  return all;
}

}  // namespace weir::testing
