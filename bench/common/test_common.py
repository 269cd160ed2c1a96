"""What all races share. Run with `python -m unittest` in this folder."""

import argparse
import sys
import tempfile
import unittest
from pathlib import Path

import machine
from racing import made_up_corpus, order, positive
from report import with_section


class Racing(unittest.TestCase):
    def test_every_contender_takes_every_place(self):
        for contenders in (("a", "b", "c"), ["a", "b"]):
            for place in range(len(contenders)):
                taken = {order(contenders, number)[place] for number in range(len(contenders))}
                self.assertEqual(taken, set(contenders))
            self.assertEqual(order(contenders, len(contenders)), order(contenders, 0))

    def test_generated_corpus_is_the_same_every_time(self):
        with tempfile.TemporaryDirectory() as folder:
            first, second = Path(folder, "a"), Path(folder, "b")
            made_up_corpus(first, tokens=200)
            made_up_corpus(second, tokens=200)
            self.assertEqual(first.read_text(), second.read_text())
            self.assertEqual(len(first.read_text().split()), 200)

    def test_positive_numbers_only(self):
        self.assertEqual(positive("3"), 3)
        self.assertRaises(argparse.ArgumentTypeError, positive, "0")


class Report(unittest.TestCase):
    def test_a_section_takes_the_place_of_the_one_before_and_leaves_the_rest(self):
        page = with_section("# Title\n", "a", "one")
        self.assertEqual(page, "# Title\n\n<!-- a -->\none\n<!-- end of a -->\n")
        page = with_section(with_section(page, "b", "two\n\n"), "a", "three")
        self.assertEqual(page, "# Title\n\n<!-- a -->\nthree\n<!-- end of a -->\n\n<!-- b -->\ntwo\n<!-- end of b -->\n")
        self.assertEqual(with_section("", "a", "x"), "<!-- a -->\nx\n<!-- end of a -->\n")


class Run(unittest.TestCase):
    def test_peak_memory_is_that_of_the_program(self):
        small = machine.run([sys.executable, "-c", "print('done')"])
        large = machine.run([sys.executable, "-c", "x = bytearray(b'1') * 80_000_000"])
        self.assertEqual(small[0], "done\n")
        self.assertGreater(large[1] - small[1], 70_000_000)

    def test_failures_contain_the_programs_message(self):
        with self.assertRaisesRegex(RuntimeError, "exit code 3: no luck"):
            machine.run([sys.executable, "-c", "import sys; print('no luck', file=sys.stderr); sys.exit(3)"])
        with self.assertRaisesRegex(RuntimeError, "cannot run"):
            machine.run(["no-such-program-anywhere"])


if __name__ == "__main__":
    unittest.main()
