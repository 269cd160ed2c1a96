"""Compares two training logs: how far our average losses lie from the reference's, point by point.

Both files have the columns epoch, iteration, seconds, loss. Each point of the reference must be in ours; deviations are ours minus
the reference's. Exit code 1 when a point is missing or the mean absolute or mean signed deviation over all points is over its bar.
"""

import argparse
import csv
import statistics
import sys


def read_log(path):
    """The losses by (epoch, iteration)."""
    losses = {}
    with open(path, newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        wanted = {"epoch", "iteration", "loss"}
        if not wanted <= set(rows.fieldnames or []):
            raise ValueError(f"{path}: expected the columns epoch,iteration,seconds,loss, got {rows.fieldnames}")
        for row in rows:
            try:
                point, loss = (int(row["epoch"]), int(row["iteration"])), float(row["loss"])
            except (TypeError, ValueError) as error:
                raise ValueError(f"{path}, line {rows.line_num}: {error}") from error
            if point in losses:
                raise ValueError(f"{path}, line {rows.line_num}: epoch {point[0]}, iteration {point[1]} is there twice")
            losses[point] = loss
    if not losses:
        raise ValueError(f"{path}: no points")
    return losses


def line(name, deviations):
    """Prints one row of the table and returns (mean absolute, mean signed) deviation."""
    absolute, signed = statistics.fmean(map(abs, deviations)), statistics.fmean(deviations)
    print(f"{name:>7} {len(deviations):7} {absolute:14.4f} {signed:+12.4f}")
    return absolute, signed


def compare(ours, reference, max_abs, max_signed):
    """Prints the table; returns what is wrong, a sentence each."""
    deviations = {point: ours[point] - loss for point, loss in reference.items() if point in ours}
    missing = [point for point in reference if point not in ours]
    faults = []
    if missing:
        epoch, iteration = missing[0]
        faults.append(f"{len(missing)} of {len(reference)} points are missing, the first is epoch {epoch}, iteration {iteration}")
    if not deviations:
        return faults
    print("  epoch  points  mean absolute  mean signed")
    for epoch in sorted({epoch for epoch, _ in deviations}):
        line(epoch, [d for (e, _), d in deviations.items() if e == epoch])
    absolute, signed = line("all", list(deviations.values()))
    if not absolute <= max_abs:  # "not <=" so that NaN is a fault
        faults.append(f"mean absolute deviation is {absolute:.4f}, allowed {max_abs}")
    if not abs(signed) <= max_signed:
        faults.append(f"mean signed deviation is {signed:+.4f}, allowed {max_signed} either way")
    return faults


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("ours")
    p.add_argument("reference")
    p.add_argument("--max-abs", type=float, default=0.03)
    p.add_argument("--max-signed", type=float, default=0.02)
    p.add_argument("--epochs", type=int, help="compare the reference's first N epochs only")
    args = p.parse_args()
    try:
        ours, reference = read_log(args.ours), read_log(args.reference)
    except (OSError, ValueError) as error:
        sys.exit(f"error: {error}")
    if args.epochs is not None:
        reference = {point: loss for point, loss in reference.items() if point[0] <= args.epochs}
        if not reference:
            sys.exit(f"error: {args.reference}: no points in the first {args.epochs} epochs")
    faults = compare(ours, reference, args.max_abs, args.max_signed)
    for fault in faults:
        print(f"OFF: {fault}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
