// SPDX-License-Identifier: MIT
// A fixed set of resources that tasks take in turn.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <type_traits>
#include <utility>

#include <weir/detail/channel.hpp>
#include <weir/detail/outcome.hpp>
#include <weir/detail/queue_half.hpp>
#include <weir/detail/receiving_end.hpp>
#include <weir/error.hpp>
#include <weir/queue.hpp>
#include <weir/until.hpp>

namespace weir {

/// Resources made up front; who has waited longest is served first. Pinned: it outlives the tasks
/// that use it. When it is destroyed, who waits is told `errc::closed`.
template <class T>
class pool {
  static_assert(std::is_nothrow_move_constructible_v<T>, "giving a resource back must not fail");

 public:
  /// Calls `make` `size` times; it may park, and returns a `T` or a `result<T>`, whose error is
  /// thrown as `std::system_error`. Throws `logic_error` for a size of 0.
  template <class Make>
  pool(Make make, std::size_t size) : idle_(make_idle(size)) {
    for (std::size_t made = 0; made < size; ++made) send(made_by(make));
  }
  pool(const pool&) = delete;
  pool& operator=(const pool&) = delete;
  ~pool() = default;

  /// Takes a resource, to be given back with `send`. Parks while there is none. Errors:
  /// `errc::closed`, `errc::timed_out`, `errc::cancelled`, `errc::deadlock`.
  [[nodiscard]] result<T> recv(until until = {}) { return idle_.rx.recv(until); }
  /// The same without parking. Errors: `errc::would_block`, `errc::closed`.
  [[nodiscard]] result<T> try_recv() { return idle_.rx.try_recv(); }

  /// Gives a resource back. Does not park. Throws `logic_error` for one too many.
  void send(T&& resource) {
    if (!idle_.tx.try_send(std::move(resource)))
      throw std::logic_error("weir::pool: more is given back than was taken");
  }

  /// Runs `use(resource)` with one of them and gives it back, however that ends. Parks for it until
  /// `until` passes. Returns what `use` returns, a `result` flattened; errors: also those of
  /// `recv`.
  template <class Use>
  [[nodiscard]] auto run(Use&& use, until until = {}) {
    using value = detail::flattened_t<std::invoke_result_t<Use, T&>>;
    result<T> taken = recv(until);
    if (!taken) return result<value>(std::unexpected(taken.error()));
    const loan lent{*this, *taken};
    if constexpr (std::is_void_v<std::invoke_result_t<Use, T&>>) {
      std::invoke(std::forward<Use>(use), *taken);
      return result<value>();
    } else {
      return result<value>(std::invoke(std::forward<Use>(use), *taken));
    }
  }

  /// How many of them nobody has.
  [[nodiscard]] std::size_t size() const noexcept { return idle_.rx.size(); }

 private:
  struct loan {
    pool& from;
    T& resource;
    ~loan() { static_cast<void>(from.idle_.tx.try_send(std::move(resource))); }
  };

  static queue_pair<T> make_idle(std::size_t size) {
    if (size == 0) throw std::logic_error("weir::pool: at least 1 resource is needed");
    return detail::make_channel<queue_pair<T>>(detail::sending_kind{.call = "pool.send"},
                                               std::make_unique<detail::queue_half<T>>(size, true));
  }

  template <class Make>
  static T made_by(Make& make) {
    if constexpr (std::is_same_v<std::invoke_result_t<Make&>, result<T>>) {
      result<T> made = std::invoke(make);
      if (!made) throw std::system_error(made.error(), "weir::pool");
      return *std::move(made);
    } else {
      return std::invoke(make);
    }
  }

  queue_pair<T> idle_;
};

}  // namespace weir
