// SPDX-License-Identifier: MIT
// The calls of epoll(7).
#include "os/epoll.hpp"

#include <cerrno>
#include <climits>
#include <system_error>

namespace weir::os {
namespace {

timespec to_timespec(std::chrono::nanoseconds duration) noexcept {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
  return {.tv_sec = seconds.count(), .tv_nsec = (duration - seconds).count()};
}

int to_milliseconds(std::optional<std::chrono::nanoseconds> duration) noexcept {
  if (!duration) return -1;
  const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(*duration).count();
  return rounded > INT_MAX ? INT_MAX : static_cast<int>(rounded);
}

}  // namespace

epoll::epoll() : instance_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!instance_) throw std::system_error(last_error(), "weir: epoll_create1");
}

result<void> epoll::add(int fd, std::uint32_t events, std::uint64_t data) noexcept {
  epoll_event event{.events = events, .data = {.u64 = data}};
  if (::epoll_ctl(instance_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
    return std::unexpected(last_error());
  }
  return {};
}

void epoll::remove(int fd) noexcept {
  const int saved = errno;
  epoll_event ignored{};
  ::epoll_ctl(instance_.get(), EPOLL_CTL_DEL, fd, &ignored);
  errno = saved;
}

std::span<epoll_event> epoll::wait(std::span<epoll_event> into,
                                   std::optional<std::chrono::nanoseconds> wait) noexcept {
  const int room = static_cast<int>(into.size());
  int count = -1;
  if (wait && *wait <= std::chrono::nanoseconds{}) {
    count = ::epoll_wait(instance_.get(), into.data(), room, 0);
  } else {
    if (nanoseconds_) {
      const timespec limit = to_timespec(wait.value_or(std::chrono::nanoseconds{}));
      count = ::epoll_pwait2(instance_.get(), into.data(), room, wait ? &limit : nullptr, nullptr);
      // Not only ENOSYS: some filters of system calls refuse what they do not know with EPERM.
      if (count < 0 && errno != EINTR) nanoseconds_ = false;
    }
    if (!nanoseconds_) {
      count = ::epoll_wait(instance_.get(), into.data(), room, to_milliseconds(wait));
    }
  }
  return into.first(count < 0 ? 0 : static_cast<std::size_t>(count));
}

}  // namespace weir::os
