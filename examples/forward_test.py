# SPDX-License-Identifier: MIT
"""How forward copies: every byte, both ways, and each end of a stream as such."""
import hashlib
import os
import socket

import loopback
from forwarding import ForwardTest

SIZE = 16 << 20


def send_and_end(connection, sent):
    connection.sendall(sent)
    connection.shutdown(socket.SHUT_WR)


def digest(sent):
    return hashlib.sha256(sent).hexdigest()


class Forward(ForwardTest):
    def exchange(self, client, upstream, up, down):
        """Sends both ways at once, and checks what arrives."""
        receiving = [loopback.Background(loopback.receive_all, end) for end in (upstream, client)]
        sending = [
            loopback.Background(send_and_end, end, sent) for end, sent in ((client, up), (upstream, down))
        ]
        for task in sending:
            task.result()
        for received, sent in zip(receiving, (up, down)):
            self.assertEqual(digest(received.result()), digest(sent))

    def test_copies_much_both_ways_at_once_and_counts_it(self):
        self.start()
        self.exchange(*self.connection(), os.urandom(SIZE), os.urandom(SIZE + 1))
        self.forward.reports(rf"127[.]0[.]0[.]1:[0-9]+: {SIZE} bytes up, {SIZE + 1} down\n")
        self.forward.end_input()
        self.check_ends_gracefully(f"1 connections, 0 failed, {SIZE} bytes up, {SIZE + 1} bytes down\n$")

    def test_keeps_several_connections_apart(self):
        self.start("--quiet")
        connections = [self.connection() for _ in range(10)]
        exchanges = [
            loopback.Background(self.exchange, client, upstream, os.urandom(SIZE // 16), os.urandom(SIZE // 16))
            for client, upstream in connections
        ]
        for task in exchanges:
            task.result()

    def test_goes_on_to_the_client_after_the_client_has_said_all(self):
        self.start()
        client, upstream = self.connection()
        send_and_end(client, b"question")
        self.assertEqual(loopback.receive_all(upstream), b"question")
        for _ in range(3):
            upstream.sendall(b"answer")
            self.assertEqual(loopback.receive_exactly(client, 6), b"answer")
        upstream.close()
        self.assertEqual(loopback.receive_all(client), b"")

    def test_goes_on_to_the_upstream_after_the_upstream_has_said_all(self):
        self.start()
        client, upstream = self.connection()
        send_and_end(upstream, b"greeting")
        self.assertEqual(loopback.receive_all(client), b"greeting")
        for _ in range(3):
            client.sendall(b"answer")
            self.assertEqual(loopback.receive_exactly(upstream, 6), b"answer")
        client.close()
        self.assertEqual(loopback.receive_all(upstream), b"")


loopback.main()
