"""gensim and rapidvec on the same files: load binary, load text, write text.

Run from the repository's root, with a Python that has gensim:

    cargo build --release -p rapidvec-bench --bin load_speed
    python bench/formats/race.py --words 100000 --size 300

Both sides take turns; the ratio, formed in each round, says how many times faster rapidvec is, and its median is held to the bar: exit
code 1 when one is missed.
Files are read from a warm cache. rapidvec flushes what it writes to disk and gensim does not: that counts against rapidvec.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))
from common import machine  # noqa: E402
from common.racing import positive  # noqa: E402
from common.report import write_section  # noqa: E402

BARS = {"load binary": 5, "load text": 10, "write text": 10}


def make(words, size):
    """Vectors as training leaves them: about normal, and words of 2 to 12 letters."""
    import numpy
    from gensim.models import KeyedVectors
    rng = numpy.random.default_rng(1)
    vectors = KeyedVectors(size)
    letters = numpy.array(list("abcdefghijklmnopqrstuvwxyz"))
    names = ["".join(letters[rng.integers(0, 26, rng.integers(2, 8))]) + str(i) for i in range(words)]
    vectors.add_vectors(names, rng.normal(0, 0.1, (words, size)).astype(numpy.float32))
    return vectors


def timed(function, *args, **options):
    start = time.perf_counter()
    result = function(*args, **options)
    return time.perf_counter() - start, result


def ours(program, *args):
    """Seconds of each operation that the program prints."""
    out = subprocess.run([program, *map(str, args)], check=True, capture_output=True, text=True).stdout
    return {name: float(seconds) for name, seconds in map(str.split, out.splitlines())}


def same(path, vectors):
    """Fails unless gensim finds in `path` what `vectors` hold."""
    import numpy
    from gensim.models import KeyedVectors
    read = KeyedVectors.load_word2vec_format(path, binary=False)
    if read.index_to_key != vectors.index_to_key or not numpy.array_equal(read.vectors, vectors.vectors):
        sys.exit(f"{path}: other words or numbers than were written")


def race(args, vectors):
    """Seconds of each operation, of gensim and of rapidvec, by round."""
    from gensim.models import KeyedVectors
    seconds = {name: [] for name in BARS}
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        binary, text, written = (Path(folder) / name for name in ("a.bin", "a.txt", "b.txt"))
        vectors.save_word2vec_format(binary, binary=True)
        vectors.save_word2vec_format(text, binary=False)
        for _ in range(args.rounds):
            gensim = timed(KeyedVectors.load_word2vec_format, binary, binary=True)[0]
            run = ours(args.program, binary, "--write", written)
            seconds["load binary"].append((gensim, run["load"]))
            gensim = timed(KeyedVectors.load_word2vec_format, text, binary=False)[0]
            seconds["load text"].append((gensim, ours(args.program, text)["load"]))
            gensim = timed(vectors.save_word2vec_format, text, binary=False)[0]
            seconds["write text"].append((gensim, run["write"]))
        same(written, vectors)
    return seconds


def table(args, seconds):
    """The results for people, and what was missed."""
    from gensim import __version__
    where = machine.describe()
    lines = [f"{where['processor']}, {where['cores']} cores, {where['date']}; load average {machine.load_average()}; gensim {__version__}.", "",
             f"{args.words} words x {args.size}; median of {args.rounds} rounds, ratios formed in each.", "",
             "| operation | gensim, s | rapidvec, s | ratios | median | target |", "|---|---|---|---|---|---|"]
    missed = []
    for name, bar in BARS.items():
        gensim, rapidvec = (statistics.median(side) for side in zip(*seconds[name]))
        ratios = [theirs / ours for theirs, ours in seconds[name]]
        ratio = statistics.median(ratios)
        each = ", ".join(f"{ratio:.1f}" for ratio in ratios)
        lines.append(f"| {name} | {gensim:.3f} | {rapidvec:.3f} | {each} | {ratio:.1f} | {bar} |")
        if not ratio >= bar:  # "not >=" so that NaN is a fault
            missed.append(f"{name}: {ratio:.1f} times as fast, expected {bar}")
    return "\n".join(lines), missed


def parser():
    """The command line."""
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--words", type=positive, default=100_000)
    p.add_argument("--size", type=positive, default=300, help="numbers per word")
    p.add_argument("--rounds", type=positive, default=3)
    p.add_argument("--program", default=ROOT / "target/release/load_speed", help="the release binary")
    p.add_argument("--folder", help="where files of a few gigabytes may lie for a while")
    p.add_argument("--markdown", help="write the results as a section of this file")
    return p


def main():
    args = parser().parse_args()
    text, missed = table(args, race(args, make(args.words, args.size)))
    print(text)
    if args.markdown:
        write_section(args.markdown, "formats", text)
    if missed:
        sys.exit("MISSED: " + "; ".join(missed))


if __name__ == "__main__":
    main()
