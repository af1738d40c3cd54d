// SPDX-License-Identifier: MIT
// Echo servers on Boost.Asio: callbacks, one thread, locks switched off, executors not
// type-erased: Asio at its best.
#include <array>
#include <memory>
#include <utility>  // Asio 1.74 needs it and does not include it

#include <boost/asio.hpp>

#include "bench.hpp"

namespace {

namespace asio = boost::asio;
using executor = asio::io_context::executor_type;
using socket = asio::basic_stream_socket<asio::ip::tcp, executor>;
using acceptor = asio::basic_socket_acceptor<asio::ip::tcp, executor>;

// Echoes what has come.
class request_session : public std::enable_shared_from_this<request_session> {
 public:
  explicit request_session(socket peer) : peer_(std::move(peer)) {}

  void echo() {
    peer_.async_read_some(
        asio::buffer(buffer_),
        [self = shared_from_this()](boost::system::error_code error, std::size_t count) {
          if (!error) {
            self->answer(count);
          }
        });
  }

 private:
  void answer(std::size_t count) {
    asio::async_write(peer_, asio::buffer(buffer_, count),
                      [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                        if (!error) {
                          self->echo();
                        }
                      });
  }

  socket peer_;
  std::array<char, 4096> buffer_{};
};

// Echoes 512 bytes at a time.
class stream_session : public std::enable_shared_from_this<stream_session> {
 public:
  explicit stream_session(socket peer) : peer_(std::move(peer)) {}

  void echo() {
    asio::async_read(peer_, asio::buffer(message_),
                     [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                       if (!error) {
                         self->answer();
                       }
                     });
  }

 private:
  void answer() {
    asio::async_write(peer_, asio::buffer(message_),
                      [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                        if (!error) {
                          self->echo();
                        }
                      });
  }

  socket peer_;
  std::array<char, 512> message_{};
};

template <class Session>
void accept_next(acceptor& listener) {
  listener.async_accept([&listener](boost::system::error_code error, socket peer) {
    if (!error) {
      peer.set_option(asio::ip::tcp::no_delay(true));
      std::make_shared<Session>(std::move(peer))->echo();
    }
    accept_next<Session>(listener);
  });
}

template <class Session>
void serve() {
  asio::io_context context(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE);
  acceptor listener(context, {asio::ip::address_v4::loopback(), 0});
  accept_next<Session>(listener);
  bench::serving(listener.local_endpoint().port());
  context.run();
}

const bench::server requests("serve-echo", serve<request_session>);
const bench::server stream("serve-stream", serve<stream_session>);

}  // namespace

int main(int count, char** arguments) {
  return bench::run("asio", {arguments, static_cast<std::size_t>(count)});
}
