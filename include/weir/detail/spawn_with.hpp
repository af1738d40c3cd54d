// SPDX-License-Identifier: MIT
// What the overloads of spawn and spawn_later have in common.
#pragma once

#include <functional>
#include <source_location>
#include <type_traits>
#include <utility>

#include <weir/detail/spawning.hpp>
#include <weir/task.hpp>

namespace weir::detail {

/// A function with the argument it is to be called with.
template <class Function, class Argument>
[[nodiscard]] auto bound(Function&& function, Argument&& argument) {
  return [function = std::forward<Function>(function),
          argument = std::forward<Argument>(argument)]() mutable {
    return std::invoke(std::move(function), std::move(argument));
  };
}

template <class Function>
using task_of = task<flattened_t<std::invoke_result_t<std::decay_t<Function>>>>;

template <class Function>
[[gnu::always_inline]] inline task_of<Function> spawn_with(task_options* options,
                                                           Function&& function,
                                                           std::source_location where) {
  task_record& self = *need_hub().current;
  task_of<Function> handle;
  finish_switch(self, begin_spawn<std::decay_t<Function>>(handle.state(spawning{}), options,
                                                          std::forward<Function>(function), where));
  return handle;
}

template <class Function>
task_of<Function> spawn_later_with(until start, task_options* options, Function&& function,
                                   std::source_location where) {
  static_cast<void>(need_hub());
  task_of<Function> handle;
  begin_later<std::decay_t<Function>>(handle.state(spawning{}), start, options,
                                      std::forward<Function>(function), where);
  return handle;
}

}  // namespace weir::detail
