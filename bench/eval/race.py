"""Analogies answered by gensim and by rapidvec: the same vectors, the same questions, the same cores, in turns.

gensim's time is that of its call `evaluate_word_analogies`, within a process that has the vectors in memory and has answered one question before.
rapidvec's is that of the same: reading the questions and answering them, in a process (`eval_speed`) that has the vectors and has answered one
question. The table also has the wall clock of the whole command `rapidvec eval`: process, opening and checking the model, reading the questions, answering.
Each round runs all of them, each round in the other order; a ratio is formed within a round. Exit code 1 when the counts of any section
differ, or when the median ratio of the calls is below its bar.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "bench"))
from common import machine  # noqa: E402
from common.report import write_section  # noqa: E402

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def gensim_counts(vectors, questions, restrict):
    """Counts by section, the last over all, and the seconds of the call."""
    start = time.perf_counter()
    _, sections = vectors.evaluate_word_analogies(str(questions), restrict_vocab=restrict)
    seconds = time.perf_counter() - start
    return [(len(s["correct"]), len(s["correct"]) + len(s["incorrect"])) for s in sections], seconds


def command_counts(command):
    """The same of a run of the whole command."""
    start = time.perf_counter()
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    seconds = time.perf_counter() - start
    (found,) = json.loads(output)
    return [(s["correct"], s["total"]) for s in [*found["sections"], found]], seconds


def rapidvec_counts(command):
    """The same of rapidvec's call within a process."""
    found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return [tuple(counts) for counts in found["counts"]], found["seconds"]


def warm_up(vectors, folder):
    """gensim calculates norms at its first call; that is not the answering of questions."""
    one = Path(folder, "one.txt")
    one.write_text(": one\n" + " ".join(vectors.index_to_key[:4]) + "\n", encoding="utf-8")
    gensim_counts(vectors, one, 10)


def race(args):
    """All rounds: the figures of each, and the sections that disagree."""
    from gensim import __version__
    from gensim.models import KeyedVectors
    vectors = KeyedVectors.load_word2vec_format(args.vectors, binary=args.vectors.endswith(".bin"))
    asked = [args.model, args.questions, "--restrict", str(args.restrict)]
    contenders = {
        "gensim": lambda: gensim_counts(vectors, args.questions, args.restrict),
        "rapidvec": lambda: rapidvec_counts([Path(args.programs, "eval_speed"), *asked]),
        "command": lambda: command_counts([Path(args.programs, "rapidvec"), "eval", *asked, "--format", "json"]),
    }
    rounds, differ = [], False
    with tempfile.TemporaryDirectory() as folder:
        warm_up(vectors, folder)
    for number in range(args.rounds):
        found = {name: contenders[name]() for name in (list(contenders) if number % 2 == 0 else reversed(contenders))}
        differ |= any(counts != found["gensim"][0] for counts, _ in found.values())
        rounds.append({name: found[name][1] for name in contenders})
        print(f"round {number + 1}: gensim {rounds[-1]['gensim']:.2f} s, rapidvec {rounds[-1]['rapidvec']:.4f} s, {ratio(rounds[-1]):.0f} times faster; "
              f"the whole command {rounds[-1]['command']:.3f} s", file=sys.stderr, flush=True)
    correct, asked = found["rapidvec"][0][-1]
    return {"gensim": __version__, "words": len(vectors), "vector_size": vectors.vector_size, "restrict": args.restrict,
            "cores": os.cpu_count(), "load_average": os.getloadavg(), "correct": correct, "asked": asked, "same_counts": not differ,
            "rounds": rounds, "median_ratio": statistics.median(map(ratio, rounds)),
            "median_ratio_of_the_command": statistics.median(ratio(r, "command") for r in rounds)}


def ratio(seconds, name="rapidvec"):
    """How many times faster than gensim within a round."""
    return seconds["gensim"] / seconds[name]


def table(result, args):
    """The results for people."""
    where = machine.describe()
    rounds = [f"| {number} | {r['gensim']:.2f} | {r['rapidvec']:.4f} | {ratio(r):.0f} | {r['command']:.3f} | {ratio(r, 'command'):.0f} |"
              for number, r in enumerate(result["rounds"], 1)]
    return "\n".join([
        f"{where['processor']}, {where['cores']} cores, {where['date']}; load average {machine.load_average()}; gensim {result['gensim']}.", "",
        f"{result['words']} words x {result['vector_size']}, restricted to the {result['restrict']} most frequent; {result['asked']} questions asked, "
        f"{result['correct']} answered correctly by both" + ("." if result["same_counts"] else "; the counts differ."), "",
        "| round | gensim's call, s | rapidvec's call, s | ratio | whole command, s | ratio to the command |",
        "|---|---|---|---|---|---|", *rounds, "",
        f"Median: {result['median_ratio']:.0f} times as fast (target: {args.at_least:g}); the whole command, which also starts the program and opens and checks the "
        f"model: {result['median_ratio_of_the_command']:.0f} times."])


def parser():
    """The command line."""
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("vectors", help="word2vec text, or binary where it ends in .bin, for gensim")
    p.add_argument("model", help="the same vectors for rapidvec")
    p.add_argument("questions", help="questions-words.txt")
    p.add_argument("--programs", default=str(ROOT / "target/release"), help="folder of the release binaries rapidvec and eval_speed")
    p.add_argument("--restrict", type=int, default=30_000, help="the most frequent words take part")
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--threads", type=int, default=2, help="cores for gensim's matrix products; rapidvec takes all there are")
    p.add_argument("--at-least", type=float, default=50, help="how many times faster")
    p.add_argument("--json", help="where all numbers go")
    p.add_argument("--markdown", help="write the results as a section of this file")
    return p


def main():
    args = parser().parse_args()
    os.environ.update({name: str(args.threads) for name in THREAD_VARIABLES})  # before NumPy is loaded
    result = race(args)
    print(json.dumps(result, indent=1))
    if args.json:
        Path(args.json).write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    if args.markdown:
        write_section(args.markdown, "analogies", table(result, args))
    if not result["same_counts"]:
        sys.exit("MISSED: the counts differ")
    if not result["median_ratio"] >= args.at_least:  # "not >=" so that NaN is a fault
        sys.exit(f"MISSED: {result['median_ratio']:.1f} times faster, expected {args.at_least:g}")


if __name__ == "__main__":
    main()
