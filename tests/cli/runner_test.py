#!/usr/bin/env python3
"""The runner itself: what must pass passes, what must fail fails."""

import contextlib
import io
import pathlib
import tempfile
import unittest

import run

VARIABLES = {"PELLUCID": "/bin/true", "SOURCE": "/the source", "FIXTURES": "/nowhere"}


def passes(text):
    with contextlib.redirect_stdout(io.StringIO()):
        return run.run(run.parse(text), VARIABLES)


class Runner(unittest.TestCase):
    def test_exit_status(self):
        self.assertTrue(passes("$ true"))
        self.assertFalse(passes("$ false"))
        self.assertTrue(passes("$ exit 3\nexit: 3"))
        self.assertFalse(passes("$ exit 3\nexit: 2"))

    def test_a_later_command_counts(self):
        self.assertFalse(passes("$ true\n$ false\n$ true"))

    def test_exact_lines(self):
        self.assertTrue(passes("$ printf 'a\\nb\\n'\nstdout:\n  a\n  b"))
        self.assertFalse(passes("$ printf 'a\\nb\\n'\nstdout:\n  a"))
        self.assertFalse(passes("$ printf 'a\\n'\nstdout:\n  a\n  b"))
        self.assertFalse(passes("$ echo 'a.c'\nstdout:\n  abc"))

    def test_an_empty_block_means_silence(self):
        self.assertTrue(passes("$ true\nstdout:\nstderr:"))
        self.assertFalse(passes("$ echo a\nstdout:"))
        self.assertFalse(passes("$ echo a >&2\nstderr:"))
        self.assertTrue(passes("$ echo a"))

    def test_regular_expressions_cover_the_whole_line(self):
        self.assertTrue(passes("$ echo v1.20\nstdout:\n  /v\\d+\\.\\d+/"))
        self.assertFalse(passes("$ echo v1.20x\nstdout:\n  /v\\d+\\.\\d+/"))

    def test_any_number_of_lines(self):
        self.assertTrue(passes("$ seq 5\nstdout:\n  ...\n  3\n  ..."))
        self.assertTrue(passes("$ seq 5\nstdout:\n  1\n  ...\n  5"))
        self.assertTrue(passes("$ true\nstdout:\n  ..."))
        self.assertFalse(passes("$ seq 5\nstdout:\n  ...\n  6\n  ..."))
        self.assertFalse(passes("$ seq 5\nstdout:\n  ...\n  3"))

    def test_variables(self):
        self.assertTrue(passes('$ echo "$SOURCE"\nstdout:\n  $SOURCE'))
        self.assertTrue(passes('$ echo "$SOURCE"\nstdout:\n  /$SOURCE/'))
        self.assertTrue(passes('$ "$PELLUCID"'))

    def test_setup_and_the_folder(self):
        self.assertTrue(passes("setup: echo a > file\n$ cat file\nstdout:\n  a"))
        self.assertFalse(passes("setup: false\n$ true"))
        self.assertTrue(passes("$ ls -A\nstdout:"))

    def test_continued_lines(self):
        self.assertTrue(passes("$ echo a \\\n  b\nstdout:\n  a   b".replace("a   b", "a b")))

    def test_what_is_not_well_formed(self):
        for text in ("", "  a\n$ true", "exit: 1\n$ true", "$ true\nneeds: fixtures", "$ true\nexit: one",
                     "$ true\nstdout: a", "$ true\nstdout:\nstdout:", "$true", "$ true \\"):
            with self.assertRaises(run.FormatError, msg=text):
                run.parse(text)

    def test_needs(self):
        with tempfile.TemporaryDirectory() as folder:
            here = pathlib.Path(folder)
            (here / "models").mkdir()
            self.assertIsNone(run.missing_need(run.parse("needs: fixtures/models\n$ true"), here, "true"))
            self.assertIsNotNone(run.missing_need(run.parse("needs: fixtures/data\n$ true"), here, "true"))
            self.assertIsNotNone(run.missing_need(run.parse("needs: fixtures\n$ true"), here / "absent", "true"))
            with self.assertRaises(run.FormatError):
                run.missing_need(run.parse("needs: luck\n$ true"), here, "true")


if __name__ == "__main__":
    unittest.main()
