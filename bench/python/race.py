"""The Python package and gensim in turns: training, feeding, columns, small models, questions, files.

    python bench/python/race.py all enwiki-10m.txt          all parts, about half an hour on two cores
    python bench/python/race.py train enwiki-10m.txt        one part: train, feed, arrow, toy or query
    python bench/python/race.py all --smoke                 seconds, on a made-up text, no targets: does everything run?
    python bench/python/race.py --rewrite                   measure nothing, rewrite the page from its JSON file

The Python that runs it needs rapidvec, gensim and pyarrow. Each side runs in a process of its own, in turns; a ratio is formed within a
round, and the median of the rounds counts. Writes the figures to docs/python-speed.json and the page docs/python-speed.md; parts that do
not run keep theirs. Exit code 1 when a target is missed.
"""

import argparse
import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common import machine  # noqa: E402
from common.racing import made_up_corpus, positive  # noqa: E402
from page import bar_text, markdown  # noqa: E402
from parts import PARTS  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
WORKER = Path(__file__).with_name("worker.py")
# As in bench/peers; what is not named has the default of both.
SETTINGS = {"vector_size": 100, "epochs": 5, "min_count": 5, "sample": 1e-4}


@dataclasses.dataclass
class Context:
    """What the parts need to know."""

    corpus: Path
    korean: Path | None
    questions: Path | None
    pairs: Path | None
    python: str
    work: Path
    rounds: int
    settings: dict
    say: Callable[[str], None]
    restrict: int = 30_000
    times: int = 200
    many_words: int = 1_000_000
    many: int = 1000
    file_words: int = 200_000
    instructions: str = "avx2"

    def run(self, job, side, asked):
        """A job of one side, in its own process."""
        output, _ = machine.run([self.python, str(WORKER), job, side, json.dumps(asked)])
        return json.loads(output)

    def program(self, *arguments):
        """The command line that is in the package."""
        machine.run([self.python, "-m", "rapidvec", *arguments])

    def load_average(self):
        """That of now."""
        return machine.load_average()


def instructions():
    """What the processor can do, as far as targets differ."""
    try:
        return "avx512" if " avx512f" in Path("/proc/cpuinfo").read_text(encoding="utf-8") else "avx2"
    except OSError:
        return "avx2"


def parser():
    """The command line."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("part", nargs="?", choices=["all", *PARTS], help="what to measure")
    p.add_argument("corpus", nargs="?", type=Path, help="text file, a sentence a line (default: a made-up text)")
    p.add_argument("--korean", type=Path, help="a Korean text, also packed by xz, for the part feed")
    p.add_argument("--shared", type=Path, default=os.environ.get("RAPIDVEC_SHARED"),
                   help="folder with questions-words.txt and ws353.txt, itself or in its folder eval (default: RAPIDVEC_SHARED)")
    p.add_argument("--rounds", type=positive, help="rounds of each comparison (default 3, toy 5)")
    p.add_argument("--workers", type=positive, default=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
                   help="threads of each side (default: one for each core)")
    p.add_argument("--sample", type=float, default=SETTINGS["sample"], help="subsampling of frequent words (default 1e-4, as in bench/peers; gensim's own 1e-3)")
    p.add_argument("--python", default=sys.executable, help="the Python with rapidvec, gensim and pyarrow (default: this one)")
    p.add_argument("--json", type=Path, default=ROOT / "docs/python-speed.json")
    p.add_argument("--markdown", type=Path, default=ROOT / "docs/python-speed.md")
    p.add_argument("--rewrite", action="store_true", help="measure nothing")
    p.add_argument("--smoke", action="store_true", help="short, on a made-up text, no targets; writes nothing unless --json is given")
    return p


def eval_file(folder, name):
    """A file of questions; None where it is not there."""
    places = [Path(folder, "eval", name), Path(folder, name)] if folder else []
    return next((path for path in places if path.is_file()), None)


def say(text):
    """Prints progress."""
    print(f"{time.strftime('%H:%M:%S')}  {text}", file=sys.stderr, flush=True)


def context_of(args, part, work):
    """What a part is measured with."""
    rounds = args.rounds or (1 if args.smoke else 5 if part == "toy" else 3)
    corpus = args.corpus
    if corpus is None:
        corpus = work / "text"
        made_up_corpus(corpus, tokens=20_000 if args.smoke else 10_000_000, words=300 if args.smoke else 200_000)
    common = {"corpus": corpus, "korean": args.korean, "questions": eval_file(args.shared, "questions-words.txt"), "python": args.python,
              "pairs": eval_file(args.shared, "ws353.txt"), "work": work, "rounds": rounds, "say": say,
              "settings": SETTINGS | {"workers": args.workers, "sample": args.sample}}
    small = {"times": 3, "many_words": 2000, "many": 20, "file_words": 500, "questions": None, "korean": corpus}
    return Context(**(common | (small if args.smoke else {})), instructions=instructions())


def measure(args, part):
    """A part's figures, with where and when."""
    with tempfile.TemporaryDirectory() as work:
        context = context_of(args, part, Path(work))
        about = machine.describe() | {"instructions": context.instructions, "load_average": machine.load_average()}
        found = PARTS[part](context)
        text = {"name": context.corpus.name if args.corpus else "made up", "bytes": context.corpus.stat().st_size}
        return found | {"machine": about, "versions": context.run("versions", "rapidvec", {}), "text": text, "rounds_run": context.rounds}


def write(args, result):
    """The figures and their page."""
    args.json.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    args.markdown.write_text(markdown(result), encoding="utf-8")


def main():
    args = parser().parse_args()
    kept = json.loads(args.json.read_text(encoding="utf-8")) if args.json.exists() else {}
    if args.rewrite:
        return write(args, kept)
    if args.part is None:
        parser().error("name a part, or all")
    writes = not args.smoke or args.json != parser().get_default("json")
    bars = []
    for part in PARTS if args.part == "all" else [args.part]:
        try:
            found = measure(args, part)
        except (RuntimeError, subprocess.SubprocessError) as error:
            sys.exit(f"{part}: {error}")
        kept, bars = kept | {part: found}, bars + found["bars"]
        if writes:
            write(args, kept)
    if args.smoke:
        return 0
    for found in bars:
        print(f"{'met' if found['met'] else 'MISSED'}: {bar_text(found)}")
    return int(not all(found["met"] for found in bars))


if __name__ == "__main__":
    sys.exit(main())
