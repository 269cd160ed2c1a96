"""The bar that the loss curve has to pass must itself be able to fail. Run with `python -m unittest` in this folder."""

import contextlib
import io
import tempfile
import unittest
from pathlib import Path

from compare_losses import compare, read_log

REFERENCE = {(1, 1): 4.16, (1, 21): 4.15, (2, 1): 2.30, (2, 21): 2.25}


def faults(shift):
    """What compare() finds when each loss is moved by shift(point's place in the list)."""
    ours = {point: loss + shift(i) for i, (point, loss) in enumerate(REFERENCE.items())}
    with contextlib.redirect_stdout(io.StringIO()):
        return compare(ours, REFERENCE, max_abs=0.03, max_signed=0.02)


class Compare(unittest.TestCase):
    def test_accepts_small_deviations(self):
        self.assertEqual(faults(lambda i: 0.019), [])
        self.assertEqual(faults(lambda i: 0.029 * (-1) ** i), [])

    def test_refuses_a_bias_either_way(self):
        self.assertIn("signed", faults(lambda i: 0.021)[0])
        self.assertIn("signed", faults(lambda i: -0.021)[0])

    def test_refuses_deviations_that_cancel(self):
        self.assertIn("absolute", faults(lambda i: 0.031 * (-1) ** i)[0])

    def test_refuses_nan(self):
        self.assertEqual(len(faults(lambda i: float("nan"))), 2)

    def test_refuses_missing_points(self):
        ours = {point: loss for point, loss in REFERENCE.items() if point != (2, 21)}
        with contextlib.redirect_stdout(io.StringIO()):
            self.assertIn("1 of 4 points are missing", compare(ours, REFERENCE, 0.03, 0.02)[0])
            self.assertIn("4 of 4", compare({}, REFERENCE, 0.03, 0.02)[0])


class ReadLog(unittest.TestCase):
    def read(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "log.csv")
            path.write_text(text, encoding="utf-8")
            return read_log(path)

    def test_reads_points(self):
        self.assertEqual(self.read("epoch,iteration,seconds,loss\n1,21,5,4.16\n"), {(1, 21): 4.16})

    def test_refuses_what_is_not_a_log(self):
        for text in ("", "epoch,iteration,seconds,loss\n", "epoch,loss\n1,2\n",
                     "epoch,iteration,seconds,loss\n1,1,0,x\n", "epoch,iteration,seconds,loss\n1,1\n",
                     "epoch,iteration,seconds,loss\n1,1,0,4\n1,1,0,4\n"):
            with self.subTest(text), self.assertRaises(ValueError):
                self.read(text)


if __name__ == "__main__":
    unittest.main()
