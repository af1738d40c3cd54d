// SPDX-License-Identifier: MIT
// The client's side of the echo benchmarks: connections that send requests, and what is held
// against the bytes that come back.
#pragma once

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace bench {

[[noreturn]] inline void fail(const char* what) {
  std::fprintf(stderr, "echo client: %s\n", what);
  std::exit(EXIT_FAILURE);
}

inline void check(bool ok, const char* call) {
  if (!ok) {
    throw std::system_error(errno, std::generic_category(), call);
  }
}

using message = std::array<char, 64>;

inline message request(std::uint64_t number) {
  message text;
  text.fill('.');
  std::memcpy(text.data(), &number, sizeof number);
  return text;
}

// One TCP connection to the server.
class connection {
 public:
  explicit connection(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    check(fd_ >= 0, "socket");
    sockaddr_in server{};
    server.sin_family = AF_INET;
    server.sin_port = htons(port);
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(connect(fd_, reinterpret_cast<sockaddr*>(&server), sizeof server) == 0, "connect");
    const int on = 1;
    check(setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0, "setsockopt");
  }
  connection(connection&& from) noexcept : fd_(std::exchange(from.fd_, -1)) {}
  connection& operator=(connection&&) = delete;
  ~connection() {
    if (fd_ >= 0) {
      close(fd_);
    }
  }

  int fd() const { return fd_; }

  void send(std::span<const char> bytes) const {
    check(
        ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()),
        "send");
  }

  // How many bytes there were; with `flags` MSG_DONTWAIT nothing is waited for, and there may be
  // none.
  std::size_t recv(std::span<char> into, int flags) const {
    const ssize_t count = ::recv(fd_, into.data(), into.size(), flags);
    if (count < 0 && errno == EAGAIN) {
      return 0;
    }
    check(count >= 0, "recv");
    if (count == 0) {
      fail("the server closed a connection");
    }
    return static_cast<std::size_t>(count);
  }

 private:
  int fd_;
};

// The bytes that came back on one connection, held against what was sent.
class answers {
 public:
  // How many whole requests came back with these bytes.
  int take(std::span<const char> bytes) {
    int whole = 0;
    while (!bytes.empty()) {
      const auto part = bytes.first(std::min(bytes.size(), expected_.size() - have_));
      if (std::memcmp(part.data(), expected_.data() + have_, part.size()) != 0) {
        fail("the server sent something else than it was sent");
      }
      have_ += part.size();
      bytes = bytes.subspan(part.size());
      if (have_ == expected_.size()) {
        have_ = 0;
        expected_ = request(++number_);
        ++whole;
      }
    }
    return whole;
  }

 private:
  std::uint64_t number_ = 0;
  message expected_ = request(0);
  std::size_t have_ = 0;
};

// Many connections and an epoll that reports which of them have an answer.
class crowd {
 public:
  crowd(std::uint16_t port, int size) : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    check(epoll_ >= 0, "epoll_create1");
    for (int i = 0; i < size; ++i) {
      connections_.emplace_back(port);
      epoll_event event{.events = EPOLLIN | EPOLLET,
                        .data = {.u32 = static_cast<std::uint32_t>(i)}};
      check(epoll_ctl(epoll_, EPOLL_CTL_ADD, connections_.back().fd(), &event) == 0, "epoll_ctl");
    }
  }
  crowd(crowd&&) = delete;
  ~crowd() { close(epoll_); }

  std::size_t size() const { return connections_.size(); }
  const connection& operator[](std::size_t index) const { return connections_[index]; }

  // Calls `each(index, bytes)` for what has come; -1 waits for something to come.
  template <class Each>
  void receive(int timeout, Each each) {
    const int count = epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()), timeout);
    check(count >= 0, "epoll_wait");
    for (const epoll_event& event : std::span(events_).first(static_cast<std::size_t>(count))) {
      std::size_t had = buffer_.size();
      while (had == buffer_.size()) {  // a short read has drained the socket
        had = connections_[event.data.u32].recv(buffer_, MSG_DONTWAIT);
        each(event.data.u32, std::span<const char>(buffer_).first(had));
      }
    }
  }

 private:
  int epoll_;
  std::vector<connection> connections_;
  std::array<epoll_event, 256> events_{};
  std::array<char, std::size_t{64} * 1024> buffer_{};
};

}  // namespace bench
