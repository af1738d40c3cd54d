// SPDX-License-Identifier: MIT
// Reading the affinity mask and the control groups' quotas.
#include "os/processors.hpp"

#include <algorithm>
#include <exception>
#include <fstream>
#include <string>

#include <sched.h>

namespace weir::os {
namespace {

std::size_t processors_in_mask() noexcept {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  if (::sched_getaffinity(0, sizeof mask, &mask) != 0) return 1;
  return static_cast<std::size_t>(std::max(CPU_COUNT(&mask), 1));
}

/// The control group's own path, as the line "0::/..." of /proc/self/cgroup says; cgroups(7).
std::string own_group() {
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    if (line.starts_with("0::")) return line.substr(3);
  }
  return "/";
}

/// The least quota of the group and of those it is in.
std::size_t processors_in_quota(std::size_t otherwise) {
  std::size_t least = otherwise;
  for (std::string group = own_group(); !group.empty();) {
    std::ifstream limits("/sys/fs/cgroup" + group + "/cpu.max");
    double quota = 0;
    double period = 0;
    if (limits >> quota >> period && period > 0) {  // "max" is no number: no quota
      least = std::min(least, std::max(static_cast<std::size_t>(quota / period), std::size_t{1}));
    }
    group.resize(group == "/" ? 0 : group.rfind('/'));
  }
  return least;
}

}  // namespace

std::size_t usable_processors() noexcept {
  const std::size_t in_mask = processors_in_mask();
  try {
    return processors_in_quota(in_mask);
  } catch (const std::exception&) {
    return in_mask;
  }
}

}  // namespace weir::os
