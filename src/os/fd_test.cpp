// SPDX-License-Identifier: MIT
// Owning a file descriptor.
#include "os/fd.hpp"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <gtest/gtest.h>

namespace {

using weir::os::fd;

int open_null() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }
bool is_open(int number) { return ::fcntl(number, F_GETFD) >= 0; }

TEST(Fd, IsClosedWithItsOwner) {
  const int number = open_null();
  {
    const fd owner(number);
    EXPECT_TRUE(owner);
    EXPECT_EQ(owner.get(), number);
    EXPECT_TRUE(is_open(number));
  }
  EXPECT_FALSE(is_open(number));
}

TEST(Fd, MovingLeavesOneOwner) {
  fd first(open_null());
  const int number = first.get();
  {
    const fd second(std::move(first));
    EXPECT_FALSE(first);
    EXPECT_EQ(second.get(), number);
  }
  EXPECT_FALSE(is_open(number));
}

TEST(Fd, AssigningClosesWhatWasOwnedBefore) {
  fd first(open_null());
  fd second(open_null());
  const int closed = first.get();
  const int kept = second.get();
  first = std::move(second);
  EXPECT_FALSE(is_open(closed));
  EXPECT_TRUE(is_open(kept));
  EXPECT_EQ(first.get(), kept);
}

TEST(Fd, AssigningItToItselfKeepsItOpen) {
  fd only(open_null());
  fd& same = only;
  only = std::move(same);
  EXPECT_TRUE(is_open(only.get()));
}

TEST(Fd, ReleasingGivesUpTheOwnership) {
  fd owner(open_null());
  const fd next(owner.release());
  EXPECT_FALSE(owner);
  EXPECT_TRUE(is_open(next.get()));
}

TEST(Fd, ClosingKeepsErrno) {
  fd bad(12345);  // close(2) fails
  errno = ERANGE;
  bad.reset();
  EXPECT_EQ(errno, ERANGE);
}

}  // namespace
