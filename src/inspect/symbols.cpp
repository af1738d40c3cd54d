// SPDX-License-Identifier: MIT
// What the process itself knows of its code, and how it is shown.
#include "inspect/symbols.hpp"

#include <optional>
#include <utility>

#include <dlfcn.h>
#include <pthread.h>

#include "base/never_destroyed.hpp"
#include "inspect/debug_info.hpp"
#include "inspect/folding.hpp"
#include "inspect/function_name.hpp"
#include "inspect/libdw.hpp"
#include "inspect/symbol_cache.hpp"

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

/// Asks the debug information, or the linker where libdw is missing.
class process_source final : public symbol_source {
 public:
  named_frames look_up(const void* address) override {
    const auto code = reinterpret_cast<std::uintptr_t>(address) - 1;
    if (!information_) {
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

  void objects_unloaded() override {
    if (information_) information_->forget();
  }

 private:
  std::optional<debug_info> information_;
};

// Made before any thread begins, so that a fork finds it whole; and never destroyed: whoever still
// runs while the process ends may ask.
constinit never_destroyed<process_source> source;
constinit never_destroyed<symbol_cache> symbols(source.object);

// Without memory for the handlers a child of fork may wait for ever, and nothing else is wrong.
[[maybe_unused]] const int registered =
    ::pthread_atfork([] { symbols.object.before_fork(); }, [] { symbols.object.after_fork(); },
                     [] { symbols.object.after_fork(); });

/// Who calls it is nobody's concern.
bool is_main(const named_frames& found) noexcept { return found.back().linkage == "main"; }

}  // namespace

std::vector<stack_frame> symbolize(std::span<const void* const> trace) {
  named_frames frames;
  for (const void* const each : trace) {
    if (const auto found = symbols.object.find(each)) {
      frames.insert(frames.end(), found->begin(), found->end());
      if (is_main(*found)) break;
    } else {
      frames.push_back({.shown = {.address = each}, .linkage = {}});
    }
  }
  return folded(frames);
}

void look_up(std::span<const void* const> trace) {
  for (const void* const each : trace) {
    if (is_main(*symbols.object.look_up(each))) break;
  }
  libdw::report_missing();  // not with a lock held, for it calls the logger
}

bool is_known(std::span<const void* const> trace) {
  if (!symbols.object.is_current()) return false;
  for (const void* const each : trace) {
    const auto found = symbols.object.find(each);
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

std::string describe_trace(std::span<const void* const> trace, trace_end end) {
  std::string text = to_text(symbolize(trace)) + note_of(end);
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace weir::detail
