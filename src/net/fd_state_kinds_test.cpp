// SPDX-License-Identifier: MIT
// What is told of each kind of fd, and of its end.
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <weir/error.hpp>
#include <weir/fd_state.hpp>
#include <weir/spawn.hpp>
#include <weir/task.hpp>
#include <weir/testing.hpp>

#include "core/poller_suite.hpp"
#include "net/fd_state_suite.hpp"
#include "os/socket_address.hpp"
#include "testing/holdings.hpp"
#include "testing/loopback.hpp"
#include "testing/raw_socket.hpp"

namespace {

using namespace std::chrono_literals;
using namespace weir::testing;  // NOLINT(google-build-using-namespace): the suites' names
using weir::errc;
using weir::readiness;
namespace os = weir::os;

class FdStateKinds : public fd_state_suite {
 protected:
  /// The end of a side is told as often as it is asked for.
  static void expect_closed(const weir::fd_state& side) {
    for (int i = 0; i < 3; ++i) EXPECT_EQ(side.recv(), readiness::closed);
  }
};

os::fd opened(const std::string& path, int flags) {
  return os::fd(succeeded(::open(path.c_str(), flags | O_NONBLOCK | O_CLOEXEC)));
}

// -- sockets

TEST_F(FdStateKinds, ASocketsHalfCloseIsToldToItsReaderOnly) {
  const watched near(std::move(pair.near));
  EXPECT_EQ(near.writable(), readiness::ready);
  auto reading = weir::spawn([&near] { return near.reading.recv(); });
  shut_down(pair.far);
  EXPECT_EQ(reading.await(), readiness::closed);
  expect_closed(near.reading);
  EXPECT_NE(near.writable(), readiness::closed);
  EXPECT_EQ(error_of(near.writable()), errc::timed_out);
  EXPECT_EQ(::write(near.fd(), "abc", 3), 3);
  EXPECT_EQ(receive_all(pair.far, 3), "abc");
}

TEST_F(FdStateKinds, AHalfClosedTcpPeerCanStillBeWrittenTo) {
  auto [socket, far] = tcp_pair();
  const watched near(std::move(socket));
  shut_down(far);
  EXPECT_EQ(near.reading.recv(), readiness::closed);
  expect_closed(near.reading);
  EXPECT_EQ(near.writable(), readiness::ready);
  EXPECT_EQ(error_of(near.writable()), errc::timed_out);
}

TEST_F(FdStateKinds, AResetIsToldToBothSides) {
  auto [socket, far] = tcp_pair();
  const watched near(std::move(socket));
  EXPECT_EQ(near.writable(), readiness::ready);
  auto reading = weir::spawn([&near] { return near.reading.recv(); });
  auto writing = weir::spawn([&near] { return near.writing.recv(); });
  reset(far);
  EXPECT_EQ(reading.await(), readiness::closed);
  EXPECT_EQ(writing.await(), readiness::closed);
  expect_closed(near.reading);
  expect_closed(near.writing);
}

TEST_F(FdStateKinds, AClosedSocketIsTheEndForBothSides) {
  const watched near(std::move(pair.near));
  EXPECT_EQ(near.writable(), readiness::ready);
  pair.far.reset();
  settle();
  expect_closed(near.reading);
  expect_closed(near.writing);
}

TEST_F(FdStateKinds, AListeningSocketIsReadableWhenAConnectionWaits) {
  const auto listening = raw_socket::listening_at(own_loopback());
  const watched listener(os::fd(::dup(listening.get())));
  auto waiting = weir::spawn([&listener] { return listener.reading.recv(); });
  settle();
  EXPECT_FALSE(waiting.done());
  const auto client = raw_socket::connected_to(listening.local());
  EXPECT_EQ(waiting.await(), readiness::ready);
}

TEST_F(FdStateKinds, AnErrorOfADatagramSocketIsNoEndOnceItWasFetched) {
  const auto free_port = own_loopback(9);  // nobody is there
  os::fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  succeeded(::connect(socket.get(), os::to_sockaddr(free_port), os::sockaddr_size(free_port)));
  const watched near(std::move(socket));
  succeeded(::send(near.fd(), "abc", 3, 0));
  EXPECT_EQ(near.reading.recv(), readiness::closed);
  char byte = 0;
  EXPECT_EQ(::recv(near.fd(), &byte, 1, 0), -1);
  EXPECT_EQ(errno, ECONNREFUSED);
  EXPECT_NE(near.readable(), readiness::closed);
  EXPECT_EQ(error_of(near.readable()), errc::timed_out);
}

// -- pipes

TEST_F(FdStateKinds, APipesReaderIsToldOfBytesAndOfTheWritersEnd) {
  pipe_ends pipe;
  const watched read(std::move(pipe.read));
  auto waiting = weir::spawn([&read] { return read.reading.recv(); });
  EXPECT_EQ(::write(pipe.write.get(), "abc", 3), 3);
  EXPECT_EQ(waiting.await(), readiness::ready);
  EXPECT_EQ(::write(pipe.write.get(), "def", 3), 3);
  pipe.write.reset();
  expect_closed(read.reading);
  std::array<char, 10> room{};
  EXPECT_EQ(::read(read.fd(), room.data(), room.size()), 6);
  expect_closed(read.reading);
}

TEST_F(FdStateKinds, APipesWriterIsToldOfTheReadersEnd) {
  pipe_ends pipe;
  const watched write(std::move(pipe.write));
  EXPECT_EQ(write.writable(), readiness::ready);
  auto waiting = weir::spawn([&write] { return write.writing.recv(); });
  settle();
  EXPECT_FALSE(waiting.done());
  pipe.read.reset();
  EXPECT_EQ(waiting.await(), readiness::closed);
  expect_closed(write.writing);
}

TEST_F(FdStateKinds, AFifoThatAnotherWriterOpensIsNotOverAnyMore) {
  const std::string path = std::filesystem::temp_directory_path() / "weir_fifo_XXXXXX";
  std::string name = path;
  os::fd(succeeded(::mkstemp(name.data()))).reset();
  std::filesystem::remove(name);
  succeeded(::mkfifo(name.c_str(), 0600));
  const watched read(opened(name, O_RDONLY));
  os::fd writer = opened(name, O_WRONLY);
  writer.reset();
  expect_closed(read.reading);

  writer = opened(name, O_WRONLY);
  std::filesystem::remove(name);
  EXPECT_NE(read.readable(), readiness::closed);
  EXPECT_EQ(error_of(read.readable()), errc::timed_out);
  EXPECT_EQ(::write(writer.get(), "abc", 3), 3);
  EXPECT_EQ(read.readable(), readiness::ready);
  writer.reset();
  expect_closed(read.reading);
}

// -- others

TEST_F(FdStateKinds, ATerminalIsToldOfWhatIsTypedAndOfItsEnd) {
  os::fd master(succeeded(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)));
  succeeded(::grantpt(master.get()));
  succeeded(::unlockpt(master.get()));
  const watched terminal(opened(::ptsname(master.get()), O_RDWR | O_NOCTTY));
  EXPECT_EQ(terminal.writable(), readiness::ready);
  auto waiting = weir::spawn([&terminal] { return terminal.reading.recv(); });
  settle();
  EXPECT_FALSE(waiting.done());
  EXPECT_EQ(::write(master.get(), "line\n", 5), 5);
  EXPECT_EQ(waiting.await(), readiness::ready);
  master.reset();
  EXPECT_EQ(terminal.reading.recv(), readiness::closed);
  expect_closed(terminal.reading);
  expect_closed(terminal.writing);
}

TEST_F(FdStateKinds, AnEventCounterIsReadableWhenItWasRaised) {
  const watched counter(os::fd(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)));
  EXPECT_EQ(counter.writable(), readiness::ready);
  auto waiting = weir::spawn([&counter] { return counter.reading.recv(); });
  settle();
  EXPECT_FALSE(waiting.done());
  std::uint64_t value = 1;
  EXPECT_EQ(::write(counter.fd(), &value, sizeof value), 8);
  EXPECT_EQ(waiting.await(), readiness::ready);
  EXPECT_EQ(::read(counter.fd(), &value, sizeof value), 8);
  EXPECT_EQ(error_of(counter.readable()), errc::timed_out);
}

TEST_F(FdStateKinds, AKernelTimerIsReadableWhenItHasRunOut) {
  const watched timer(os::fd(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)));
  EXPECT_EQ(error_of(timer.readable()), errc::timed_out);
  auto waiting = weir::spawn([&timer] { return timer.reading.recv(); });
  const itimerspec at_once{.it_interval = {}, .it_value = {.tv_sec = 0, .tv_nsec = 1}};
  succeeded(::timerfd_settime(timer.fd(), 0, &at_once, nullptr));
  EXPECT_EQ(waiting.await(), readiness::ready);
}

TEST_F(FdStateKinds, ARegularFileIsAlwaysReadyUntilItIsUnregistered) {
  const os::fd file(::fileno(std::tmpfile()));
  const watched both(os::fd(::dup(file.get())));
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(both.reading.recv(), readiness::ready);
    EXPECT_EQ(both.writing.recv(), readiness::ready);
  }
  EXPECT_TRUE(both.unregister());
  EXPECT_EQ(both.reading.recv(), readiness::closed);
}

}  // namespace
