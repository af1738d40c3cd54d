// SPDX-License-Identifier: MIT
// The handler that counts, and the eventfd it writes to.
#include "os/signal_arrivals.hpp"

#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace weir::os {
namespace {

// Of the process, as signals are. Lock-free, as a handler needs them.
using counter = std::atomic<std::uint64_t>;
static_assert(counter::is_always_lock_free);
constinit std::array<counter, NSIG> arrivals{};

/// The eventfd. Made once and never closed: a handler may be about to write to it on any thread.
constinit std::atomic<int> bell{-1};

const counter& arrivals_of(int number) {
  if (number <= 0 || number >= NSIG) {
    throw std::system_error(EINVAL, std::system_category(), "weir: no such signal");
  }
  return arrivals[static_cast<std::size_t>(number)];
}

int need_bell() {
  static const int made = [] {
    const int number = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (number < 0) throw std::system_error(last_error(), "weir: eventfd");
    bell.store(number);
    return number;
  }();
  return made;
}

int copy_of(int number) {
  const int copy = ::fcntl(number, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) throw std::system_error(last_error(), "weir: a copy of an eventfd");
  return copy;
}

void count_arrival(int number, siginfo_t* /*info*/, void* /*context*/) noexcept {
  const int saved = errno;
  arrivals[static_cast<std::size_t>(number)].fetch_add(1);  // before the bell that tells of it
  const std::uint64_t one = 1;
  // It cannot be full: a signal each nanosecond fills it in 500 years.
  static_cast<void>(::write(bell.load(), &one, sizeof one) < 0);
  errno = saved;
}

}  // namespace

signal_arrivals::signal_arrivals(int number)
    : arrivals_(arrivals_of(number)),
      before_(arrivals_.load()),
      bell_(copy_of(need_bell())),
      action_(number, count_arrival) {}

std::uint64_t signal_arrivals::count() const noexcept { return arrivals_.load() - before_; }

}  // namespace weir::os
