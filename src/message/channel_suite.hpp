// SPDX-License-Identifier: MIT
// Every kind of channel and every way to join two, with one face, for the tests that all must pass.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <weir/weir.hpp>

#include "message/channel_kind_suite.hpp"

namespace weir::testing {

/// Channels joined one to the next, from the sender's to the receiver's; alone, one.
using chain = std::vector<kind>;

[[nodiscard]] inline std::string name_of(const chain& of) {
  std::string name;
  for (const kind which : of) name += name_of(which);
  return name;
}

[[nodiscard]] inline bool has(const chain& in, kind which) {
  return std::find(in.begin(), in.end(), which) != in.end();
}
/// Its recv reads a state, every time.
[[nodiscard]] inline bool reads_state(const chain& of) {
  return has(of, kind::value) && of.back() <= kind::gate;
}
/// Each change of a value goes over, unless a later one comes first.
[[nodiscard]] inline bool passes_changes(const chain& of) {
  return has(of, kind::value) && !reads_state(of);
}
/// Its sender waits until its message is taken: there is neither a state nor a buffer.
[[nodiscard]] inline bool is_direct(const chain& of) {
  return !has(of, kind::value) && of.back() != kind::queue && of.back() != kind::stalk;
}
[[nodiscard]] inline bool is_gate(const chain& of) {
  return !has(of, kind::value) && has(of, kind::gate);
}

/// Room in the queues and stalks of these tests.
inline constexpr std::size_t room = 2;

/// A receiving end of any kind, received from one message at a time.
template <class T>
class receiving_port {
 public:
  virtual ~receiving_port() = default;
  [[nodiscard]] virtual result<T> recv(until limit = {}) = 0;
  [[nodiscard]] virtual result<T> try_recv() = 0;
  virtual result<void> close() = 0;
  /// Elsewhere and back, with whoever waits in it.
  virtual void move_about() = 0;
};

template <class T, class End>
class plain_port final : public receiving_port<T> {
 public:
  explicit plain_port(End end) : end_(std::move(end)) {}
  result<T> recv(until limit) override { return end_.recv(limit); }
  result<T> try_recv() override { return end_.try_recv(); }
  result<void> close() override { return end_.close(); }
  void move_about() override {
    End moved = std::move(end_);
    end_ = std::move(moved);
  }

 private:
  End end_;
};

template <class T>
class stalk_port final : public receiving_port<T> {
 public:
  explicit stalk_port(stalk_receiver<T> end) : end_(std::move(end)) {}
  result<T> recv(until limit) override { return first(end_.recv(limit)); }
  result<T> try_recv() override { return first(end_.try_recv()); }
  result<void> close() override { return end_.close(); }
  void move_about() override {
    auto moved = std::move(end_);
    end_ = std::move(moved);
  }

 private:
  result<T> first(const result<std::size_t>& there) {
    if (!there) return std::unexpected(there.error());
    result<T> taken(std::in_place, std::move(*end_.begin()));
    end_.remove(1);
    return taken;
  }

  stalk_receiver<T> end_;
};

template <class T>
class selector_port final : public receiving_port<T> {
 public:
  explicit selector_port(receiver<T> from) : key_(end_.add(std::move(from))) {}
  result<T> recv(until limit) override { return message(end_.recv(limit)); }
  result<T> try_recv() override { return message(end_.try_recv()); }
  result<void> close() override { return end_.close(); }
  void move_about() override {
    auto moved = std::move(end_);
    end_ = std::move(moved);
  }

 private:
  result<T> message(result<selected<T>> received) {
    if (!received) return std::unexpected(received.error());
    if (received->from != key_) throw std::logic_error("the selector named the wrong sender");
    return std::move(received->value);
  }

  selector_receiver<T> end_;
  selector_key key_;
};

/// The ends of a chain. The sender's is a value's where the chain begins with one.
template <class T>
struct any_channel {
  std::unique_ptr<sender<T>> tx;
  std::unique_ptr<receiving_port<T>> rx;
};

/// The channels of a chain, not yet joined; `join` does that. A chain ends where the first queue,
/// stalk or selector stands in it.
template <class T>
class unjoined_chain {
 public:
  explicit unjoined_chain(const chain& kinds) {
    for (const kind which : kinds) add(which);
  }

  /// The sender of the first.
  [[nodiscard]] sender<T>& tx() { return links_.front().tx; }
  /// The receiver of the first. Precondition: it is a pipe, a gate or a value.
  [[nodiscard]] receiver<T>& rx() { return links_.front().rx; }
  /// The end of the last. Precondition: that is none of these, and no selector.
  [[nodiscard]] receiving_port<T>& last() { return *last_; }

  /// Joins them, beginning with the first two, or with the last two.
  [[nodiscard]] any_channel<T> join(bool from_the_first = true) {
    if (!from_the_first)
      while (links_.size() > 1) join_at(links_.size() - 2);
    while (links_.size() > 1) join_at(0);
    auto& line = links_.front();
    if (selects_) last_ = std::make_unique<selector_port<T>>(std::move(line.rx));
    if (last_ == nullptr) last_ = std::make_unique<plain_port<T, receiver<T>>>(std::move(line.rx));
    return {std::make_unique<sender<T>>(std::move(line.tx)), std::move(last_)};
  }

 private:
  void add(kind which) {
    switch (which) {
      case kind::pipe: links_.push_back(pipe<T>()); break;
      case kind::gate: links_.push_back(gate<T>()); break;
      case kind::value: add_value(); break;
      case kind::queue: {
        auto made = queue<T>(room);
        links_.push_back({std::move(made.tx), {}});
        last_ = std::make_unique<plain_port<T, queue_receiver<T>>>(std::move(made.rx));
        break;
      }
      case kind::stalk: {
        auto made = stalk<T>(room);
        links_.push_back({std::move(made.tx), {}});
        last_ = std::make_unique<stalk_port<T>>(std::move(made.rx));
        break;
      }
      case kind::selector:
        if (links_.empty()) links_.push_back(pipe<T>());
        selects_ = true;
        break;
    }
  }

  void add_value() {
    if constexpr (std::is_copy_constructible_v<T>) {
      auto made = value<T>();
      links_.push_back({std::move(made.tx), std::move(made.rx)});
    } else {
      throw std::logic_error("a value's messages must be copyable");
    }
  }

  void join_at(std::size_t first) {
    auto& into = links_[first + 1];
    redirect(std::move(links_[first].rx), std::move(into.tx)).value();
    links_[first].rx = std::move(into.rx);
    links_.erase(links_.begin() + static_cast<std::ptrdiff_t>(first) + 1);
  }

  std::vector<pair<T>> links_;
  std::unique_ptr<receiving_port<T>> last_;
  bool selects_ = false;
};

template <class T>
[[nodiscard]] any_channel<T> make_channel(const chain& kinds) {
  return unjoined_chain<T>(kinds).join();
}

[[nodiscard]] inline std::vector<chain> single_kinds() {
  return {{kind::pipe},  {kind::value}, {kind::gate},
          {kind::queue}, {kind::stalk}, {kind::selector}};
}

/// The eighteen ways to join two.
[[nodiscard]] inline std::vector<chain> combinations() {
  std::vector<chain> all;
  for (const kind first : {kind::pipe, kind::value, kind::gate}) {
    for (const chain& second : single_kinds()) all.push_back({first, second[0]});
  }
  return all;
}

/// All of these, and chains of three.
[[nodiscard]] inline std::vector<chain> all_channels() {
  std::vector<chain> all = single_kinds();
  for (const chain& two : combinations()) {
    all.push_back(two);
    for (const kind first : {kind::pipe, kind::value, kind::gate})
      all.push_back({first, two[0], two[1]});
  }
  return all;
}

/// Those without a value, for messages that cannot be copied.
[[nodiscard]] inline std::vector<chain> without_values(std::vector<chain> all) {
  std::erase_if(all, [](const chain& of) { return has(of, kind::value); });
  return all;
}

}  // namespace weir::testing
