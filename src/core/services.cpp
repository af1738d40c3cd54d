// SPDX-License-Identifier: MIT
// Beginning and ending weir's own tasks.
//
// Invariant: each counts once in `alive_count` and once in `alive_at_end_`, so it makes no
// difference to whether all tasks have ended, and the end of a task need not ask what it was.
#include <utility>

#include <weir/detail/spawning.hpp>

#include "core/hub_core.hpp"
#include "core/service.hpp"

namespace weir::detail {

/// The function of its task.
struct hub_core::service_function {
  struct uncount {
    void operator()(hub_core* hub) const noexcept { --hub->alive_at_end_; }
  };

  std::unique_ptr<service> what;
  std::unique_ptr<hub_core, uncount> counted_at;

  void operator()() const { what->run(); }
};

std::error_code hub_core::start_service(std::unique_ptr<service> begun) noexcept {
  using body = task_body<service_record, service_function>;
  const fresh_stack place = take_stack(0, room_for<body>);
  if (place.stack == nullptr) return detail::spawn_error();
  service& what = *begun;
  body& task = *put_on<body>(place, service_function{std::move(begun), nullptr});
  task.runs = &what;
  task.service = true;
  task.refusals = 0;  // no teardown resets it
  services_.push_back(task);
  ++alive_count;
  ++alive_at_end_;
  task.function.counted_at.reset(this);
  start_on(task, *place.stack, &task);
  ready.push(task);
  return {};
}

std::size_t hub_core::service_count() const noexcept {
  std::size_t count = 0;
  for (const task_record* each = services_.first(); each != nullptr;
       each = services_.after(*each)) {
    ++count;
  }
  return count;
}

service* hub_core::find_service(bool (*wanted)(const service&)) const noexcept {
  for (const task_record* each = services_.first(); each != nullptr;
       each = services_.after(*each)) {
    service* const runs = static_cast<const service_record*>(each)->runs;
    if (wanted(*runs)) return runs;
  }
  return nullptr;
}

void hub_core::cancel_services() noexcept {
  for (task_record* each = services_.first(); each != nullptr; each = services_.after(*each)) {
    cancel(*each);
  }
}

}  // namespace weir::detail
