// SPDX-License-Identifier: MIT
// Tests of what bytes go through the poller, and how, on real sockets, pipes and files.
#include "core/epoll_poller.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <weir/error.hpp>
#include <weir/hub.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/task.hpp>

#include "core/poller_suite.hpp"
#include "testing/holdings.hpp"

namespace {

using namespace std::chrono_literals;
using namespace weir::testing;  // NOLINT(google-build-using-namespace): the suite's names
using weir::errc;
using weir::detail::io_kind;
namespace os = weir::os;

/// A hub over the real kernel. What should come but does not is told after a limit that no test
/// that passes ever waits for.
class EpollPoller : public testing::Test {
 protected:
  static constexpr auto limit = 30s;
  weir::hub hub_{{.spin = 0ns}};
};

/// Bytes that tell where in a long message they stand.
std::string long_message(std::size_t size) {
  std::string made(size, '\0');
  for (std::size_t i = 0; i < size; ++i) made[i] = static_cast<char>('a' + (i * 7 + i / 256) % 26);
  return made;
}

TEST_F(EpollPoller, ReceivesWhatIsThereWithoutAskingForEvents) {
  const auto [near, far] = unix_pair();
  const registered end(near);
  send_all(far, "hello");
  const auto polls = weir::stats().polls;
  EXPECT_EQ(end.recv(100), "hello");
  EXPECT_EQ(weir::stats().polls, polls);
}

TEST_F(EpollPoller, WaitsForWhatIsToCome) {
  const auto [near, far] = tcp_pair();
  const registered end(near);
  auto receiving = weir::spawn([&end] { return end.recv(100, limit); });
  EXPECT_FALSE(receiving.done());
  EXPECT_EQ(weir::stats().waiting_fds, 1U);
  send_all(far, "hello");
  EXPECT_EQ(receiving.await(), "hello");
  EXPECT_EQ(weir::stats().waiting_fds, 0U);
}

TEST_F(EpollPoller, TellsTheEndOfTheStreamEveryTimeItIsAsked) {
  auto [near, far] = tcp_pair();
  const registered end(near);
  far.reset();
  // More often than there are edges of it.
  for (int i = 0; i < 5; ++i) EXPECT_EQ(end.recv(100, limit), "");
}

TEST_F(EpollPoller, MovesALongMessageEachWayInPiecesOfAnySize) {
  const auto [near, far] = tcp_pair();
  succeeded(::fcntl(far.get(), F_SETFL, O_NONBLOCK));
  const registered left(near);
  const registered right(far);
  const std::string message = long_message(3'000'000);

  const auto send = [&message](const registered& to, std::size_t piece) {
    for (std::string_view rest = message; !rest.empty();) {
      const auto sent = to.send(rest.substr(0, piece), limit);
      ASSERT_TRUE(sent);
      ASSERT_GT(*sent, 0U);
      rest.remove_prefix(*sent);
    }
  };
  const auto receive = [&message](const registered& from, std::size_t piece) {
    std::string got;
    while (got.size() < message.size()) {
      const auto more = from.recv(std::min(piece, message.size() - got.size()), limit);
      ASSERT_TRUE(more);
      ASSERT_FALSE(more->empty());
      got += *more;
    }
    EXPECT_TRUE(got == message);
  };
  auto there = weir::spawn([&] { send(left, 1'000'000); });
  auto arriving = weir::spawn([&] { receive(right, 777); });
  auto back = weir::spawn([&] { send(right, 1000); });
  auto returning = weir::spawn([&] { receive(left, 300'000); });
  for (auto* each : {&there, &arriving, &back, &returning}) EXPECT_TRUE(each->await());
}

TEST_F(EpollPoller, HoldsASenderWhosePeerReadsNothingUntilItReads) {
  const auto [near, far] = tcp_pair();
  const registered end(near);
  const std::string piece = long_message(10'000);
  std::size_t taken = 0;
  auto sent = end.send(piece, 0ms);
  for (; sent; sent = end.send(piece, 0ms)) taken += *sent;
  EXPECT_EQ(error_of(sent), errc::timed_out);
  EXPECT_GT(taken, 0U);

  // A timeout has taken nothing, and leaves the socket as good as it was.
  auto sending = weir::spawn([&end] { return end.send("the rest", limit); });
  EXPECT_EQ(receive_all(far, taken).size(), taken);
  EXPECT_EQ(sending.await(), 8U);
  EXPECT_EQ(receive_all(far, 8), "the rest");
}

TEST_F(EpollPoller, SaysBrokenPipeAndRaisesNoSignalWhenThePeerIsGone) {
  auto [near, far] = unix_pair();
  const registered end(near);
  far.reset();
  EXPECT_EQ(error_of(end.send("hello")), std::errc::broken_pipe);
  EXPECT_EQ(error_of(end.send("hello")), std::errc::broken_pipe);

  std::array<int, 2> ends{};
  succeeded(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC));
  os::fd read_end(ends[0]);
  const os::fd write_end(ends[1]);
  const registered writing(write_end);
  read_end.reset();
  EXPECT_EQ(error_of(writing.send("hello")), std::errc::broken_pipe);
}

TEST_F(EpollPoller, SaysThatThePeerResetTheConnection) {
  auto [near, far] = tcp_pair();
  const registered end(near);
  auto receiving = weir::spawn([&end] { return end.recv(100, limit); });
  reset(far);
  EXPECT_EQ(error_of(receiving.await()), std::errc::connection_reset);
  EXPECT_EQ(error_of(end.send("hello", limit)), std::errc::broken_pipe);
}

TEST_F(EpollPoller, WakesASenderWhosePeerIsGone) {
  auto [near, far] = tcp_pair();
  const registered end(near);
  auto sending = weir::spawn([&end] {
    const std::string piece = long_message(100'000);
    for (;;) {
      if (const auto sent = end.send(piece, limit); !sent) return sent.error();
    }
  });
  reset(far);
  EXPECT_EQ(sending.await(), std::errc::connection_reset);
}

TEST_F(EpollPoller, DrainsAPipeAndSeesItsEnd) {
  std::array<int, 2> ends{};
  succeeded(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC));
  const os::fd read_end(ends[0]);
  os::fd write_end(ends[1]);
  const registered reading(read_end);
  auto receiving = weir::spawn([&reading] { return reading.recv(100, limit); });
  {
    const registered writing(write_end);
    EXPECT_EQ(writing.send("hello"), 5U);
    EXPECT_EQ(receiving.await(), "hello");
    EXPECT_EQ(writing.send("there"), 5U);
  }
  write_end.reset();  // data and end in one edge
  EXPECT_EQ(reading.recv(100, limit), "there");
  EXPECT_EQ(reading.recv(100, limit), "");
}

TEST_F(EpollPoller, HoldsTheWriterOfAFullPipe) {
  std::array<int, 2> ends{};
  succeeded(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC));
  const os::fd read_end(ends[0]);
  const os::fd write_end(ends[1]);
  const registered reading(read_end);
  const registered writing(write_end);
  const std::string message = long_message(1'000'000);
  auto sending = weir::spawn([&writing, &message] {
    for (std::string_view rest = message; !rest.empty();) {
      rest.remove_prefix(writing.send(rest, limit).value());
    }
  });
  const auto received = reading.recv_all(message.size(), limit);
  EXPECT_TRUE(received == message);
  EXPECT_TRUE(sending.await());
}

TEST_F(EpollPoller, WakesTheWriterOfAFullPipeWhoseReaderIsGone) {
  std::array<int, 2> ends{};
  succeeded(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC));
  os::fd read_end(ends[0]);
  const os::fd write_end(ends[1]);
  const registered writing(write_end);
  const std::string piece = long_message(100'000);
  while (writing.send(piece, 0ms)) {
  }
  auto sending = weir::spawn([&writing, &piece] { return writing.send(piece, limit); });
  EXPECT_FALSE(sending.done());
  read_end.reset();
  EXPECT_EQ(error_of(sending.await()), std::errc::broken_pipe);
}

TEST_F(EpollPoller, CountsARegularFileAsAlwaysReady) {
  const os::fd file(::fileno(std::tmpfile()));
  const auto before = held_now();
  {
    const registered end(file, io_kind::other);
    EXPECT_EQ(weir::stats().registered_fds, 1U);
    EXPECT_EQ(watched_by_kernel(), 0U);
    EXPECT_EQ(end.send("hello"), 5U);
    EXPECT_EQ(end.send(" there"), 6U);
    succeeded(::lseek(file.get(), 0, SEEK_SET));
    EXPECT_EQ(end.recv(5), "hello");
    EXPECT_EQ(end.recv(100), " there");
    EXPECT_EQ(end.recv(100), "");
    EXPECT_EQ(end.recv(100), "");
  }
  EXPECT_EQ(held_now(), before);
}

TEST_F(EpollPoller, NeverTakesARegularFileForDrained) {
  const os::fd file(::fileno(std::tmpfile()));
  const registered end(file, io_kind::drains);
  EXPECT_EQ(end.send("hello"), 5U);
  succeeded(::lseek(file.get(), 0, SEEK_SET));
  EXPECT_EQ(end.recv(100, limit), "hello");  // a short read, and no edge will come
  EXPECT_EQ(end.recv(100, limit), "");
  EXPECT_EQ(end.send(" there", limit), 6U);
}

TEST_F(EpollPoller, AcceptsConnectionsThatWaitAndThoseToCome) {
  const tcp_listener listener(SOCK_NONBLOCK);
  const os::fd& listening = listener.fd();
  const registered end(listening);
  std::vector<os::fd> clients;
  const auto connect = [&] {
    clients.push_back(client_socket());
    EXPECT_EQ(::connect(clients.back().get(), listener.address(), listener.address_size()), -1);
  };
  auto accepting = weir::spawn([&end] {
    for (int i = 0; i < 3; ++i) {
      const auto accepted = end.accept(limit);
      ASSERT_TRUE(accepted);
      const os::fd connection(*accepted);
      EXPECT_NE(::fcntl(*accepted, F_GETFL) & O_NONBLOCK, 0);
      EXPECT_NE(::fcntl(*accepted, F_GETFD) & FD_CLOEXEC, 0);
    }
  });
  EXPECT_FALSE(accepting.done());
  for (int i = 0; i < 3; ++i) connect();
  EXPECT_TRUE(accepting.await());
  EXPECT_EQ(error_of(end.accept(0ms)), errc::timed_out);
}

TEST_F(EpollPoller, ConnectsAndRegisters) {
  const tcp_listener listener;
  const os::fd client = client_socket();
  const auto handle = connect(client, listener, limit);
  ASSERT_TRUE(handle);
  const registered end(*handle);
  EXPECT_EQ(weir::stats().registered_fds, 1U);
  const os::fd far(succeeded(::accept4(listener.fd().get(), nullptr, nullptr, SOCK_CLOEXEC)));
  EXPECT_EQ(end.send("hello"), 5U);
  EXPECT_EQ(receive_all(far, 5), "hello");
  send_all(far, "there");
  EXPECT_EQ(end.recv(100, limit), "there");
}

TEST_F(EpollPoller, IsRefusedAConnectionWhereNobodyListensAndRegistersNothing) {
  tcp_listener listener;
  listener.close();
  EXPECT_EQ(error_of(connect(client_socket(), listener, limit)), std::errc::connection_refused);
  EXPECT_EQ(weir::stats().registered_fds, 0U);
  EXPECT_EQ(watched_by_kernel(), 0U);
}

TEST_F(EpollPoller, DoesNotConnectForACancelledTask) {
  const tcp_listener listener(SOCK_NONBLOCK);
  auto connecting = weir::spawn([&listener] {
    static_cast<void>(weir::yield());
    return error_of(connect(client_socket(), listener, limit));
  });
  connecting.cancel();
  EXPECT_EQ(connecting.await(), errc::cancelled);
  EXPECT_EQ(::accept(listener.fd().get(), nullptr, nullptr), -1);
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_EQ(weir::stats().registered_fds, 0U);
}

TEST_F(EpollPoller, RefusesWhatTheSystemRefusesToRegister) {
  EXPECT_EQ(error_of(registered::io().add(-1, io_kind::drains)), std::errc::bad_file_descriptor);
  const auto [near, far] = unix_pair();
  const registered end(near);
  EXPECT_EQ(error_of(registered::io().add(near.get(), io_kind::drains)), std::errc::file_exists);
  EXPECT_EQ(weir::stats().registered_fds, 1U);
}

}  // namespace
