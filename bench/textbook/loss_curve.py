"""Trains as the chapter's reader did and compares the loss curve with the reader's log, point by point.

The reader's corpus was cut short in its download, after 561,960 tokens, and nobody noticed: 5,619 iterations an epoch. So the same
first tokens are trained on for 8 epochs. Exit code 1 when the curves do not agree (compare_losses.py has the bars).
"""

import argparse
import sys
import tempfile
from pathlib import Path

from compare_losses import compare, read_log

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common import machine  # noqa: E402  (found through the line above)

ROOT = Path(__file__).resolve().parent.parent.parent


def train(args, log, folder):
    """One training run with its log."""
    command = [args.rapidvec, "train", args.corpus, "--trainer", "textbook", "--max-tokens", args.max_tokens, "--epochs", args.epochs,
               "--seed", args.seed, "--progress", "none", "--log", log, "-o", Path(folder, "model.safetensors"), "--force"]
    machine.run(list(map(str, command)))


def draw(args, log):
    """The figure of both curves."""
    where = f"CBOW on the first {args.max_tokens:,} tokens of Penn Treebank, average loss of 20 iterations"
    machine.run(list(map(str, [args.loss_figure, log, args.reference, "--svg", args.figure, "--subtitle", where])))
    print(f"wrote {args.figure}", file=sys.stderr)


def parser():
    """The command line."""
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("corpus", help="Penn Treebank's training text")
    p.add_argument("reference", help="the reader's log: CSV with epoch,iteration,seconds,loss")
    p.add_argument("--rapidvec", default=ROOT / "target/release/rapidvec", help="the release binary")
    p.add_argument("--loss-figure", default=ROOT / "target/release/loss_figure", help="the program that draws")
    p.add_argument("--figure", default=ROOT / "docs/loss.svg", help="where the figure goes")
    p.add_argument("--no-figure", action="store_true", help="compare only")
    p.add_argument("--log", help="keep our log here")
    p.add_argument("--max-tokens", type=int, default=561_960)
    p.add_argument("--epochs", type=int, default=8)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--max-abs", type=float, default=0.03, help="allowed mean absolute deviation")
    p.add_argument("--max-signed", type=float, default=0.02, help="allowed mean signed deviation, either way")
    return p


def main():
    args = parser().parse_args()
    try:
        reference = {point: loss for point, loss in read_log(args.reference).items() if point[0] <= args.epochs}
        if not reference:
            raise ValueError(f"{args.reference}: no points in the first {args.epochs} epochs")
        with tempfile.TemporaryDirectory() as folder:
            log = args.log or Path(folder, "loss.csv")
            train(args, log, folder)
            faults = compare(read_log(log), reference, args.max_abs, args.max_signed)
            if not args.no_figure:
                draw(args, log)
    except (OSError, RuntimeError, ValueError) as error:
        sys.exit(f"error: {error}")
    for fault in faults:
        print(f"OFF: {fault}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
