// SPDX-License-Identifier: MIT
// A fixture for tests that need a hub and its virtual clock, and nothing else.
#pragma once

#include <gtest/gtest.h>

#include <weir/testing.hpp>

namespace weir::testing {

class in_virtual_time : public ::testing::Test {
 private:
  virtual_hub hub_;
};

}  // namespace weir::testing
