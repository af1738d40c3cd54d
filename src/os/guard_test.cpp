// SPDX-License-Identifier: MIT
// Guard pages of both kinds: touching one ends the process.
#include "os/guard.hpp"

#include <csignal>
#include <cstddef>
#include <utility>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <weir/detail/sanitizer.hpp>

#include "os/mapping.hpp"

namespace {

using weir::os::guard_kind;
using weir::os::install_guard;

std::size_t pages(std::size_t count) { return count * weir::os::page_size(); }

/// A sanitizer reports the fault itself, and ends the process in a way of its own.
bool died_of_a_fault(int status) {
  if (weir::detail::address_sanitized || weir::detail::thread_sanitized) return status != 0;
  return ::testing::KilledBySignal(SIGSEGV)(status);
}

void touch(std::byte* place) { *static_cast<volatile std::byte*>(place) = std::byte{1}; }

/// Whether the kernel makes guards without mappings of their own (Linux 6.13).
bool has_markers() {
  auto probed = weir::os::mapping::reserve(pages(1));
  return probed &&
         install_guard(probed->begin(), pages(1), guard_kind::marker) == guard_kind::marker;
}

/// Four pages of which the middle two are a guard.
class guarded {
 public:
  explicit guarded(guard_kind preferred) {
    auto reserved = weir::os::mapping::reserve(pages(4));
    if (!reserved) return;
    memory_ = std::move(*reserved);
    kind = install_guard(begin() + pages(1), pages(2), preferred);
  }
  [[nodiscard]] std::byte* begin() const { return memory_.begin(); }

  weir::result<guard_kind> kind = std::unexpected(std::error_code());

 private:
  weir::os::mapping memory_;
};

void expect_guards(guard_kind wanted) {
  const guarded memory(wanted);
  ASSERT_EQ(memory.kind, wanted);
  touch(memory.begin());
  touch(memory.begin() + pages(1) - 1);
  touch(memory.begin() + pages(3));
  EXPECT_EXIT(touch(memory.begin() + pages(1)), died_of_a_fault, "");
  EXPECT_EXIT(touch(memory.begin() + pages(3) - 1), died_of_a_fault, "");
}

TEST(GuardDeathTest, TouchingAMarkerEndsTheProcessAndItsNeighboursDoNot) {
  if (!has_markers()) GTEST_SKIP() << "this kernel has no guard markers";
  expect_guards(guard_kind::marker);
}

TEST(GuardDeathTest, TouchingProtectionEndsTheProcessAndItsNeighboursDoNot) {
  expect_guards(guard_kind::protection);
}

TEST(GuardDeathTest, WhereMemoryIsLockedProtectionStandsInForTheMarker) {
  const auto with_locked_memory = [] {
    auto reserved = weir::os::mapping::reserve(pages(4));
    // Not mlock(2), which the sanitizers turn into nothing.
    if (!reserved || ::syscall(SYS_mlock, reserved->begin(), pages(4)) != 0) return;
    const auto kind = install_guard(reserved->begin(), pages(2), guard_kind::marker);
    if (kind != guard_kind::protection) return;
    touch(reserved->begin() + pages(2));
    touch(reserved->begin());
  };
  EXPECT_EXIT(with_locked_memory(), died_of_a_fault, "");
}

TEST(Guard, ARangeThatIsNotMappedIsTheSystemsError) {
  auto reserved = weir::os::mapping::reserve(pages(4));
  ASSERT_TRUE(reserved);
  std::byte* const begin = reserved->begin();
  *reserved = {};
  for (const guard_kind kind : {guard_kind::marker, guard_kind::protection}) {
    const auto refused = install_guard(begin, pages(1), kind);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), std::errc::not_enough_memory);
  }
}

}  // namespace
