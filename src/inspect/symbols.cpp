// SPDX-License-Identifier: MIT
// What was looked up, kept by address; and how it is shown.
#include "inspect/symbols.hpp"

#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include <dlfcn.h>

#include "inspect/debug_info.hpp"
#include "inspect/folding.hpp"
#include "inspect/function_name.hpp"
#include "inspect/libdw.hpp"

namespace weir::detail {
namespace {

/// What the dynamic linker knows.
named_frames ask_linker(std::uintptr_t address) {
  Dl_info found{};
  if (::dladdr(reinterpret_cast<void*>(address), &found) == 0) return {};
  named_frame frame;
  if (found.dli_fname != nullptr) frame.shown.object = found.dli_fname;
  if (found.dli_sname != nullptr) frame.linkage = found.dli_sname;
  return {std::move(frame)};
}

class symbol_cache {
 public:
  /// What stands at the code that `address` is one past of. Never void again.
  const named_frames& at(const void* address) {
    const std::scoped_lock lock(mutex_);
    const auto known = known_.find(address);
    if (known != known_.end()) return known->second;
    return known_.emplace(address, look_up(address)).first->second;
  }
  /// The same; null if it was not looked up yet.
  [[nodiscard]] const named_frames* find(const void* address) {
    const std::scoped_lock lock(mutex_);
    const auto known = known_.find(address);
    return known == known_.end() ? nullptr : &known->second;
  }

 private:
  named_frames look_up(const void* address) {
    const auto code = reinterpret_cast<std::uintptr_t>(address) - 1;
    if (!asked_) {
      asked_ = true;
      if (const libdw* const functions = libdw::loaded()) information_.emplace(*functions);
    }
    named_frames frames = information_ ? information_->look_up(code) : ask_linker(code);
    if (frames.empty()) frames.emplace_back();
    for (named_frame& each : frames) {
      each.shown.address = address;
      if (!each.linkage.empty()) each.shown.function = readable(each.linkage);
      if (is_weirs(each)) each.shown.function = short_name(each.shown.function);
    }
    return frames;
  }

  std::mutex mutex_;
  std::unordered_map<const void*, named_frames> known_;  // which keeps its elements where they are
  std::optional<debug_info> information_;
  bool asked_ = false;
};

// Never destroyed: whoever still runs while the process ends may ask.
symbol_cache& process_symbols() {
  static auto* const symbols = new symbol_cache;  // NOLINT(cppcoreguidelines-owning-memory)
  return *symbols;
}

/// Who calls it is nobody's concern.
bool is_main(const named_frames& found) noexcept { return found.back().linkage == "main"; }

}  // namespace

std::vector<stack_frame> symbolize(std::span<const void* const> trace) {
  named_frames frames;
  for (const void* const each : trace) {
    const named_frames& found = process_symbols().at(each);
    frames.insert(frames.end(), found.begin(), found.end());
    if (is_main(found)) break;
  }
  return folded(frames);
}

void look_up(std::span<const void* const> trace) {
  for (const void* const each : trace) {
    if (is_main(process_symbols().at(each))) return;
  }
}

bool is_known(std::span<const void* const> trace) {
  for (const void* const each : trace) {
    const named_frames* const found = process_symbols().find(each);
    if (found == nullptr) return false;
    if (is_main(*found)) break;
  }
  return true;
}

std::string note_of(trace_end end) {
  switch (end) {
    case trace_end::complete: return {};
    case trace_end::full: return "there are more frames, further out";
    case trace_end::lost:
      return "the frames further out cannot be found: no unwind information, or a damaged stack";
  }
  return {};
}

}  // namespace weir::detail
