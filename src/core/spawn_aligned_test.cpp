// SPDX-License-Identifier: MIT
// Functions that want to lie at an address of large alignment.
#include <cstddef>
#include <cstdint>
#include <system_error>

#include <gtest/gtest.h>

#include <weir/spawn.hpp>
#include <weir/task.hpp>
#include <weir/testing.hpp>

namespace {

template <std::size_t Alignment>
struct alignas(Alignment) aligned {
  char content = 1;

  [[nodiscard]] bool holds() const noexcept {
    return reinterpret_cast<std::uintptr_t>(this) % Alignment == 0 && content == 1;
  }
};

TEST(SpawnAligned, PutsAFunctionAtAnAddressOfItsAlignment) {
  const weir::testing::virtual_hub hub;
  EXPECT_EQ(weir::spawn([value = aligned<8192>()] { return value.holds(); }).await(), true);
  EXPECT_EQ(weir::spawn({.stack_size = 1024 * 1024},
                        [value = aligned<131072>()] { return value.holds(); })
                .await(),
            true);
}

TEST(SpawnAligned, RefusesAFunctionThatMayBeTooLowInItsStackOnceItIsAligned) {
  const weir::testing::virtual_hub hub;
  auto task = weir::spawn([value = aligned<65536>()] { return value.holds(); });
  EXPECT_EQ(task.await().error(), std::errc::value_too_large);
}

}  // namespace
