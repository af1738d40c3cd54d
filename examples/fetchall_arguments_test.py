# SPDX-License-Identifier: MIT
"""How fetchall is called: what --help says, and what it says to wrong arguments and wrong lists."""
import pathlib
import tempfile
import unittest

import loopback

OPTIONS = ("LIST", "--at-once", "--deadline", "--timeout", "--dump-after", "--keep-going")


def fetchall(*arguments, given=""):
    return loopback.run("fetchall", *arguments, given=given)


class FetchAllArguments(unittest.TestCase):
    def test_help_names_every_option(self):
        status, said, complaint = fetchall("--help")
        self.assertEqual((status, complaint), (0, ""))
        for option in OPTIONS:
            self.assertIn(option, said)

    def test_refuses_wrong_numbers(self):
        for argument in ("--at-once=0", "--deadline=0", "--timeout=soon"):
            status, said, complaint = fetchall(argument)
            self.assertNotIn(status, (0, 1))
            self.assertEqual(said, "")
            self.assertIn(argument.split("=")[0], complaint)

    def test_reads_a_file_and_skips_what_is_no_url_in_it(self):
        with tempfile.TemporaryDirectory() as folder:
            urls = pathlib.Path(folder, "urls")
            urls.write_text("# none yet\n\n\r\n", encoding="utf-8")
            status, said, complaint = fetchall(urls)
        self.assertEqual((status, complaint), (0, ""))
        self.assertIn("0 of 0 fetched", said)

    def test_names_a_list_that_it_cannot_read(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in (folder, f"{folder}/none"):
                self.assertEqual(fetchall(name), (2, "", f"fetchall: {name}: cannot be read\n"))

    def test_names_the_line_that_it_cannot_fetch_and_says_why(self):
        for url, reason in (
            ("ftp://127.0.0.1/", "does not begin with http://"),
            ("http://example.org/", '"example.org" is not a numeric address'),
            ("http://127.0.0.1:x/", '"x" is no port'),
            ("http://127.0.0.1:65536/", '"65536" is no port'),
            ("http://127.0.0.1:0/", '"0" is no port'),
            ("http://[::1/", "is not a numeric address"),
            ("http:///path", '"" is not a numeric address'),
            ("http://127.0.0.1/a b", "blank"),
            ("http://127.0.0.1/a\tb", "blank"),
            ("http://127.0.0.1/\u00e9", "blank"),
        ):
            with self.subTest(url):
                status, said, complaint = fetchall(given=f"http://127.0.0.1/\n{url}\n")
                self.assertEqual((status, said), (2, ""))  # nothing was fetched
                self.assertIn(f'standard input, line 2: cannot fetch "{url}": ', complaint)
                self.assertIn(reason, complaint)


loopback.main()
