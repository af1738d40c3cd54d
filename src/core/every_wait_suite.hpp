// SPDX-License-Identifier: MIT
// One list of every kind of wait in weir: those of channels and tasks here, those of streams and
// other fds in net/every_io_wait_suite.hpp. `tools/check_waits` holds it against the sources: a
// name that a wait has there, and that does not begin an entry of the list, fails the check.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <weir/testing.hpp>
#include <weir/weir.hpp>

#include "testing/holdings.hpp"

namespace weir::testing {

/// What a cancellation of the task that waits does.
enum class on_cancellation : std::uint8_t {
  ends,         ///< the call says `cancelled`
  passes_on,    ///< to the tasks that are waited for, whose error the call says
  stays,        ///< the wait goes on until `release`
  never_waits,  ///< the name is there, and the call never waits
  apart         ///< has a test of its own
};

/// A call about to wait, with what it needs; that lives as long as this.
struct waiting_call {
  std::function<std::error_code(until)> call;
  /// Checks that the call has taken nothing: that what it waited for still works.
  std::function<void()> nothing_taken = [] {};
  std::function<void()> release = [] {};
};

struct kind_of_wait {
  std::string name;  ///< in the task tree
  on_cancellation what;
  std::function<waiting_call()> make;
  std::vector<fault> faults = {};

  /// For GoogleTest, which would print its bytes.
  friend void PrintTo(const kind_of_wait& kind, std::ostream* out) { *out << kind.name; }
};

/// A call on `Made`, which is made once and shared by the functions of the call.
template <class Made, class Call, class Check>
waiting_call calling(std::shared_ptr<Made> made, Call call, Check check) {
  return {.call = [made, call](until limit) { return error_of(call(*made, limit)); },
          .nothing_taken = [made, check] { check(*made); }};
}

/// Receiving from, or sending to, a channel whose ends are `rx` and `tx`.
template <class Pair>
waiting_call receiving(Pair pair) {
  return calling(
      std::make_shared<Pair>(std::move(pair)),
      [](Pair& of, until limit) { return of.rx.recv(limit); },
      [](Pair& of) {
        auto got = spawn([&of] { return of.rx.recv(); });
        auto sent = spawn([&of] { return of.tx.send(7); });
        EXPECT_EQ(got.await(), 7);
        static_cast<void>(of.rx.try_recv());  // a gate's sender waits for that
        EXPECT_TRUE(sent.await());
      });
}
template <class Pair>
waiting_call sending(Pair pair) {
  return calling(
      std::make_shared<Pair>(std::move(pair)),
      [](Pair& of, until limit) { return of.tx.send(6, limit); },
      [](Pair& of) {
        auto sent = spawn([&of] { return of.tx.send(7); });
        EXPECT_EQ(of.rx.recv(), 7);  // the other is not there
        EXPECT_EQ(error_of(of.rx.try_recv()), errc::would_block);
        EXPECT_TRUE(sent.await());
      });
}

inline std::vector<kind_of_wait> channel_waits() {
  using enum on_cancellation;
  return {
      {"pipe.recv", ends, [] { return receiving(pipe<int>()); }},
      {"pipe.send", ends, [] { return sending(pipe<int>()); }},
      {"gate.recv", ends, [] { return receiving(gate<int>()); }},
      {"gate.send", ends, [] { return sending(gate<int>()); }},
      {"value.recv", ends, [] { return receiving(value<int>()); }},
      {"value.send", never_waits,
       [] {
         return calling(
             std::make_shared<decltype(value<int>())>(value<int>()),
             [](auto& of, until /*none*/) { return of.tx.send(6); }, [](auto&) {});
       }},
      {"queue.recv", ends, [] { return receiving(queue<int>(2)); }},
      {"queue.send", ends,
       [] {
         auto made = std::make_shared<queue_pair<int>>(queue<int>(1));
         EXPECT_TRUE(made->tx.send(5));
         return calling(
             made, [](auto& of, until limit) { return of.tx.send(6, limit); },
             [](auto& of) {
               EXPECT_EQ(of.rx.recv(), 5);
               EXPECT_TRUE(of.rx.empty().recv().value());
               EXPECT_TRUE(of.tx.send(5));
             });
       }},
      {"stalk.recv", ends,
       [] {
         return calling(
             std::make_shared<stalk_pair<int>>(stalk<int>(2)),
             [](auto& of, until limit) { return of.rx.recv(limit); },
             [](auto& of) {
               EXPECT_TRUE(of.tx.send(7));
               EXPECT_EQ(of.rx.recv(), 1U);
               EXPECT_TRUE(of.rx.remove(1));
             });
       }},
      {"stalk.send", ends,
       [] {
         auto made = std::make_shared<stalk_pair<int>>(stalk<int>(1));
         EXPECT_TRUE(made->tx.send(5));
         return calling(
             made, [](auto& of, until limit) { return of.tx.send(6, limit); },
             [](auto& of) { EXPECT_EQ(of.rx.recv(), 1U); });
       }},
      {"broadcast.recv", ends, [] { return receiving(broadcast<int>()); }},
      {"broadcast.send", never_waits,
       [] {
         return calling(
             std::make_shared<broadcast_pair<int>>(broadcast<int>()),
             [](auto& of, until /*none*/) { return of.tx.send(6); }, [](auto&) {});
       }},
      {"dealer.recv", ends, [] { return receiving(dealer<int>()); }},
      {"dealer.send", ends, [] { return sending(dealer<int>()); }},
      {"pool.send", never_waits,
       [] {
         return calling(
             std::make_shared<pool<int>>([] { return 1; }, 1),
             [](pool<int>& of, until /*none*/) -> result<void> {
               of.send(of.recv().value());
               return {};
             },
             [](auto&) {});
       }},
      {"selector.recv", ends,
       [] {
         struct made {
           selector_receiver<int> from = selector<int>();
           pair<int> channel = pipe<int>();
         };
         auto both = std::make_shared<made>();
         both->from.add(std::move(both->channel.rx));
         return calling(
             both, [](made& of, until limit) { return of.from.recv(limit); },
             [](made& of) {
               auto sent = spawn([&of] { return of.channel.tx.send(7); });
               EXPECT_EQ(*of.from.recv().value().value, 7);
               EXPECT_TRUE(sent.await());
             });
       }},
      {"select", ends,
       [] {
         using two = std::pair<pair<int>, queue_pair<int>>;
         return calling(
             std::make_shared<two>(pipe<int>(), queue<int>(1)),
             [](two& of, until limit) { return select(of.first.rx, of.second.rx, limit); },
             [](two& of) {
               EXPECT_TRUE(of.second.tx.send(7));
               EXPECT_EQ(of.second.rx.recv(), 7);
               sending(std::move(of.first)).nothing_taken();
             });
       }},
  };
}

inline std::vector<kind_of_wait> task_waits() {
  using enum on_cancellation;
  const auto nap = [] { return sleep(until{}); };
  const auto join = [](auto call) {
    return [call]() -> waiting_call {
      return {.call = [call](until /*none*/) { return error_of(call()); }};
    };
  };
  return {
      {"sleep", ends,
       []() -> waiting_call { return {[](until limit) { return error_of(sleep(limit)); }}; }},
      {"pause", ends,
       []() -> waiting_call { return {[](until limit) { return error_of(pause<int>(limit)); }}; }},
      {"task.await", ends,
       [nap] {
         return calling(
             std::make_shared<task<>>(spawn(nap)),
             [](task<>& of, until limit) { return of.await(limit); },
             [](task<>& of) {
               of.cancel();
               EXPECT_EQ(error_of(of.await()), errc::cancelled);
             });
       }},
      {"all", passes_on, join([nap] { return all(nap, [nap] { return all(nap); }); })},
      {"race", passes_on, join([nap] { return race(nap, [nap] { return race(nap); }); })},
      {"scope", passes_on, join([nap] {
         scope tasks;
         tasks.spawn(nap);
         return tasks.join();
       })},
      {"mutex.lock", ends,
       [] {
         auto made = std::make_shared<mutex>();
         made->lock();
         return calling(
             made, [](mutex& of, until limit) { return of.lock(limit); },
             [](mutex& of) {
               of.unlock();
               EXPECT_TRUE(of.try_lock());
               of.unlock();
             });
       }},
      {"mutex.lock", stays,
       [] {
         auto made = std::make_shared<mutex>();
         made->lock();
         waiting_call call = calling(
             made,
             [](mutex& of, until /*none*/) -> result<void> {
               of.lock();
               of.unlock();
               return {};
             },
             [](mutex& of) {
               EXPECT_TRUE(of.try_lock());
               of.unlock();
             });
         call.release = [made] { made->unlock(); };
         return call;
       }},
      {"condition_variable.wait", ends,
       [] {
         struct guarded {
           mutex guard;
           condition_variable changed;
         };
         return calling(
             std::make_shared<guarded>(),
             [](guarded& of, until limit) {
               of.guard.lock();
               const auto ended = of.changed.wait(of.guard, limit);
               of.guard.unlock();  // throws if it is not held
               return ended;
             },
             [](guarded& of) {
               EXPECT_FALSE(of.changed.notify_one());
               EXPECT_TRUE(of.guard.try_lock());
               of.guard.unlock();
             });
       }},
      {"semaphore.acquire", ends,
       [] {
         return calling(
             std::make_shared<semaphore>(0U),
             [](semaphore& of, until limit) { return of.acquire(limit); },
             [](semaphore& of) {
               of.release();
               EXPECT_EQ(of.available(), 1U);
             });
       }},
      {"wait_group.wait", ends,
       [] {
         return calling(
             std::make_shared<wait_group>(1U),
             [](wait_group& of, until limit) { return of.wait(limit); },
             [](wait_group& of) { EXPECT_EQ(of.pending(), 1U); });
       }},
      {"testing.settle", stays,
       []() -> waiting_call {
         return {[](until /*none*/) {
           settle();
           return std::error_code{};
         }};
       }},
      {"hub.all_ended", apart, nullptr},
  };
}

}  // namespace weir::testing
