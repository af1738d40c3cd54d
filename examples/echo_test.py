# SPDX-License-Identifier: MIT
"""What echo does for its clients."""
import os
import socket
import unittest

import loopback


class Echo(unittest.TestCase):
    def setUp(self):
        self.echo = loopback.Program(self, "echo", "--listen", "127.0.0.1:0")

    def test_sends_back_what_it_receives_at_once(self):
        client = self.echo.connect()
        for message in (b"x", b"a line\n", os.urandom(3000)):
            client.sendall(message)
            self.assertEqual(loopback.receive_exactly(client, len(message)), message)

    def test_ends_a_connection_when_all_that_came_was_sent_back(self):
        sent = os.urandom(1 << 20)
        client = self.echo.connect()
        returned = loopback.Background(loopback.receive_all, client)
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        self.assertEqual(returned.result(), sent)

    def test_serves_many_clients_at_once_each_with_its_own_bytes(self):
        clients = [(self.echo.connect(), f"client {number}\n".encode()) for number in range(200)]
        for client, message in clients:
            client.sendall(message)
        for client, message in reversed(clients):
            self.assertEqual(loopback.receive_exactly(client, len(message)), message)

    def test_outlives_a_client_that_resets_its_connection(self):
        other = self.echo.connect()
        client = self.echo.connect()
        client.sendall(b"x")
        loopback.reset(client)
        other.sendall(b"still there")
        self.assertEqual(loopback.receive_exactly(other, 11), b"still there")


class EchoCommandLine(unittest.TestCase):
    def test_names_the_address_that_it_cannot_listen_at(self):
        port = loopback.listen(self).getsockname()[1]
        status, _, said = loopback.run("echo", "--listen", f"127.0.0.1:{port}")
        self.assertEqual((status, said), (1, f"echo: 127.0.0.1:{port}: Address already in use\n"))

    def test_refuses_what_is_no_address(self):
        status, _, said = loopback.run("echo", "--listen", "localhost:80")
        self.assertNotEqual(status, 0)
        self.assertRegex(said, '^--listen: "localhost:80" is not an address with a port')


loopback.main()
