"""What the race makes of figures. Run with `python -m unittest` in this folder."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import page
import parts
import worker


class Parts(unittest.TestCase):
    def test_a_ratio_is_formed_within_a_round_and_the_median_counts(self):
        rounds = [{"gensim": {"seconds": slow}, "rapidvec": {"seconds": fast}} for slow, fast in ((10, 1), (100, 50), (30, 10))]
        self.assertEqual(parts.ratio(rounds, "gensim", "rapidvec"), 3)
        self.assertEqual(parts.middle(rounds, "gensim"), 30)

    def test_a_target_that_was_not_measured_is_missed(self):
        self.assertFalse(parts.bar("x", None, 1)["met"])
        self.assertFalse(parts.bar("x", float("nan"), 1)["met"])
        self.assertTrue(parts.bar("x", 1, 1)["met"])
        self.assertTrue(parts.bar("x", 1, 1, at_least=False)["met"])
        self.assertFalse(parts.bar("x", 1.1, 1, at_least=False)["met"])

    def test_quality_is_compared_with_the_command_line(self):
        scores = {("lists", "rapidvec"): {"analogies": 30.0, "ws353": 0.58}, ("file", "command"): {"analogies": 30.6, "ws353": 0.58}}
        self.assertEqual([found["met"] for found in parts.quality_bars(1, scores)], [False, True])
        unknown = {name: {"analogies": None, "ws353": None} for name in scores}
        self.assertEqual([found["met"] for found in parts.quality_bars(1, unknown)], [False, False])


class Turns(unittest.TestCase):
    def test_a_thread_that_has_to_wait_notes_it(self):
        with worker.Turns() as turns:
            sum(range(10_000_000))  # one call of C, which lets nobody in
        self.assertGreater(max(turns.waits), 0.03)


class Race(unittest.TestCase):
    def test_without_figures_there_is_a_page(self):
        self.assertIn("# Speed of the Python package", page.markdown({}))

    def test_the_page_is_written_anew_from_the_figures(self):
        kept = Path(__file__).resolve().parents[2] / "docs/python-speed.json"
        if not kept.exists():
            self.skipTest("no figures yet")
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, str(Path(__file__).with_name("race.py")), "--rewrite", "--json", str(kept), "--markdown", f"{folder}/page.md"]
            subprocess.run(command, check=True)
            self.assertEqual(Path(folder, "page.md").read_text(encoding="utf-8"), page.markdown(json.loads(kept.read_text(encoding="utf-8"))))
            self.assertEqual(Path(folder, "page.md").read_text(encoding="utf-8"), kept.with_suffix(".md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    unittest.main()
