"""The race's arithmetic and its bars. Run with `python -m unittest` in this folder."""

import sys
import tempfile
import unittest
from pathlib import Path

import machine
from race import CONTENDERS, faults, made_up_corpus, ms_per_iteration, order, table


def result(ratio, megabytes):
    """A race of one round."""
    ms = {"numpy_float32": {"ms_per_iteration": 20.0}, "numpy_widen": {"ms_per_iteration": 40.0},
          "quickvec": {"ms_per_iteration": 40.0 / ratio, "peak_bytes": megabytes * 1e6}}
    ratios = {"numpy_float32": ratio / 2, "numpy_widen": ratio}
    return {
        "machine": {"processor": "A", "cores": 2, "date": "2025-01-31", "load_average_at_end": [0.1, 0.2, 0.3]},
        "numpy": "2", "python": "3", "threads": 2, "corpus": {"name": "x.txt", "tokens": 1000, "vocabulary": 10},
        "iterations": {"numpy": 300, "numpy_warm_up": 20, "quickvec_epochs": 10},
        "median_ratio": ratios, "peak_bytes": megabytes * 1e6,
        "rounds": [ms | {"order": CONTENDERS, "load_average": None, "ratios": ratios}],
    }


class Race(unittest.TestCase):
    def test_every_contender_takes_every_place(self):
        for place in range(3):
            self.assertEqual({order(number)[place] for number in range(3)}, set(CONTENDERS))
        self.assertEqual(order(3), order(0))

    def test_bars_can_be_missed(self):
        self.assertEqual(faults(result(400, 200), 400, 200), [])
        self.assertIn("399 times", faults(result(399, 200), 400, 200)[0])
        self.assertIn("201 MB", faults(result(400, 201), 400, 200)[0])
        self.assertEqual(len(faults(result(float("nan"), float("nan")), 400, 200)), 2)

    def test_table_shows_both_ratios(self):
        self.assertIn("| 1 | 40.00 | 20.00 | 0.0800 | 500 | 250 | unknown |", table(result(500, 90)))
        self.assertIn("90 MB", table(result(500, 90)))

    def test_time_is_spread_over_all_epochs(self):
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder, "log.csv")
            log.write_text("epoch,iteration,seconds,loss\n1,1,0.001,4\n1,81,0.9,4\n2,1,1.0,3\n2,81,1.62,3\n")
            self.assertAlmostEqual(ms_per_iteration(log), 10.0)
            log.write_text("epoch,iteration,seconds,loss\n1,1,0.000,4\n")
            with self.assertRaises(RuntimeError):
                ms_per_iteration(log)

    def test_made_up_corpus_is_the_same_every_time(self):
        with tempfile.TemporaryDirectory() as folder:
            first, second = Path(folder, "a"), Path(folder, "b")
            made_up_corpus(first, tokens=200)
            made_up_corpus(second, tokens=200)
            self.assertEqual(first.read_text(), second.read_text())
            self.assertEqual(len(first.read_text().split()), 200)


class Run(unittest.TestCase):
    def test_peak_memory_is_that_of_the_program(self):
        small = machine.run([sys.executable, "-c", "print('done')"])
        large = machine.run([sys.executable, "-c", "x = bytearray(b'1') * 80_000_000"])
        self.assertEqual(small[0], "done\n")
        self.assertGreater(large[1] - small[1], 70_000_000)

    def test_failures_say_what_the_program_said(self):
        with self.assertRaisesRegex(RuntimeError, "exit code 3: no luck"):
            machine.run([sys.executable, "-c", "import sys; print('no luck', file=sys.stderr); sys.exit(3)"])
        with self.assertRaisesRegex(RuntimeError, "cannot run"):
            machine.run(["no-such-program-anywhere"])


if __name__ == "__main__":
    unittest.main()
