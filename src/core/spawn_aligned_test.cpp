// SPDX-License-Identifier: MIT
// Functions that want to lie at an address of large alignment.
#include <array>
#include <cstddef>
#include <cstdint>
#include <system_error>

#include <gtest/gtest.h>

#include <weir/detail/cache_line.hpp>
#include <weir/detail/face.hpp>
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

TEST(SpawnAligned, PutsTheRecordAtTheBeginningOfACacheLineWhateverTheSizeOfTheFunction) {
  const weir::testing::virtual_hub hub;
  const auto begins_a_line = [] {
    const auto* const record = weir::detail::this_hub->current;
    return reinterpret_cast<std::uintptr_t>(record) % weir::detail::cache_line == 0;
  };
  EXPECT_EQ(weir::spawn(begins_a_line).await(), true);
  const auto larger = [begins_a_line, padding = std::array<char, 24>{}] {
    return begins_a_line() && padding[0] == 0;
  };
  EXPECT_EQ(weir::spawn(larger).await(), true);
}

TEST(SpawnAligned, RefusesAFunctionThatMayBeTooLowInItsStackOnceItIsAligned) {
  const weir::testing::virtual_hub hub;
  auto task = weir::spawn([value = aligned<65536>()] { return value.holds(); });
  EXPECT_EQ(task.await().error(), std::errc::value_too_large);
}

}  // namespace
