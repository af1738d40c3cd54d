// SPDX-License-Identifier: MIT
// The handler of SIGSEGV. All it calls is async-signal-safe, signal-safety(7).
#include "core/overflow_report.hpp"

#include <array>
#include <charconv>
#include <cstring>
#include <mutex>
#include <string_view>
#include <utility>

#include <signal.h>
#include <unistd.h>

#include "core/hub_core.hpp"
#include "os/mapping.hpp"

namespace weir::detail {
namespace {

constexpr std::size_t signal_stack_size = std::size_t{64} * 1024;

/// One line of text, built without allocating.
class line {
 public:
  line& operator<<(std::string_view text) noexcept {
    const std::size_t fitting = std::min(text.size(), text_.size() - size_);
    std::memcpy(text_.data() + size_, text.data(), fitting);
    size_ += fitting;
    return *this;
  }
  line& operator<<(std::uint64_t number) noexcept {
    const auto written = std::to_chars(text_.data() + size_, text_.data() + text_.size(), number);
    if (written.ec == std::errc{}) size_ = static_cast<std::size_t>(written.ptr - text_.data());
    return *this;
  }
  void write_to(int fd) const noexcept {
    if (::write(fd, text_.data(), size_) < 0) return;  // there is nobody left to tell
  }

 private:
  std::array<char, 1024> text_{};
  std::size_t size_ = 0;
};

std::uint64_t usable_bytes(const stack& overrun) noexcept {
  return static_cast<std::uint64_t>(overrun.top - overrun.limit());
}

void report_loop(const stack& overrun) noexcept {
  line text;
  text << "weir: error: stack overflow in the hub's loop (a logger runs there); its stack has "
       << usable_bytes(overrun) << " bytes (make the hub with a larger hub_options::stack_size)\n";
  text.write_to(STDERR_FILENO);
}

void report(const task_record& task) noexcept {
  line text;
  text << "weir: error: stack overflow in task " << task.id;
  if (!task.name.empty()) text << " \"" << task.name << "\"";
  text << ", spawned at " << task.spawned_at.file_name() << ":"
       << std::uint64_t{task.spawned_at.line()} << "; its stack has " << usable_bytes(*task.stack)
       << " bytes (spawn it with a larger task_options::stack_size)\n";
  text.write_to(STDERR_FILENO);
}

/// Does what `former` would have done with the signal.
void pass_on(const struct sigaction& former, int number, siginfo_t* info, void* context) noexcept {
  // By kill(2) or the like: unlike a fault, it does not come again by itself.
  const bool sent = info->si_code <= 0;
  if (former.sa_handler == SIG_IGN && sent) return;
  if (former.sa_handler == SIG_DFL || former.sa_handler == SIG_IGN) {
    ::signal(number, SIG_DFL);
    if (sent) ::raise(number);  // blocked until the handler has returned
  } else if ((former.sa_flags & SA_SIGINFO) != 0) {
    former.sa_sigaction(number, info, context);
  } else {
    former.sa_handler(number);
  }
}

// A program may put a handler of its own over ours, one that hands on to ours, and leave it there
// when the hub ends. The next hub's goes on top of it. It has to be another function with a former
// action of its own: were it the same, it and the program's would call each other for ever.
constexpr std::size_t most_layers = 4;

std::array<struct sigaction, most_layers> former_actions{};

template <std::size_t Layer>
void on_fault(int number, siginfo_t* info, void* context) noexcept {
  if (this_hub != nullptr) {
    const task_record& task = *this_hub->current;
    if (info->si_code > 0 && task.stack != nullptr && task.stack->guards(info->si_addr)) {
      if (hub_core::here().is_loop(task)) {
        report_loop(*task.stack);
      } else {
        report(task);
      }
      ::signal(number, SIG_DFL);  // the instruction that faulted does so again
      return;
    }
  }
  pass_on(former_actions[Layer], number, info, context);
}

constexpr auto handlers = []<std::size_t... Layer>(std::index_sequence<Layer...>) {
  return std::array{&on_fault<Layer>...};
}(std::make_index_sequence<most_layers>{});

/// The process's handler, in place while any hub wants it.
class fault_handler {
 public:
  void add_user() noexcept {
    const std::scoped_lock lock(mutex_);
    if (users_++ > 0 || layers_ == most_layers || in_place()) return;
    ::sigaction(SIGSEGV, nullptr, &former_actions[layers_]);
    struct sigaction action{};
    action.sa_sigaction = handlers[layers_];
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGSEGV, &action, nullptr);
    ++layers_;
  }
  void remove_user() noexcept {
    const std::scoped_lock lock(mutex_);
    // Whoever has put another handler in place since keeps it.
    if (--users_ > 0 || !in_place()) return;
    --layers_;
    ::sigaction(SIGSEGV, &former_actions[layers_], nullptr);
  }

 private:
  /// Whether the process's handler is the topmost of ours.
  [[nodiscard]] bool in_place() const noexcept {
    struct sigaction present{};
    ::sigaction(SIGSEGV, nullptr, &present);
    return layers_ > 0 && present.sa_sigaction == handlers[layers_ - 1];
  }

  std::mutex mutex_;
  int users_ = 0;
  std::size_t layers_ = 0;  ///< in place, or below a handler that was put over ours
};

constinit fault_handler handler;

/// This thread's alternate signal stack. It stays mapped while the system may use it: what ends the
/// process from inside a task destroys this, and signals are handled after that.
struct signal_stack {
  signal_stack() = default;
  signal_stack(const signal_stack&) = delete;
  signal_stack& operator=(const signal_stack&) = delete;
  ~signal_stack() { memory.leak(); }

  os::mapping memory;
  stack_t former{};
  int users = 0;  ///< hubs; two in a forked child that has made one while its parent's was there
};

constinit thread_local signal_stack own_signal_stack;

}  // namespace

void report_stack_overflows_of_this_thread() noexcept {
  if (own_signal_stack.users > 0) {
    ++own_signal_stack.users;
    return handler.add_user();
  }
  auto reserved = os::mapping::reserve(signal_stack_size);
  if (!reserved) return;  // without it an overflow is not named; nothing else is lost
  stack_t chosen{};
  chosen.ss_sp = reserved->begin();
  chosen.ss_size = reserved->size();
  if (::sigaltstack(&chosen, &own_signal_stack.former) != 0) return;
  own_signal_stack.memory = std::move(*reserved);
  own_signal_stack.users = 1;
  handler.add_user();
}

void stop_reporting_stack_overflows_of_this_thread() noexcept {
  if (own_signal_stack.users == 0) return;
  handler.remove_user();
  if (--own_signal_stack.users > 0) return;
  // Refused where a handler that stands on it ends the hub.
  if (::sigaltstack(&own_signal_stack.former, nullptr) != 0) own_signal_stack.memory.leak();
  own_signal_stack.memory = {};
}

}  // namespace weir::detail
