"""Chooses mutants for the corpus of the fuzz targets: the smallest for each reason for which a file is refused, and some that open.

    python bench/hostile/collect.py tests/fuzz/corpus --rapidvec target/release/rapidvec --mutants 400

A reason is a message without its numbers and words, so the corpus reaches every refusal that the mutants reached.
"""

import argparse
import concurrent.futures
import re
import tempfile
from pathlib import Path

import attack
import formats
import running

# What shows the reason, for each kind.
SHOWS = {"corpus": ["vocab", "M"], "questions": ["eval", "S", "M"]}
MOST_BYTES = 4000
# A checkpoint is larger; the fuzz target makes its own.
KINDS = [kind for kind in formats.KINDS if kind != "checkpoint"]


def spread(found, most):
    """At most `most` of them, evenly spread."""
    return found if len(found) <= most else [found[place * len(found) // most] for place in range(most)]


def reason(kind, code, messages):
    """The kind, and the message without what belongs to one file."""
    message = messages.decode(errors="replace").strip().splitlines() or [""]
    message = re.sub(r"`[^`]*`|\"[^\"]*\"|'[^']*'", "X", message[-1] if code else message[0])
    message = re.sub(r"\b(?:0x[0-9a-f]+|[0-9a-f]{16,})\b", "N", message)
    return kind, code, re.sub(r"[-+]?\d[\d,.e+-]*", "N", message)[:100]


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--rapidvec", default="target/release/rapidvec")
    parser.add_argument("--mutants", type=int, default=400, help="of each kind [400]")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=int, default=16, help="files of a kind [16]")
    options = parser.parse_args()
    program = str(Path(options.rapidvec).resolve())
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        seeds = attack.seeds(program, work)

        def look(one):
            kind, number = one
            data = formats.mutant(kind, seeds, options.seed, number)
            path = work / f"{kind}-{number}"
            path.write_bytes(data)
            places = {"M": path.name, "S": "seed.a"}
            done = running.run([program, *(places.get(word, word) for word in SHOWS.get(kind, ["verify", "M"]))], work, b"", len(data))
            return reason(kind, done.code, done.messages.replace(path.name.encode(), b"M")), data

        chosen = {}
        wanted = [(kind, number) for kind in KINDS for number in range(options.mutants)]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for why, data in pool.map(look, wanted):
                if len(data) <= MOST_BYTES and len(data) < len(chosen.get(why, b"x" * (MOST_BYTES + 1))):
                    chosen[why] = data
    for kind in KINDS:
        folder = Path(options.folder, kind)
        folder.mkdir(parents=True, exist_ok=True)
        found = sorted((why[1:], data) for why, data in chosen.items() if why[0] == kind)
        for place, ((code, message), data) in enumerate(spread(found, options.most)):
            name = re.sub(r"[^a-z]+", "-", re.sub(r"\b[NXM]\b|error: ", "", message).lower()).strip("-")[:40].strip("-")
            (folder / f"{place:02}-{name or 'opens'}").write_bytes(data)
        print(f"{kind}: {len(found)} reasons, {min(len(found), options.most)} kept")


if __name__ == "__main__":
    main()
