"""The race's arithmetic and its bars. Run with `python -m unittest` in this folder."""

import tempfile
import unittest
from pathlib import Path

from race import CONTENDERS, faults, ms_per_iteration, table


def result(ratio, megabytes):
    """A race of one round."""
    ms = {"numpy_float32": {"ms_per_iteration": 20.0}, "numpy_widen": {"ms_per_iteration": 40.0},
          "rapidvec": {"ms_per_iteration": 40.0 / ratio, "peak_bytes": megabytes * 1e6}}
    ratios = {"numpy_float32": ratio / 2, "numpy_widen": ratio}
    return {
        "machine": {"processor": "A", "cores": 2, "date": "2025-01-31", "load_average_at_end": [0.1, 0.2, 0.3]},
        "numpy": "2", "python": "3", "threads": 2, "corpus": {"name": "x.txt", "tokens": 1000, "vocabulary": 10},
        "iterations": {"numpy": 300, "numpy_warm_up": 20, "rapidvec_epochs": 10},
        "median_ratio": ratios, "peak_bytes": megabytes * 1e6,
        "rounds": [ms | {"order": CONTENDERS, "load_average": None, "ratios": ratios}],
    }


class Race(unittest.TestCase):
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


if __name__ == "__main__":
    unittest.main()
