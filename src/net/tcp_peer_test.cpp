// SPDX-License-Identifier: MIT
// Peers that reset, read nothing, send urgent data, or end at once.
#include <array>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <memory>
#include <semaphore>
#include <set>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <weir/hub.hpp>
#include <weir/run.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stats.hpp>
#include <weir/task.hpp>
#include <weir/tcp.hpp>
#include <weir/testing.hpp>

#include "testing/holdings.hpp"
#include "testing/loopback.hpp"
#include "testing/much.hpp"
#include "testing/open_fds.hpp"
#include "testing/raw_socket.hpp"
#include "testing/received.hpp"

namespace {

using namespace std::chrono_literals;
using weir::errc;
using weir::testing::error_of;
using weir::testing::fd_of;
using weir::testing::held_now;
using weir::testing::much;
using weir::testing::open_fds;
using weir::testing::own_loopback;
using weir::testing::raw_socket;
using weir::testing::received_exactly;
using weir::testing::settle;
using weir::testing::wait_for_arrival;

std::error_code receive_error(weir::stream& from) {
  std::array<char, 10> room{};
  return error_of(from.recv(room, 10s));
}

/// A stream, and a raw socket at its other end.
class TcpPeer : public ::testing::Test {
 protected:
  TcpPeer() : fds_(open_fds()) {
    auto listener = weir::tcp::listen(own_loopback()).value();
    peer = std::make_unique<raw_socket>(raw_socket::connected_to(listener.local()));
    stream = listener.accept().value();
  }

  ~TcpPeer() override {
    stream = {};
    peer.reset();
    EXPECT_EQ(open_fds(), fds_);
  }

  weir::hub hub{{.spin = 0us}};
  weir::stream stream;
  std::unique_ptr<raw_socket> peer;

 private:
  std::set<int> fds_;
};

// -- resets

TEST_F(TcpPeer, AResetIsToldToWhoReceives) {
  auto reading = weir::spawn([this] { return receive_error(stream); });
  settle();
  peer->reset();
  EXPECT_EQ(reading.await(), std::errc::connection_reset);
  EXPECT_EQ(receive_error(stream), errc::closed);
}

TEST_F(TcpPeer, AResetIsToldToWhoSends) {
  auto writing = weir::spawn([this] { return error_of(stream.send(much())); });
  settle();
  EXPECT_FALSE(writing.done());
  peer->reset();
  EXPECT_EQ(writing.await(), std::errc::connection_reset);
  EXPECT_EQ(error_of(stream.send("x")), std::errc::broken_pipe);
}

TEST_F(TcpPeer, AResetWakesBothWhoReceivesAndWhoSends) {
  auto reading = weir::spawn([this] { return receive_error(stream); });
  auto writing = weir::spawn([this] { return error_of(stream.send(much())); });
  settle();
  peer->reset();
  const auto read = reading.await().value();
  const auto written = writing.await().value();
  // The system tells the reset once, to whom asks first; the other learns that it is over.
  EXPECT_TRUE(read == std::errc::connection_reset || written == std::errc::connection_reset);
  EXPECT_TRUE(read == std::errc::connection_reset || read == errc::closed);
  EXPECT_TRUE(written == std::errc::connection_reset || written == std::errc::broken_pipe);
}

TEST_F(TcpPeer, SendingToAPeerThatIsGoneRaisesNoSignalInAnyThread) {
  struct sigaction deadly{};
  struct sigaction former{};
  deadly.sa_handler = SIG_DFL;
  ASSERT_EQ(::sigaction(SIGPIPE, &deadly, &former), 0);
  std::binary_semaphore over(0);
  std::thread other([&over] {  // where the signal is not blocked
    sigset_t none;
    ::sigemptyset(&none);
    ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
    over.acquire();
  });
  peer->reset();
  wait_for_arrival(fd_of(stream));
  EXPECT_EQ(error_of(stream.send("x")), std::errc::connection_reset);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(error_of(stream.send("x")), std::errc::broken_pipe);
  sigset_t pending;
  ASSERT_EQ(::sigpending(&pending), 0);
  EXPECT_EQ(::sigismember(&pending, SIGPIPE), 0);
  over.release();
  other.join();
  ASSERT_EQ(::sigaction(SIGPIPE, &former, nullptr), 0);
}

TEST_F(TcpPeer, ACloseWithoutReadingIsAResetToThePeer) {
  peer->send("never read");
  wait_for_arrival(fd_of(stream));
  EXPECT_TRUE(stream.close());
  EXPECT_THROW((void)peer->receive(1), std::system_error);
}

// -- half-closes

TEST_F(TcpPeer, APeerThatHasSaidAllStillListens) {
  peer->send("question");
  peer->shutdown();
  EXPECT_EQ(received_exactly(stream, 8, 10s), "question");
  EXPECT_EQ(receive_error(stream), errc::closed);
  EXPECT_TRUE(stream.send("answer"));
  EXPECT_TRUE(stream.close());
  EXPECT_EQ(peer->receive(100), "answer");
}

TEST_F(TcpPeer, AShutdownIsTheEndToThePeerWhichGoesOnSending) {
  EXPECT_TRUE(stream.send("question"));
  EXPECT_TRUE(stream.shutdown());
  EXPECT_EQ(peer->receive(100), "question");
  peer->send("answer");
  EXPECT_EQ(received_exactly(stream, 6, 10s), "answer");
}

TEST_F(TcpPeer, DataAndTheEndThatCameBeforeTheFirstReceiveAreBothReceived) {
  for (const bool hub_has_heard : {false, true}) {
    auto listener = weir::tcp::listen(own_loopback()).value();
    auto sender = raw_socket::connected_to(listener.local());
    sender.send("all at once");
    sender.close();
    auto accepted = listener.accept().value();
    if (hub_has_heard) settle();
    EXPECT_EQ(received_exactly(accepted, 11), "all at once");
    EXPECT_EQ(receive_error(accepted), errc::closed);
  }
}

TEST_F(TcpPeer, TheEndThatComesWhileDataWaitIsNotMissed) {
  peer->send("first");
  wait_for_arrival(fd_of(stream));
  settle();
  peer->send("second");
  peer->close();
  settle();
  std::string all;
  std::array<char, 5000> room{};
  while (const auto count = stream.recv(room, 10s)) all.append(room.data(), *count);
  EXPECT_EQ(all, "firstsecond");
  EXPECT_EQ(receive_error(stream), errc::closed);
}

// -- a peer that reads nothing

TEST_F(TcpPeer, APeerThatReadsNothingStopsTheSenderWhichMayStillCloseCleanly) {
  EXPECT_EQ(error_of(stream.send(much(), 5ms)), errc::timed_out);
  const auto sent = stream.sent_count();
  EXPECT_GT(sent, 0U);
  EXPECT_LT(sent, much().size());
  EXPECT_EQ(error_of(stream.send_some("x", 0ms)), errc::timed_out);
  EXPECT_EQ(stream.sent_count(), sent);
  EXPECT_TRUE(stream.close());
  EXPECT_EQ(peer->receive(much().size()).size(), sent);
}

TEST_F(TcpPeer, ASenderThatWaitsDoesNotKeepAskingTheKernel) {
  auto writing = weir::spawn([this] { return error_of(stream.send(much())); });
  settle();
  const auto polls = weir::stats().polls;
  EXPECT_TRUE(weir::sleep(5ms));
  EXPECT_LT(weir::stats().polls - polls, 10U);
  EXPECT_FALSE(writing.done());
  stream.close();
  EXPECT_EQ(writing.await(), errc::closed);
}

// -- urgent data

TEST_F(TcpPeer, NoOrdinaryByteIsMissedAroundUrgentOnesThatComeBeforeAnyoneReceives) {
  for (int round = 0; round < 50; ++round) {
    peer->send("before");
    peer->send("!", MSG_OOB);
    peer->send("after");
    if (round % 3 != 0) wait_for_arrival(fd_of(stream));
    if (round % 3 == 2) settle();
    EXPECT_EQ(received_exactly(stream, 11, 10s), "beforeafter");
  }
}

TEST_F(TcpPeer, NoOrdinaryByteIsMissedAroundUrgentOnesThatComeWhileOneReceives) {
  for (int round = 0; round < 50; ++round) {
    auto reading = weir::spawn([this] { return received_exactly(stream, 11, 10s); });
    settle();
    peer->send("before");
    if (round % 2 == 0) settle();
    peer->send("!", MSG_OOB);
    if (round % 3 == 0) settle();
    peer->send("after");
    EXPECT_EQ(reading.await(), "beforeafter");
  }
}

TEST_F(TcpPeer, TheEndBehindUrgentDataIsNotMissed) {
  peer->send("before");
  peer->send("!", MSG_OOB);
  peer->send("after");
  peer->close();
  EXPECT_EQ(received_exactly(stream, 11, 10s), "beforeafter");
  EXPECT_EQ(receive_error(stream), errc::closed);
}

// -- many

TEST(TcpMany, TenThousandConnectionsLeaveNothingBehind) {
  const weir::testing::descriptor_limit raised;
  const auto fds = open_fds();
  weir::run({.spin = 0us}, [] {
    auto listener = weir::tcp::listen(own_loopback(), {.backlog = 512}).value();
    const auto before = held_now();
    for (int round = 0; round < 100; ++round) {
      std::vector<weir::stream> streams;
      for (int i = 0; i < 100; ++i) {
        streams.push_back(weir::tcp::connect(listener.local()).value());
        streams.push_back(listener.accept().value());
      }
      EXPECT_EQ(held_now().registered_fds, before.registered_fds + 200);
      EXPECT_TRUE(streams.front().send("x"));
      EXPECT_EQ(received_exactly(streams.at(1), 1), "x");
    }
    EXPECT_EQ(held_now(), before);
  }).value();
  EXPECT_EQ(open_fds(), fds);
}

}  // namespace
