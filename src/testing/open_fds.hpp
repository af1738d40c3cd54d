// SPDX-License-Identifier: MIT
// The file descriptors of this process, as the system sees them.
#pragma once

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <stdexcept>
#include <string>

#include <sys/resource.h>
#include <unistd.h>

#include <weir/address.hpp>
#include <weir/stream.hpp>

#include "os/socket_address.hpp"

namespace weir::testing {

/// All that are open.
[[nodiscard]] inline std::set<int> open_fds() {
  std::set<int> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    found.insert(std::stoi(entry.path().filename()));
  }
  // Looking opened one, which is closed by now.
  std::erase_if(found, [](int fd) {
    return !std::filesystem::exists("/proc/self/fd/" + std::to_string(fd));
  });
  return found;
}

/// Those that were opened since `before` was taken.
[[nodiscard]] inline std::set<int> opened_since(const std::set<int>& before) {
  const std::set<int> after = open_fds();
  std::set<int> found;
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                      std::inserter(found, found.end()));
  return found;
}

/// The socket bound to `local`, and connected to `remote` if that is an address.
[[nodiscard]] inline int fd_of(const address& local, const address& remote) {
  for (const int fd : open_fds()) {
    if (os::local_address(fd) == local && os::remote_address(fd) == remote) return fd;
  }
  throw std::runtime_error("no fd is bound to " + local.to_string());
}

/// The socket behind an open stream.
[[nodiscard]] inline int fd_of(const stream& of) { return fd_of(of.local(), of.remote()); }

/// Raises the soft limit of open files to the hard one, while it lives; or lowers it.
class descriptor_limit {
 public:
  descriptor_limit() : descriptor_limit(limits().rlim_max) {}
  explicit descriptor_limit(rlim_t soft) : former_(limits()) {
    rlimit chosen = former_;
    chosen.rlim_cur = soft;
    ::setrlimit(RLIMIT_NOFILE, &chosen);
  }
  descriptor_limit(const descriptor_limit&) = delete;
  descriptor_limit& operator=(const descriptor_limit&) = delete;
  ~descriptor_limit() { ::setrlimit(RLIMIT_NOFILE, &former_); }

 private:
  [[nodiscard]] static rlimit limits() {
    rlimit now{};
    ::getrlimit(RLIMIT_NOFILE, &now);
    return now;
  }

  rlimit former_;
};

}  // namespace weir::testing
