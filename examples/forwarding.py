# SPDX-License-Identifier: MIT
"""What the tests of forward share: a forwarder with an upstream of the test's own behind it."""
import unittest

import loopback


class ForwardTest(unittest.TestCase):
    def start(self, *arguments):
        self.listener = loopback.listen(self)
        port = self.listener.getsockname()[1]
        self.forward = loopback.Program(
            self, "forward", "--listen", "127.0.0.1:0", "--to", f"127.0.0.1:{port}", *arguments
        )

    def connection(self, receive_room=None):
        """A client and the upstream's end of its connection."""
        client = self.forward.connect(receive_room)
        return client, loopback.accept(self, self.listener)

    def check_open(self, client, upstream):
        """Bytes go both ways."""
        for sender, receiver in ((client, upstream), (upstream, client)):
            sender.sendall(b"hello")
            self.assertEqual(loopback.receive_exactly(receiver, 5), b"hello")

    def check_ends(self, end):
        """The stream ends, well or not, with nothing more to receive."""
        try:
            self.assertEqual(end.recv(1), b"")
        except ConnectionResetError:
            pass

    def check_ends_gracefully(self, summary):
        """The program ends by itself and well."""
        status, said = self.forward.ends()
        self.assertEqual(status, 0, self.forward.process.stderr.read())
        self.assertRegex(said, summary)
