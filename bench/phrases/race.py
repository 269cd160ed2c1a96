"""Phrases of a text found by gensim and by rapidvec: the same text and settings, in turns, each in a process of its own.

gensim's time is that of `Phrases(LineSentence(file))` and `export_phrases()`, without the start of Python; rapidvec's is that of the whole command
`rapidvec phrases`, whose file is then read. Peak memory is that of the whole process of each. CPU time is shown beside the clock, since a busy machine stretches
the clock. Exit code 1 when the phrases or counts differ, a score differs by more than 1e-9 of it, rapidvec is under 20 times as fast, or takes more memory.
"""

import argparse
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "bench"))
from common import machine  # noqa: E402
from common.racing import made_up_corpus, order, positive  # noqa: E402
from common.report import write_section  # noqa: E402

BAR = 20


def by_gensim(corpus, settings, out):
    """Runs in a child: writes phrases, scores and counts, and prints the seconds."""
    from gensim import __version__
    from gensim.models.phrases import ENGLISH_CONNECTOR_WORDS, Phrases
    from gensim.models.word2vec import LineSentence
    # rapidvec does not cut lines.
    sentences = LineSentence(corpus, max_sentence_length=1 << 40)
    connectors = ENGLISH_CONNECTOR_WORDS if settings["connector_words"] else frozenset()
    cpu, start = time.process_time(), time.perf_counter()
    model = Phrases(sentences, min_count=settings["min_count"], threshold=settings["threshold"], scoring=settings["scoring"],
                    connector_words=connectors)
    found = model.export_phrases()
    seconds = {"clock": time.perf_counter() - start, "cpu": time.process_time() - cpu}
    with open(out, "w", encoding="utf-8") as file:
        json.dump({phrase: (score, model.vocab[phrase]) for phrase, score in found.items()}, file)
    print(json.dumps({**seconds, "version": __version__}))


def race_gensim(args, settings, out):
    """gensim in a process of its own: its phrases, seconds, peak memory."""
    child = [sys.executable, __file__, args.program, args.corpus, "--child", json.dumps(settings), "--out", str(out)]
    output, memory = machine.run(child)
    return json.loads(Path(out).read_text(encoding="utf-8")), json.loads(output), memory


def race_rapidvec(args, settings, out):
    """The same of the command."""
    command = [args.program, "-q", "phrases", args.corpus, "-o", str(out), "--force", "--scoring", settings["scoring"],
               "--min-count", str(settings["min_count"]), "--threshold", str(settings["threshold"])]
    command += ["--connector-words", "english"] if settings["connector_words"] else []
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    _, memory = machine.run(command)
    clock, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    lines = (line.split("\t") for line in Path(out).read_text(encoding="utf-8").splitlines() if not line.startswith("#{"))
    return {"_".join(words): (float(score), int(count)) for score, count, *words in lines}, {"clock": clock, "cpu": cpu}, memory


def disagreement(ours, theirs):
    """What differs, or None."""
    if ours.keys() != theirs.keys():
        apart = sorted(ours.keys() ^ theirs.keys())
        return f"{len(apart)} phrases are found by one only, such as {apart[:5]}"
    for phrase, (score, count) in ours.items():
        their_score, their_count = theirs[phrase]
        if count != their_count or abs(score - their_score) > 1e-9 * max(1.0, abs(their_score)):
            return f"{phrase}: {score} and {count}, gensim has {their_score} and {their_count}"
    return None


def race(args, settings):
    """All rounds with these settings."""
    rounds, wrong = [], None
    with tempfile.TemporaryDirectory() as folder:
        contenders = [("gensim", race_gensim), ("rapidvec", race_rapidvec)]
        for number in range(args.rounds):
            found = {name: run(args, settings, Path(folder, name)) for name, run in order(contenders, number)}
            wrong = wrong or disagreement(found["rapidvec"][0], found["gensim"][0])
            rounds.append({name: {**seconds, "memory": memory} for name, (_, seconds, memory) in found.items()})
            print(f"{settings}, round {number + 1}: {rounds[-1]}", file=sys.stderr, flush=True)
    middle = lambda what: statistics.median(r["gensim"][what] / r["rapidvec"][what] for r in rounds)  # noqa: E731
    return {"settings": settings, "rounds": rounds, "wrong": wrong, "phrases": len(found["rapidvec"][0]), "version": found["gensim"][1]["version"],
            "clock": middle("clock"), "cpu": middle("cpu"), "memory": middle("memory")}


def table(results, args):
    """The results as a section of a page."""
    about = machine.describe()
    lines = [f"`bench/phrases/race.py`, {Path(args.corpus).name}, gensim {results[0]['version']}, {about['processor']}, {about['cores']} cores, "
             f"load {os.getloadavg()[0]:.0f}, {about['date']}; medians of {args.rounds} rounds in turns.", "",
             "| scoring | connector words | phrases | the same as gensim's | faster (clock) | faster (CPU time) | gensim's memory / ours |", "|---|---|---|---|---|---|---|"]
    for result in results:
        settings = result["settings"]
        connectors = "English" if settings["connector_words"] else "none"
        lines.append(f"| {settings['scoring']} | {connectors} | {result['phrases']:,} | {'no' if result['wrong'] else 'yes'} | {result['clock']:.0f} x | "
                     f"{result['cpu']:.0f} x | {result['memory']:.1f} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="the program rapidvec, a release build")
    parser.add_argument("corpus", nargs="?", help="a text, a sentence per line; without it a made-up one, for a trial")
    parser.add_argument("--rounds", type=positive, default=3)
    parser.add_argument("--markdown", help="a page whose section `phrases` is rewritten")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--out", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        by_gensim(args.corpus, json.loads(args.child), args.out)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        is_trial = args.corpus is None
        if is_trial:
            args.corpus = str(Path(folder, "corpus.txt"))
            made_up_corpus(args.corpus)
        both = [{"scoring": "default", "threshold": 10.0, "min_count": 5, "connector_words": False},
                {"scoring": "npmi", "threshold": 0.5, "min_count": 5, "connector_words": True}]
        results = [race(args, settings) for settings in both]
    print(table(results, args))
    if args.markdown:
        write_section(args.markdown, "phrases", table(results, args))
    for result in results:
        if result["wrong"]:
            print(result["wrong"], file=sys.stderr)
    right = not any(result["wrong"] for result in results)
    fast = is_trial or all(result["clock"] >= BAR and result["memory"] > 1 for result in results)
    return 0 if right and fast else 1


if __name__ == "__main__":
    sys.exit(main())
