// SPDX-License-Identifier: MIT
// Decides by the linker's names of functions: those of C++ (Itanium ABI) begin with their scopes.
#include "inspect/folding.hpp"

#include <algorithm>
#include <string_view>

#include "inspect/function_name.hpp"

namespace weir::detail {
namespace {

/// Strips what stands before the first scope of a nested name: `_ZN`, `_ZZN` (local to a function),
/// `_ZNK` (const) and the like. Empty where there is no scope.
std::string_view scopes_of(std::string_view linkage) noexcept {
  if (!linkage.starts_with("_Z")) return {};
  linkage.remove_prefix(2);
  linkage.remove_prefix(std::min(linkage.find_first_not_of('Z'), linkage.size()));
  if (!linkage.starts_with('N')) return linkage.starts_with("St") ? linkage : std::string_view();
  linkage.remove_prefix(1);
  linkage.remove_prefix(std::min(linkage.find_first_not_of("KVrRO"), linkage.size()));
  return linkage;
}

enum class owner : unsigned char { weir, standard, other };

owner owner_of(std::string_view function) noexcept {
  if (function.starts_with("weir::") && !function.starts_with("weir::testing::")) {
    return owner::weir;
  }
  return function.starts_with("std::") ? owner::standard : owner::other;
}

/// For debug information of lines only, where functions are named without their scopes.
owner owner_of_file(std::string_view file) noexcept {
  if (file.find("include/weir/") != std::string_view::npos) return owner::weir;
  return file.find("include/c++/") != std::string_view::npos ? owner::standard : owner::other;
}

owner owner_of(const named_frame& frame) {
  if (frame.linkage.empty()) {  // as g++ has it for what depends on a local type, a lambda say
    const bool scoped = short_name(frame.shown.function).find("::") != std::string::npos;
    return scoped ? owner_of(frame.shown.function) : owner_of_file(frame.shown.file);
  }
  if (frame.linkage == "weir_run_task" || frame.linkage == "weir_task_entry") return owner::weir;
  const std::string_view scopes = scopes_of(frame.linkage);
  if (scopes.starts_with("4weir") && !scopes.starts_with("4weir7testing")) return owner::weir;
  return scopes.starts_with("St") ? owner::standard : owner::other;
}

/// Where the run that begins at `first` ends: of frames of weir's, with those of the standard
/// library that they call.
std::size_t end_of_run(const named_frames& trace, std::size_t first) {
  std::size_t end = first;
  for (std::size_t at = first; at < trace.size(); ++at) {
    const owner whose = owner_of(trace[at]);
    if (whose == owner::other) break;
    if (whose == owner::weir) end = at + 1;
  }
  return end;
}

/// The function that a task was spawned with may have become part of this one, and no debug
/// information tells.
bool may_hide_function(const named_frame& frame) noexcept {
  return frame.shown.file.empty() && frame.linkage.find("9task_body") != std::string::npos;
}

}  // namespace

bool is_weirs(const named_frame& frame) {
  return owner_of(frame) == owner::weir && !may_hide_function(frame);
}

std::vector<stack_frame> folded(const named_frames& trace) {
  std::vector<stack_frame> kept;
  for (std::size_t at = 0; at < trace.size();) {
    const std::size_t end = end_of_run(trace, at);
    if (end == at) {
      kept.push_back(trace[at++].shown);
      continue;
    }
    const bool entry = trace[end - 1].linkage == "weir_task_entry";
    if (!entry) {
      kept.push_back(trace[end - 1].shown);
    } else if (const auto hiding = std::find_if(trace.begin() + static_cast<std::ptrdiff_t>(at),
                                                trace.begin() + static_cast<std::ptrdiff_t>(end),
                                                may_hide_function);
               hiding != trace.begin() + static_cast<std::ptrdiff_t>(end)) {
      kept.push_back(hiding->shown);
    }
    at = end;
  }
  if (kept.empty()) {
    for (const named_frame& each : trace) kept.push_back(each.shown);
  }
  return kept;
}

}  // namespace weir::detail
