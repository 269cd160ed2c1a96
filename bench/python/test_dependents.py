"""Reading and showing outcomes. Run with `python -m unittest` in this folder."""

import tempfile
import unittest
from pathlib import Path

import dependents
from outcomes import Outcomes, read_outcomes, table
from programs import PROGRAMS

RESULTS = """<testsuites><testsuite>
  <testcase classname="tests.test_a" name="test_right"/>
  <testcase classname="tests.test_a" name="test_wrong"><failure message="assert"/></testcase>
  <testcase classname="tests.test_a" name="test_left_out"><skipped message="no data"/></testcase>
  <testcase classname="" name="tests.test_b"><error message="collection failure"/></testcase>
  <testcase classname="tests.test_a" name="test_unclean"/>
  <testcase classname="tests.test_a" name="test_unclean"><error message="teardown"/></testcase>
</testsuite></testsuites>"""


class Reading(unittest.TestCase):
    def test_every_kind_of_outcome_is_told_apart(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "results.xml")
            path.write_text(RESULTS, encoding="utf-8")
            self.assertEqual(read_outcomes(path), {
                "tests.test_a::test_right": "passed", "tests.test_a::test_wrong": "failed", "tests.test_a::test_left_out": "skipped",
                "tests.test_b": "failed", "tests.test_a::test_unclean": "failed"})


class Comparison(unittest.TestCase):
    def test_a_test_is_lost_if_it_passes_with_gensim_only(self):
        gensim = {"a": "passed", "b": "passed", "c": "failed", "d": "skipped", "e": "passed"}
        result = Outcomes("walks", "1.0", gensim, {"a": "passed", "b": "failed", "c": "passed", "d": "failed"})
        self.assertEqual(result.lost(), ["b", "e"])

    def test_the_table_names_what_is_lost(self):
        text = table([Outcomes("walks", "1.0", {"a": "passed"}, {"a": "failed"}), Outcomes("nodes", "2", {"a": "passed"}, {"a": "passed"}, own=False)])
        self.assertIn("| walks 1.0 | 1 passed | 0 passed, 1 failed | 1 |", text)
        self.assertIn("| nodes 2 (our tests) | 1 passed | 1 passed | 0 |", text)
        self.assertTrue(text.endswith("Only with gensim:\n\n- walks: `a`\n"))


class Tests(unittest.TestCase):
    def test_our_own_files_are_there(self):
        folder = Path(dependents.__file__).parent / "programs"
        self.assertTrue(all((folder / program.ours).exists() for program in PROGRAMS.values() if program.ours))


if __name__ == "__main__":
    unittest.main()
