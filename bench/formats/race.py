"""gensim and quickvec on the same files: load binary, load text, write text.

Run from the repository's root, with a Python that has gensim:

    cargo build --release -p quickvec-bench --bin load_speed
    python bench/formats/race.py --words 100000 --size 300

Both sides take turns; the figure is the median of the rounds, and the ratio says how many times faster quickvec is.
Files are read from a warm cache. quickvec flushes what it writes to disk and gensim does not: that counts against quickvec.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy
from gensim.models import KeyedVectors

ROOT = Path(__file__).resolve().parents[2]
BARS = {"load binary": 5, "load text": 10, "write text": 10}


def make(words, size):
    """Vectors as training leaves them: about normal, and words of 2 to 12 letters."""
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
    read = KeyedVectors.load_word2vec_format(path, binary=False)
    if read.index_to_key != vectors.index_to_key or not numpy.array_equal(read.vectors, vectors.vectors):
        sys.exit(f"{path}: other words or numbers than were written")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--words", type=int, default=100_000)
    parser.add_argument("--size", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--program", default=ROOT / "target/release/load_speed")
    parser.add_argument("--folder", help="where files of a few gigabytes may lie for a while")
    args = parser.parse_args()
    vectors = make(args.words, args.size)
    seconds = {name: {"gensim": [], "quickvec": []} for name in BARS}
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        binary, text, written = (Path(folder) / name for name in ("a.bin", "a.txt", "b.txt"))
        vectors.save_word2vec_format(binary, binary=True)
        vectors.save_word2vec_format(text, binary=False)
        for _ in range(args.rounds):
            seconds["load binary"]["gensim"].append(timed(KeyedVectors.load_word2vec_format, binary, binary=True)[0])
            run = ours(args.program, binary, "--write", written)
            seconds["load binary"]["quickvec"].append(run["load"])
            seconds["write text"]["quickvec"].append(run["write"])
            seconds["load text"]["gensim"].append(timed(KeyedVectors.load_word2vec_format, text, binary=False)[0])
            seconds["load text"]["quickvec"].append(ours(args.program, text)["load"])
            seconds["write text"]["gensim"].append(timed(vectors.save_word2vec_format, text, binary=False)[0])
        same(written, vectors)
    print(f"{args.words} words x {args.size}, median of {args.rounds}, seconds")
    for name, bar in BARS.items():
        gensim, quickvec = (statistics.median(seconds[name][who]) for who in ("gensim", "quickvec"))
        print(f"{name:12} gensim {gensim:8.3f}  quickvec {quickvec:8.3f}  ratio {gensim / quickvec:6.1f}  (bar {bar})")


if __name__ == "__main__":
    main()
