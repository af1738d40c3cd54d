// SPDX-License-Identifier: MIT
// An echo server on Boost.Asio: callbacks, one thread, locks switched off, executors not
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

class session : public std::enable_shared_from_this<session> {
 public:
  explicit session(socket peer) : peer_(std::move(peer)) {
    peer_.set_option(asio::ip::tcp::no_delay(true));
  }

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

void accept_next(acceptor& listener) {
  listener.async_accept([&listener](boost::system::error_code error, socket peer) {
    if (!error) {
      std::make_shared<session>(std::move(peer))->echo();
    }
    accept_next(listener);
  });
}

const bench::echo_server serve([] {
  asio::io_context context(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE);
  acceptor listener(context, {asio::ip::address_v4::loopback(), 0});
  accept_next(listener);
  bench::serving(listener.local_endpoint().port());
  context.run();
});

}  // namespace

int main(int count, char** arguments) {
  return bench::run("asio", {arguments, static_cast<std::size_t>(count)});
}
