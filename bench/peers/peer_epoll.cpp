// SPDX-License-Identifier: MIT
// An echo server on plain epoll, without any runtime, written as well as one can: edge-triggered,
// one registration for each connection, and two system calls a request.
#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <system_error>
#include <vector>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.hpp"

namespace {

int checked(int result, const char* call) {
  if (result < 0) {
    throw std::system_error(errno, std::generic_category(), call);
  }
  return result;
}

struct connection {
  int fd;
  std::vector<char> unsent;  // what the kernel would not take yet; nothing is read meanwhile
};

class server {
 public:
  server() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    checked(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), "bind");
    checked(listen(listener_, 1024), "listen");
    checked(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
    watch(listener_, EPOLLIN, nullptr);
    bench::serving(ntohs(address.sin_port));
  }

  [[noreturn]] void run() {
    std::array<epoll_event, 512> events;
    while (true) {
      const int count = epoll_wait(epoll_, events.data(), events.size(), -1);
      for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        if (event.data.ptr == nullptr) {
          accept_all();
        } else {
          serve(static_cast<connection*>(event.data.ptr), event.events);
        }
      }
    }
  }

 private:
  void watch(int fd, std::uint32_t events, connection* peer) const {
    epoll_event event{.events = events, .data = {.ptr = peer}};
    checked(epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
  }

  void accept_all() {
    while (true) {
      const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) {
        return;
      }
      const int on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      watch(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
            std::make_unique<connection>(fd).release());
    }
  }

  // One edge. Bytes that come after it make a new edge, but a close that came with these bytes does
  // not: then, and only then, a short read is not the last.
  void serve(connection* peer, std::uint32_t events) {
    const bool closing = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    while (flush(*peer)) {
      const ssize_t count = recv(peer->fd, buffer_.data(), buffer_.size(), 0);
      if (count < 0 && errno == EAGAIN) {
        return;
      }
      if (count <= 0 || !send_or_keep(*peer, static_cast<std::size_t>(count))) {
        close(peer->fd);
        std::unique_ptr<connection>{peer}.reset();
        return;
      }
      if (!closing && static_cast<std::size_t>(count) < buffer_.size()) {
        return;
      }
    }
  }

  // Sends the first `count` bytes of the buffer; false when the connection is broken.
  bool send_or_keep(connection& peer, std::size_t count) {
    const ssize_t sent = send(peer.fd, buffer_.data(), count, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) {
      return false;
    }
    if (sent < static_cast<ssize_t>(count)) {
      peer.unsent.assign(buffer_.begin() + std::max<ssize_t>(sent, 0),
                         buffer_.begin() + static_cast<std::ptrdiff_t>(count));
    }
    return true;
  }

  // True when nothing is left unsent. An error is left for recv to find.
  static bool flush(connection& peer) {
    if (peer.unsent.empty()) {
      return true;
    }
    const ssize_t sent = send(peer.fd, peer.unsent.data(), peer.unsent.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) {
      peer.unsent.clear();
    } else if (sent > 0) {
      peer.unsent.erase(peer.unsent.begin(), peer.unsent.begin() + sent);
    }
    return peer.unsent.empty();
  }

  int epoll_ = checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
  int listener_ = checked(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
  std::array<char, 4096> buffer_{};
};

const bench::server serve("serve-echo", [] { server().run(); });

}  // namespace

int main(int count, char** arguments) {
  return bench::run("epoll", {arguments, static_cast<std::size_t>(count)});
}
