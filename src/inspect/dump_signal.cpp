// SPDX-License-Identifier: MIT
// The service that waits for SIGUSR1.
#include <weir/dump_signal.hpp>

#include <memory>
#include <system_error>
#include <utility>

#include <signal.h>

#include <weir/task_tree.hpp>

#include "base/log.hpp"
#include "core/hub_core.hpp"
#include "core/service.hpp"
#include "os/signal_arrivals.hpp"

namespace weir {
namespace detail {
namespace {

class dump_service final : public service {
 public:
  /// Throws `system_error`.
  explicit dump_service(dump_format format)
      : format_(format), bell_(register_bell(signals_.fd())) {}
  dump_service(const dump_service&) = delete;
  dump_service& operator=(const dump_service&) = delete;
  ~dump_service() override { hub_core::here().poller->remove(bell_); }

  void set_format(dump_format chosen) noexcept { format_ = chosen; }

  void run() noexcept override {
    // A readiness is kept, so no signal is missed that comes meanwhile.
    while (hub_core::here().poller->wait_until_ready(bell_, direction::read, {})) {
      // Counted before the dump begins: what comes later gets another.
      const std::uint64_t count = signals_.count();
      if (std::exchange(answered_, count) != count) dump();
    }
  }

 private:
  static io_handle register_bell(int fd) {
    const auto registered = hub_core::here().poller->add(fd, io_kind::service);
    if (!registered) throw std::system_error(registered.error(), "weir: epoll_ctl");
    return *registered;
  }

  void dump() const noexcept {
    try {
      const auto tasks = task_dump();
      log(log_level::info, format_ == dump_format::json ? to_json(tasks) : to_text(tasks));
    } catch (...) {
      log(log_level::error, "there is no memory for a dump of the tasks");
    }
  }

  dump_format format_;
  os::signal_arrivals signals_{SIGUSR1};
  io_handle bell_;
  std::uint64_t answered_ = 0;  ///< signals that a dump was begun for
};

}  // namespace
}  // namespace detail

void enable_dump_signal(dump_format format) {
  static_cast<void>(detail::need_hub());
  detail::hub_core& hub = detail::hub_core::here();
  detail::service* const present = hub.find_service([](const detail::service& each) {
    return dynamic_cast<const detail::dump_service*>(&each) != nullptr;
  });
  if (present != nullptr) {
    static_cast<detail::dump_service*>(present)->set_format(format);
    return;
  }
  const std::error_code refused = hub.start_service(std::make_unique<detail::dump_service>(format));
  if (refused) throw std::system_error(refused, "weir: no task for enable_dump_signal");
}

}  // namespace weir
