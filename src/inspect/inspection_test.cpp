// SPDX-License-Identifier: MIT
// The tracebacks in what a hub reports by itself.
#include "core/inspection.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <weir/testing.hpp>
#include <weir/wait.hpp>
#include <weir/weir.hpp>

#include "core/hub_core.hpp"
#include "core/service.hpp"
#include "testing/captured_log.hpp"

namespace weir::testing {
namespace {

using namespace std::chrono_literals;

[[gnu::noinline]] void sleep_for_ever() {
  for (;;) static_cast<void>(sleep(1h));
}

[[gnu::noinline]] void park_for_ever() {
  wait here("a wait that is not cancellable");
  here.set_cancellable(false);
  static_cast<void>(here.park());
  ADD_FAILURE() << "it was woken";
}

class stuck_service final : public detail::service {
 public:
  void run() noexcept override { park_for_ever(); }
};

class Reports : public ::testing::Test {
 protected:
  void expect_abandoned_in(std::string_view function) const {
    ASSERT_FALSE(log.messages().empty());
    const std::string last = log.messages().back();
    EXPECT_NE(last.find(" is abandoned"), std::string::npos) << last;
    const auto stands = last.find("\nit stands in:\n");
    ASSERT_NE(stands, std::string::npos) << last;
    const auto where = last.find(function, stands);
    ASSERT_NE(where, std::string::npos) << last;
    EXPECT_NE(last.find("inspection_test.cpp:", where), std::string::npos) << last;
    EXPECT_FALSE(last.ends_with('\n'));
  }

  const captured_log log;
};

TEST_F(Reports, ATaskThatIgnoresItsCancellationIsShownWhereItDoes) {
  {
    const virtual_hub hub;
    spawn([] { sleep_for_ever(); });
  }
  expect_abandoned_in("::sleep_for_ever()");
}

TEST_F(Reports, ATaskThatNothingCanWakeIsShownWhereItWaits) {
  {
    const virtual_hub hub;
    spawn([] { park_for_ever(); });
  }
  expect_abandoned_in("::park_for_ever()");
}

TEST_F(Reports, SoIsAServiceThatNothingCanWake) {
  {
    const virtual_hub hub;
    ASSERT_FALSE(detail::hub_core::here().start_service(std::make_unique<stuck_service>()));
    yield();
  }
  expect_abandoned_in("::park_for_ever()");
}

}  // namespace
}  // namespace weir::testing
