"""The race's arithmetic, its bars, its files. Run with `python -m unittest` in this folder."""

import argparse
import contextlib
import io
import json
import re
import struct
import tempfile
import types
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import race  # first: it finds what all races share
import environment
import front_page
import parts
import picture
import quality
import report
import systems
from measuring import Journal, bar, bar_text, mean, rounds, summary


def silent(_):
    """Says nothing."""


def round_of(**speeds):
    """A round with these speeds, in M words/s."""
    return {"order": list(speeds)} | {name: {"words_per_second": speed * 1e6, "whole_seconds": 10 / speed} for name, speed in speeds.items()}


def task(model, *found):
    """A task as a part keeps it."""
    return {"model": model, "rounds": list(found)} | summary(list(found))


PLACE = {"machine": {"processor": "A & B", "cores": 2, "date": "2025-01-31", "system": "Linux"}, "threads": 2,
         "versions": {"gensim": "4.4.0", "numpy": "2", "python": "3.11.7", "rapidvec": "0.1"}}


def result():
    """A result with every part."""
    skipgram = task("skipgram", round_of(gensim=0.7, fasttext=0.5, rapidvec=14.0))
    cbow = task("cbow", round_of(gensim=2.0, fasttext=1.0, rapidvec=15.0))
    scaled = task("skipgram", {"order": ["1 thread", "2 threads"], "1 thread": {"words_per_second": 5e6}, "2 threads": {"words_per_second": 9e6}})
    scaled |= summary(scaled["rounds"], "2 threads")
    unknown = {"analogy": None, "ws353": None, "simlex": None}
    means = {"skipgram": {"gensim": unknown | {"analogy": 29.0}, "rapidvec": {"analogy": 28.04, "ws353": 0.5678, "simlex": None}},
             "cbow": {"fasttext": unknown | {"analogy": 30.0}, "gensim-1": {"msr": 25.1}}}
    needed = {"matrix": 60e6, "id": 40e6, "vocabulary": 3e6}
    made = {
        "speed": {"tasks": [skipgram, cbow], "bars": parts.times_gensim("speed", [skipgram, cbow])},
        "whole": {"tasks": [skipgram], "counting": {"tokens_per_second": 50e6}, "bars": []},
        "scaling": {"tasks": [scaled], "bars": []},
        "memory": {"peak_bytes": {"gensim": 300e6, "rapidvec": 110e6}, "needed_bytes": needed, "bars": []},
        "quality": {"epochs": 5, "seeds": 3, "restrict": 30_000, "words": 71_000, "mean": means, "bars": []},
        "large": {"words": 10**6, "tokens": 10**8, "trained_words_per_second_a_core": 2e6, "whole": {"peak_bytes": 1.4e9},
                  "needed_bytes": needed, "bars": []},
    }
    return {"corpus": {"name": "x.txt", "tokens": 10_000_000, "vocabulary": 71_000}, "parts": {name: PLACE | part for name, part in made.items()}}


class Measuring(unittest.TestCase):
    def test_ratios_are_formed_within_a_round(self):
        # The machine was half as fast in the second round, and gensim was disturbed in the third.
        found = [round_of(gensim=1, rapidvec=10), round_of(gensim=0.5, rapidvec=5), round_of(gensim=0.1, rapidvec=10)]
        self.assertAlmostEqual(summary(found)["ratio"]["gensim"], 10)
        self.assertAlmostEqual(summary(found)["median"]["gensim"], 0.5e6)
        self.assertEqual(summary([round_of(gensim=1, fasttext=2)])["ratio"], {})

    def test_all_take_turns(self):
        asked = []

        def measure(name, number):
            asked.append((number, name))
            return {"words_per_second": 1.0}

        found = rounds(("a", "b"), 2, measure, silent)
        self.assertEqual(asked, [(0, "a"), (0, "b"), (1, "b"), (1, "a")])
        self.assertEqual([r["order"] for r in found], [["a", "b"], ["b", "a"]])

    def test_bars_can_be_missed(self):
        self.assertTrue(bar("x", 17.0, 17)["met"])
        self.assertFalse(bar("x", 16.9, 17)["met"])
        self.assertTrue(bar("x", 1.1, 1.1, at_least=False)["met"])
        self.assertFalse(bar("x", 1.2, 1.1, at_least=False)["met"])
        for unknown in (None, float("nan")):
            self.assertFalse(bar("x", unknown, 1, at_least=False)["met"])
            self.assertFalse(bar("x", unknown, 1)["met"])
        self.assertEqual(bar_text(bar("speed", 16.94, 17, unit=" times")), "speed: 16.94 times (at least 17 times)")
        self.assertIn("not measured", bar_text(bar("speed", None, 17)))

    def test_mean_of_what_is_there(self):
        self.assertEqual(mean([1, None, 3]), 2)
        self.assertIsNone(mean([None]))

    def test_journal_continues_only_on_request(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "deep", "journal.jsonl")
            first = Journal(path, resume=False)
            self.assertEqual(first.measure({"b": 1, "a": 2}, lambda: {"x": 1}), {"x": 1})
            self.assertEqual(first.measure({"a": 2, "b": 1}, self.fail), {"x": 1})
            with open(path, "a", encoding="utf-8") as out:
                out.write('{"key": "cut')
            again = Journal(path, resume=True)
            self.assertEqual(again.measure({"a": 2, "b": 1}, self.fail), {"x": 1})
            self.assertEqual(again.measure({"a": 2, "b": 1}, lambda: {"x": 2}, valid=lambda value: value["x"] > 1), {"x": 2})
            self.assertEqual(Journal(path, resume=False).measure({"a": 2, "b": 1}, lambda: {"x": 3}), {"x": 3})


class Bars(unittest.TestCase):
    def test_speed_is_held_against_gensim(self):
        slow, fast = (task("skipgram", round_of(gensim=1, rapidvec=times)) for times in (16, 18))
        self.assertFalse(parts.times_gensim("speed", [slow])[0]["met"])
        self.assertTrue(parts.times_gensim("speed", [fast])[0]["met"])
        alone = task("skipgram", round_of(rapidvec=20))
        self.assertFalse(parts.times_gensim("speed", [alone])[0]["met"], "a bar that was not measured is not met")
        self.assertEqual(parts.times_gensim("whole", [task("cbow", round_of(gensim=1, rapidvec=1))]), [])

    def test_quality_may_fall_a_little_behind(self):
        def bars(**ours):
            theirs = {"analogy": 29.0, "ws353": 0.57, "simlex": 0.26}
            return [found["met"] for found in parts.quality_bars({"cbow": {"gensim": theirs, "rapidvec": theirs | ours}})]

        self.assertEqual(bars(), [True] * 3)
        self.assertEqual(bars(analogy=28.6, ws353=0.565, simlex=0.3), [True] * 3)
        self.assertEqual(bars(analogy=28.4, ws353=0.55, simlex=None), [False] * 3)
        self.assertEqual([found["met"] for found in parts.quality_bars({"cbow": {"rapidvec": {}}})], [False] * 3)

    def test_memory_is_held_against_what_is_needed(self):
        needed = {"matrix": 60, "id": 30, "vocabulary": 10}
        self.assertTrue(parts.memory_bar("m", 110, needed)["met"])
        self.assertFalse(parts.memory_bar("m", 111, needed)["met"])
        self.assertFalse(parts.memory_bar("m", None, needed)["met"])

    def test_the_exit_code_shows_missed_bars_and_failures(self):
        met, missed = {"bars": [bar("x", 2, 1)]}, {"bars": [bar("x", 0, 1)]}
        for done, failed, code in (({"a": met}, [], 0), ({"a": met, "b": missed}, [], 1), ({"a": met}, ["no luck"], 1)):
            with contextlib.redirect_stdout(io.StringIO()) as out:
                self.assertEqual(race.verdict(done, failed), code)
            self.assertEqual("MISSED" in out.getvalue(), "b" in done)
            self.assertEqual("no luck" in out.getvalue(), bool(failed))


class Parts(unittest.TestCase):
    def test_a_part_that_fails_does_not_stop_the_next(self):
        def fails(_):
            raise RuntimeError("no luck")

        context = types.SimpleNamespace(say=silent, threads=2, version="0", env=environment.Environment(Path("python")))
        kept, old = {}, dict(race.PARTS)
        race.PARTS.update(speed=fails, d300=lambda _: {"bars": []})
        try:
            failed = race.run_parts(context, ["speed", "d300"], kept.__setitem__)
        finally:
            race.PARTS.update(old)
        self.assertEqual(list(kept), ["d300"])
        self.assertIn("part speed: RuntimeError: no luck", failed[0])

    def test_without_a_corpus_it_races_on_a_generated_text_and_does_not_change_docs(self):
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder, "zipf-{}-{}.txt".format(*race.MADE_UP))
            made.write_text("", encoding="utf-8")
            args = race.parser().parse_args(["--work", folder])
            race.fill_in(args, silent)
            self.assertEqual((args.corpus, args.out), (made, Path(folder)))
            self.assertNotIn("quality", args.parts)
            self.assertRaises(RuntimeError, race.fill_in, race.parser().parse_args(["--work", folder, "--parts", "quality"]), silent)
            args = race.parser().parse_args(["x.txt"])
            race.fill_in(args, silent)
            self.assertEqual((args.out, args.parts), (race.ROOT / "docs", list(race.PARTS)))

    def test_programs_elsewhere_are_not_built(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertRaisesRegex(RuntimeError, "has no rapidvec", race.build, Path(folder), silent)

    def test_names_are_known_and_in_order(self):
        self.assertEqual(race.parts_list("large, speed"), ["speed", "large"])
        with self.assertRaisesRegex(argparse.ArgumentTypeError, "no such parts: fast; there are speed, "):
            race.parts_list("fast")
        self.assertEqual(race.systems_list("rapidvec,gensim"), ["gensim", "rapidvec"])

    def test_earlier_parts_stay_if_the_text_is_the_same(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "peers.json")
            self.assertEqual(race.earlier(path, {"name": "x"}), {})
            path.write_text(json.dumps({"corpus": {"name": "x"}, "parts": {"speed": {}}}), encoding="utf-8")
            self.assertEqual(race.earlier(path, {"name": "x"}), {"speed": {}})
            self.assertEqual(race.earlier(path, {"name": "y"}), {})
            path.write_text("{", encoding="utf-8")
            self.assertEqual(race.earlier(path, {"name": "x"}), {})

    def test_settings_are_those_of_the_bars(self):
        asked = systems.settings("cbow", 2, vector_size=300)
        self.assertEqual((asked["learning_rate"], asked["vector_size"], asked["window"], asked["negatives"]), (0.05, 300, 5, 5))
        self.assertEqual((asked["subsample"], asked["min_count"], asked["threads"]), (1e-4, 5, 2))
        self.assertRaises(ValueError, systems.settings, "cbow", 2, size=300)
        self.assertEqual(systems.flags(asked, ["vector_size", "min_count"]), ["--vector-size", "300", "--min-count", "5"])

    def test_fasttext_gets_another_try(self):
        answers = [RuntimeError("Encountered NaN."), "done"]

        def run():
            answer = answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        self.assertEqual(systems.patiently(run, silent), "done")
        answers[:] = [RuntimeError("out of memory"), "done"]
        self.assertRaises(RuntimeError, systems.patiently, run, silent)
        answers[:] = [RuntimeError("Encountered NaN.")] * 9
        self.assertRaises(RuntimeError, systems.patiently, run, silent, tries=3)
        self.assertEqual(len(answers), 6)


class Quality(unittest.TestCase):
    def write(self, path, rows, line_ends):
        body = b"".join(word.encode() + b" " + struct.pack("<2f", *row) + (b"\n" if line_ends else b"") for word, row in rows.items())
        Path(path).write_bytes(f"{len(rows)} 2\n".encode() + body)

    def test_vectors_get_one_order_and_only_common_words(self):
        with tempfile.TemporaryDirectory() as folder:
            ours, theirs, out = (Path(folder, name) for name in ("a", "b", "c"))
            # 10.0 has the byte of a space in it, 2.6e-9 that of a line end.
            self.write(ours, {"the": (1, 2), "of": (10.0, 4), "só": (2.6e-9, 6), "b": (7, 8)}, line_ends=False)
            self.write(theirs, {"</s>": (0, 0), "só": (1, 1), "the": (2, 2), "of": (3, 3)}, line_ends=True)
            words = quality.common_words([ours, theirs])
            self.assertEqual([word.decode() for word in words], ["the", "of", "só"])
            quality.write_ordered(theirs, words, out)
            size, rows = quality.read_vectors(out)
            self.assertEqual((size, [word.decode() for word in rows]), (2, ["the", "of", "só"]))
            self.assertEqual([struct.unpack("<2f", row)[0] for row in rows.values()], [2, 3, 1])
            theirs.write_bytes(theirs.read_bytes()[:-3])
            self.assertRaises(ValueError, quality.read_vectors, theirs)

    def test_scores_are_those_of_the_evaluator(self):
        output = json.dumps([
            {"file": "q", "method": "add", "accuracy": 0.285, "correct": 57, "total": 200, "out_of_vocabulary": 3, "sections": []},
            {"file": "p", "spearman": 0.57, "total": 300, "out_of_vocabulary": 3},
            {"file": "p", "spearman": None, "total": 0, "out_of_vocabulary": 3},
            {"file": "q", "accuracy": None, "correct": 0, "total": 0, "out_of_vocabulary": 3, "sections": []},
        ])
        first, *rest = quality.scores(output)
        self.assertAlmostEqual(first, 28.5)
        self.assertEqual(rest, [0.57, None, None])

    def test_sets_are_found_in_a_folder_or_in_its_folder_eval(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertIsNone(quality.find_sets([None, folder], quality.SETS))
            quality.made_up_sets(Path(folder, "eval"))
            for files in (quality.SETS, quality.MORE_SETS):
                found = quality.find_sets([None, folder], files)
                self.assertEqual(found, quality.find_sets([Path(folder, "eval")], files))
                self.assertEqual({measure: path.name for measure, path in found.items()}, {m: Path(f).name for m, f in files.items()})

    def test_gensim_comes_once_more_on_one_thread(self):
        def found(systems, threads):
            return parts.contenders(types.SimpleNamespace(systems=systems, threads=threads))

        self.assertEqual(found(["gensim", "fasttext", "rapidvec"], 2),
                         [("gensim", "gensim", 2), ("gensim-1", "gensim", 1), ("fasttext", "fasttext", 12), ("rapidvec", "rapidvec", 2)])
        self.assertEqual(found(["gensim", "rapidvec"], 1), [("gensim", "gensim", 1), ("rapidvec", "rapidvec", 1)])

    def test_means_are_of_what_was_measured(self):
        runs = [{"model": "cbow", "system": "gensim", "seed": seed, "analogy": 30.0 + seed, "men": 0.5} for seed in (1, 2)]
        self.assertEqual(parts.means_of(runs, "cbow", "gensim"), {"analogy": 31.5, "men": 0.5})

    def test_firsts_are_rapidvecs(self):
        self.assertEqual(parts.ours_first(["gensim", "fasttext", "rapidvec"]), ["rapidvec", "gensim", "fasttext"])


class Files(unittest.TestCase):
    def test_tables_show_every_part(self):
        text = report.markdown(result())
        for line in ("| SkipGram | 0.70 | 0.50 | 14.00 | 20.0 x | 28.0 x |", "| SkipGram | 14.29 | 20.00 | 0.71 | 20.0 x | 28.0 x |",
                     "| SkipGram | 300 | 110 |", "| SkipGram | 5.00 | 9.00 | 1.80 x |", "| SkipGram, rapidvec | 28.0 | - | 0.568 | - |", "| CBOW, gensim on 1 thread | - | 25.1 | - | - |",
                     "Counting and encoding alone: 50.0 M tokens/s.", "2.00 M words per second and core", "= 103.0 MB",
                     "`x.txt`: 10,000,000 tokens, 71,000 words", "2 threads on 2 cores, Linux, 2025-01-31; gensim 4.4.0, NumPy 2, Python 3.11.7"):
            self.assertIn(line, text)
        self.assertIn("met: SkipGram, training, over gensim: 20 times (at least 17 times)", text)

    def test_who_did_not_race_has_no_version(self):
        alone = result()
        place = {"versions": PLACE["versions"] | {"fasttext": "0.9.3"}}
        alone["parts"] = {"memory": alone["parts"]["memory"] | place}
        self.assertNotIn("fastText", report.markdown(alone))
        self.assertIn("; gensim 4.4.0, NumPy 2", report.markdown(alone))
        alone["parts"]["speed"] = result()["parts"]["speed"] | place
        self.assertIn("fastText 0.9.3", report.markdown(alone))

    def test_parts_of_several_days_say_so(self):
        several = result()
        several["parts"]["whole"] = several["parts"]["whole"] | {"machine": PLACE["machine"] | {"date": "2025-02-01"}}
        self.assertIn("\nwhole: A & B, 2 threads on 2 cores, Linux, 2025-02-01", report.markdown(several))

    def test_the_picture_has_a_bar_for_each_speed(self):
        drawn = ElementTree.fromstring(picture.picture(result()))
        bars = [shape for shape in drawn.iter("{http://www.w3.org/2000/svg}rect")]
        self.assertEqual([shape.get("class") for shape in bars], ["gensim", "fasttext", "rapidvec"] * 2)
        widths = [float(shape.get("width")) for shape in bars]
        self.assertAlmostEqual(widths[5] / widths[3], 7.5, places=1)
        self.assertLessEqual(max(widths) + picture.LEFT, picture.WIDTH)
        self.assertIn("prefers-color-scheme: dark", picture.picture(result()))

    def test_a_readme_gets_the_table_between_its_marks(self):
        readme = f"before\n{front_page.BEGIN}old\n{front_page.END}\nafter\n"
        written = front_page.fill(readme, result())
        self.assertTrue(written.startswith(f"before\n{front_page.BEGIN}| `x.txt`") and written.endswith(f"\n{front_page.END}\nafter\n"))
        for line in (
            "| `x.txt`, 10.0 M tokens | gensim | fastText | rapidvec | over gensim |",
            "| SkipGram, M words/s | 0.70 | 0.50 | 14.0 | **20x** |",
            "| CBOW, M words/s | 2.00 | 1.00 | 15.0 | **7.5x** |",
            "| SkipGram, text to saved model, s | 14.3 | 20.0 | 0.71 | **20x** |",
            "| SkipGram, peak memory, MB | 300 |  | 110 |  |",
            "| SkipGram, analogies, % correct | 29.0 |  | 28.0 |  |",
            "| CBOW, analogies, % correct |  | 30.0 |  |  |",
            "| SkipGram, WordSim-353, Spearman |  |  | 0.568 |  |",
            "A & B, 2 threads, 2025-01-31; gensim 4.4.0, rapidvec 0.1; medians of 1 alternating rounds, ",
            "quality after 5 epochs, mean of 3 seeds, analogies over the 30,000 most frequent words.",
            "`python bench/peers/race.py x.txt`",
        ):
            self.assertIn(line, written)
        for absent in ("old", "SimLex", "300 dimensions", "hierarchical", "Targets:", "None"):
            self.assertNotIn(absent, written)
        self.assertEqual(front_page.fill(written, result()), written)
        self.assertRaises(ValueError, front_page.fill, "no marks", result())

    def test_the_table_has_only_what_was_measured(self):
        some = result()
        some["parts"] = {"hs": {**PLACE, "tasks": [task("cbow", round_of(rapidvec=15.0))], "bars": []}}
        self.assertEqual(front_page.whole_table(some, front_page.ENGLISH).splitlines()[0], "| `x.txt`, 10.0 M tokens | rapidvec |")
        self.assertIn("| CBOW, hierarchical softmax, M words/s | 15.0 |", front_page.whole_table(some, front_page.ENGLISH))
        some["parts"] = {}
        marks = f"{front_page.BEGIN}\n{front_page.END}"
        self.assertEqual(front_page.fill(marks, some), marks)

    def test_parts_of_several_days_say_so_on_the_front_page(self):
        several = result()
        several["parts"]["quality"] = several["parts"]["quality"] | {"machine": PLACE["machine"] | {"date": "2025-02-01"}}
        told = front_page.notes(several, front_page.ENGLISH)
        self.assertIn("A & B, 2 threads, 2025-01-31 (training, text to model, memory); ", told)
        self.assertIn("A & B, 2 threads, 2025-02-01 (quality); ", told)

    def test_the_korean_page_has_the_same_table(self):
        self.assertEqual(list(front_page.KOREAN), list(front_page.ENGLISH))
        self.assertEqual(list(front_page.KOREAN["day"]), list(front_page.ENGLISH["day"]))
        korean = front_page.language_of(Path("README.ko.md"))
        marks = f"{front_page.BEGIN}{front_page.END}"
        self.assertIn("| SkipGram, 초당 백만 단어 | 0.70 | 0.50 | 14.0 | **20배** |", front_page.fill(marks, result(), korean))
        self.assertIs(front_page.language_of(Path("README.md")), front_page.ENGLISH)

    def test_what_is_in_the_tree_says_what_was_measured(self):
        again = "; run `python bench/peers/race.py --rewrite --readme README.md --readme README.ko.md`"
        measured = json.loads((race.ROOT / "docs/peers.json").read_text(encoding="utf-8"))
        for name, text in {"peers.md": report.markdown(measured), "peers.svg": picture.picture(measured)}.items():
            self.assertEqual((race.ROOT / "docs" / name).read_text(encoding="utf-8"), text, name + again)
        for name in ("README.md", "README.ko.md"):
            readme = (race.ROOT / name).read_text(encoding="utf-8")
            self.assertEqual(front_page.fill(readme, measured, front_page.language_of(Path(name))), readme, name + again)
            for times in front_page.headline(measured):
                self.assertRegex(readme.split("```")[0], rf"(?<![\d.]){re.escape(times)}(?![\d.])", f"{name}: its first lines say how many times")

    def test_rewriting_measures_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            (folder / "peers.json").write_text(json.dumps(result()), encoding="utf-8")
            (folder / "R.ko.md").write_text(front_page.BEGIN + front_page.END, encoding="utf-8")
            race.rewrite(race.parser().parse_args(["--rewrite", "--out", str(folder), "--readme", str(folder / "R.ko.md")]), silent)
            self.assertIn("**20배**", (folder / "R.ko.md").read_text(encoding="utf-8"))
            self.assertEqual((folder / "peers.md").read_text(encoding="utf-8"), report.markdown(result()))

    def test_nothing_raced_nothing_drawn(self):
        nothing = {"corpus": result()["corpus"], "parts": {}}
        self.assertEqual(picture.picture(nothing), "")
        self.assertIn("x.txt", report.markdown(nothing))


class Environment(unittest.TestCase):
    def test_a_python_that_is_not_there_has_no_peers(self):
        self.assertEqual(environment.versions("no-such-python-anywhere"), {})

    def test_what_cannot_be_installed_is_reported(self):
        with tempfile.TemporaryDirectory() as folder:
            blocked = Path(folder, "file")
            blocked.write_text("in the way", encoding="utf-8")
            env = environment.prepare(blocked / "venv", ["gensim", "fasttext"], silent)
            self.assertEqual((env.versions, sorted(env.missing)), ({}, ["fasttext", "gensim"]))
            self.assertTrue(all(env.missing.values()))

    def test_the_end_of_a_message_counts(self):
        self.assertEqual(environment.last_line(RuntimeError("pip: exit code 1: a\nb\nERROR: no match\n")), "ERROR: no match")


if __name__ == "__main__":
    unittest.main()
