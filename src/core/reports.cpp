// SPDX-License-Identifier: MIT
// What a hub has to say by itself, and its counters.
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <typeinfo>
#include <utility>

#include <cxxabi.h>
#include <fmt/core.h>

#include <weir/detail/spawning.hpp>
#include <weir/stats.hpp>

#include "base/log.hpp"
#include "core/description.hpp"
#include "core/hub_core.hpp"
#include "core/inspection.hpp"
#include "core/name_change.hpp"

namespace weir::detail {
namespace {

/// As it is written in a program.
std::string name_of(const std::type_info& type) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), &std::free);
  return status == 0 ? name.get() : type.name();
}

std::string describe(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& thrown) {
    return fmt::format("threw {}: {}", name_of(typeid(thrown)), thrown.what());
  } catch (...) {
    return "threw something that is not a std::exception";
  }
}

std::uint64_t number_of(const void* address) noexcept {
  return reinterpret_cast<std::uintptr_t>(address);
}

/// The same for two deadlocks in which the same tasks wait for the same.
std::uint64_t fingerprint(const hub_core& hub) noexcept {
  std::uint64_t print = 0;
  const auto add = [&print](std::uint64_t part) { print = (print ^ part) * 0x100'0000'01B3; };
  for (const task_record* each = hub.alive.first(); each != nullptr;
       each = hub.alive.after(*each)) {
    add(each->id);
    if (each->parked_on == nullptr) continue;
    add(number_of(each->parked_on->what()));
    add(number_of(each->parked_on->object()));
  }
  return print;
}

/// `describe_who` says whose it is.
template <class Describe>
void log_failure(Describe describe_who, std::error_code error,
                 const std::exception_ptr& exception) noexcept {
  try {
    log(log_level::error,
        fmt::format("{} {}, and nobody awaits it", describe_who(),
                    exception ? describe(exception) : "failed: " + error.message()));
  } catch (...) {
    log(log_level::error, "a task failed, nobody awaits it, and there is no memory to say which");
  }
}

}  // namespace

void report_failure(const task_identity& who, std::error_code error,
                    const std::exception_ptr& exception) noexcept {
  if (who.was_cancelled && error == errc::cancelled) return;
  log_failure(
      [&who] {
        return describe_task(who.id, who.name, describe_place(who.spawned_at, who.spawned_from));
      },
      error, exception);
}

task_identity identify(task_record& ended) noexcept {
  const name_change changing;
  return {.id = ended.id,
          .name = std::move(ended.name),
          .spawned_at = ended.spawned_at,
          .spawned_from = address_of_spawn(ended),
          .was_cancelled = ended.cancelled};
}

void report_failure(task_record& ended, std::error_code error,
                    const std::exception_ptr& exception) noexcept {
  if (ended.cancelled && error == errc::cancelled) return;
  log_failure([&ended] { return describe_task(ended); }, error, exception);
}

void report_cleanup(const task_record& ended, const std::exception_ptr& exception) noexcept {
  try {
    log(log_level::error,
        fmt::format("{}: what it deferred {}", describe_task(ended), describe(exception)));
  } catch (...) {
    log(log_level::error, "what a task deferred threw, and there is no memory to say more");
  }
}

void hub_core::report_abandoned(const task_record& task, bool stuck) const noexcept {
  try {
    const std::string reason =
        stuck
            ? "nothing can wake it"
            : fmt::format("it went on after {} calls told it that it is cancelled", task.refusals);
    log(log_level::error,
        fmt::format("{} is abandoned: {}; its destructors do not run and its stack stays "
                    "mapped\nit stands in:\n{}",
                    task.service ? "one of weir's own tasks" : describe_task(task), reason,
                    traceback_of(*this, task)));
  } catch (...) {
    log(log_level::error, "a task that ignores its cancellation is abandoned");
  }
}

void hub_core::report_deadlock() noexcept {
  const std::uint64_t print = fingerprint(*this);
  if (std::exchange(reported_deadlock_, print) == print) return;
  try {
    log(log_level::error,
        fmt::format("all tasks are waiting, and nothing can wake them:\n{}", tree_of(*this)));
  } catch (...) {
    log(log_level::error, "all tasks are waiting, and nothing can wake them");
  }
}

void hub_core::report_deadlock_ignored(const task_record& task) const noexcept {
  try {
    log(log_level::error,
        fmt::format("{} was told {} times in a row that nothing can wake it, and waits again; "
                    "the hub is stopped",
                    describe_task(task), deadlocks_));
  } catch (...) {
    log(log_level::error, "a deadlock is ignored; the hub is stopped");
  }
}

stats_snapshot hub_core::stats() const noexcept {
  stats_snapshot counted;
  counted.task_count = alive_count - service_count();
  for (const task_record* each = alive.first(); each != nullptr; each = alive.after(*each)) {
    if (each->started) ++counted.active_coros;
  }
  for (const task_record* each = ready.first(); each != nullptr; each = each->next_ready) {
    if (!each->service) ++counted.ready_count;
  }
  for (const task_record* each = unstarted_.first(); each != nullptr; each = each->next_ready) {
    ++counted.ready_count;
  }
  counted.timer_count = timers.count() - limits_;
  counted.registered_fds = poller->registered_count();
  counted.waiting_fds = poller->waiting_count();
  counted.ticks = ticks_;
  counted.polls = polls_;
  counted.switches = switches_;
  return counted;
}

}  // namespace weir::detail

weir::stats_snapshot weir::stats() noexcept {
  return detail::this_hub == nullptr ? stats_snapshot{} : detail::hub_core::here().stats();
}
