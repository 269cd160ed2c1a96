"""The chapter's program in NumPy: trains CBOW or SkipGram on a text and says how long an iteration takes.

This is the program rapidvec is measured against. It follows the chapter's algorithm step by step (README.md has the list) and is
checked against recorded runs by check_fixtures.py. Loss lines go to stderr, the timing to stdout as one JSON object.
"""

import argparse
import contextlib
import csv
import json
import math
import statistics
import sys

import numpy as np

from layers import UnigramSampler
from models import MODELS, initial_weights
from training import Adam, Trainer


def read_ids(path, max_tokens=None):
    """The text as ids by first appearance, and the words in that order. A line's end is the word `<eos>`."""
    try:
        with open(path, encoding="utf-8") as file:
            tokens = file.read().replace("\n", "<eos>").strip().split()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not UTF-8 text: {error}") from error
    word_to_id = {}
    ids = [word_to_id.setdefault(word, len(word_to_id)) for word in tokens[:max_tokens]]
    return np.array(ids, dtype=np.int64), list(word_to_id)


def contexts_and_target(ids, window):
    """For every position with a full window: the 2w ids around it, left to right, and its own id."""
    target = ids[window:len(ids) - window]
    offsets = [o for o in range(-window, window + 1) if o != 0]
    contexts = np.stack([ids[window + o:window + o + len(target)] for o in offsets], axis=1)
    return contexts, target


def number_types(widen):
    """The types of labels and of Adam's step size: those that keep float32, or those that widen it as in the recorded program."""
    return (np.int32, np.float64) if widen else (np.float32, float)


def build_trainer(args, ids, vocab_size, report):
    """A trainer with fresh weights; everything random comes from one seeded generator."""
    rng = np.random.RandomState(args.seed)
    w_in = initial_weights(vocab_size, args.vector_size, rng)
    w_out = initial_weights(vocab_size, args.vector_size, rng)
    sampler = UnigramSampler(np.bincount(ids, minlength=vocab_size), args.negatives, rng=rng)
    label_type, step_type = number_types(args.widen)
    model = MODELS[args.model](w_in, w_out, args.window, sampler, label_type)
    return Trainer(model, Adam(step_type=step_type), rng, report)


def reporter(quiet, log):
    """A function that takes each loss point to the terminal and to the log."""
    writer = csv.writer(log, lineterminator="\n") if log else None
    if writer:
        writer.writerow(["epoch", "iteration", "seconds", "loss"])

    def report(p):
        if not quiet:
            print(f"| epoch {p.epoch} |  iter {p.iteration} / {p.iterations} | time {int(p.seconds)}[s] | loss {p.loss:.2f}",
                  file=sys.stderr, flush=True)
        if writer:
            writer.writerow([p.epoch, p.iteration, f"{p.seconds:.3f}", f"{p.loss:.6f}"])
            log.flush()

    return report


def summary(args, step_seconds, tokens, vocab_size):
    """What was run and how long an iteration took, without those before the warm-up's end."""
    counted = step_seconds[args.warm_up:]
    if not counted:
        raise ValueError(f"nothing left to time: {len(step_seconds)} iterations ran, {args.warm_up} are warm-up")
    return {
        "ms_per_iteration_median": round(1000 * statistics.median(counted), 3),
        "ms_per_iteration_mean": round(1000 * statistics.fmean(counted), 3),
        "iterations": len(step_seconds), "iterations_timed": len(counted),
        "model": args.model, "tokens": tokens, "vocabulary": vocab_size, "vector_size": args.vector_size,
        "window": args.window, "batch_size": args.batch_size, "negatives": args.negatives, "seed": args.seed, "widened": args.widen,
        "numpy": np.__version__, "python": sys.version.split()[0],
    }


def at_least(least):
    """A reader of whole numbers from `least` up, for argparse."""

    def number(text):
        if int(text) < least:
            raise argparse.ArgumentTypeError(f"expected {least} or more, got {text}")
        return int(text)

    return number


positive = at_least(1)


def parser():
    """The command line, its defaults the chapter's settings."""
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("corpus", help="text file, words parted by white space")
    p.add_argument("--max-tokens", type=positive, help="use the first N tokens only; the vocabulary is theirs")
    p.add_argument("--epochs", type=positive, default=10)
    p.add_argument("--iterations", type=positive, default=math.inf, help="stop after N iterations in all")
    p.add_argument("--warm-up", type=at_least(0), default=0, help="leave the first N iterations out of the timing")
    p.add_argument("--model", choices=sorted(MODELS), default="cbow")
    p.add_argument("--window", type=positive, default=5)
    p.add_argument("--vector-size", type=positive, default=100)
    p.add_argument("--batch-size", type=positive, default=100)
    p.add_argument("--negatives", type=positive, default=5)
    p.add_argument("--seed", type=at_least(0), default=1)
    p.add_argument("--widen", action="store_true", help="widen to float64 where the recorded program did; slower")
    p.add_argument("--log", help="write epoch,iteration,seconds,loss to this CSV file")
    p.add_argument("--quiet", action="store_true", help="no loss lines on the terminal")
    return p


def train(args):
    """Reads, trains, and returns the summary."""
    ids, words = read_ids(args.corpus, args.max_tokens)
    least = args.batch_size + 2 * args.window
    if len(ids) < least:
        raise ValueError(f"{args.corpus}: one batch needs {least} tokens, got {len(ids)}")
    with contextlib.ExitStack() as stack:
        log = stack.enter_context(open(args.log, "w", newline="", encoding="utf-8")) if args.log else None
        trainer = build_trainer(args, ids, len(words), reporter(args.quiet, log))
        trainer.fit(*contexts_and_target(ids, args.window), args.epochs, args.batch_size, args.iterations)
    return summary(args, trainer.step_seconds, len(ids), len(words))


def main():
    args = parser().parse_args()
    try:
        print(json.dumps(train(args)))
    except (OSError, ValueError) as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
