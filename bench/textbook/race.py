"""The chapter's program in NumPy against rapidvec: same corpus, same recipe, same cores, in turns.

A round runs textbook.py in float32, textbook.py with --widen (the arithmetic of the program as recorded) and `rapidvec train`, each
round in another order. NumPy's figure is the median of its iterations, forward, backward and update alone; rapidvec's is its whole
training time over its iterations, shuffling and reporting included. A ratio is formed within a round. Exit code 1 when the median
ratio to the recorded program (--widen) is below its bar or rapidvec's peak memory is above its bar.
"""

import argparse
import csv
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common import machine  # noqa: E402  (found through the line above)
from common.racing import made_up_corpus, order, positive  # noqa: E402

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CONTENDERS = ("numpy_float32", "numpy_widen", "rapidvec")
WARM_UP = 20
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def run_numpy(args, widen):
    """One run of the chapter's program: its own summary."""
    command = [sys.executable, HERE / "textbook.py", args.corpus, "--iterations", args.iterations + WARM_UP,
               "--warm-up", WARM_UP, "--quiet", "--seed", 1] + (["--widen"] if widen else [])
    environment = os.environ | {name: str(args.threads) for name in THREAD_VARIABLES}
    output, _ = machine.run(list(map(str, command)), env=environment)
    return json.loads(output)


def ms_per_iteration(log):
    """Training time over iterations, from a log: everything up to its last point."""
    with open(log, newline="", encoding="utf-8") as file:
        rows = [(int(row["epoch"]), int(row["iteration"]), float(row["seconds"])) for row in csv.DictReader(file)]
    if not rows or rows[-1][2] <= 0:
        raise RuntimeError(f"{log}: no training time in this log; the corpus is too short")
    epochs, iteration, seconds = rows[-1]
    # Each epoch has as many; its last point is at most 19 short of its end, which makes rapidvec look slower by that much.
    per_epoch = max(iteration for _, iteration, _ in rows)
    return 1000 * seconds / ((epochs - 1) * per_epoch + iteration)


def run_rapidvec(args, folder):
    """One training run: milliseconds an iteration, peak memory in bytes."""
    log = Path(folder, "loss.csv")
    command = [args.rapidvec, "train", args.corpus, "--trainer", "textbook", "--epochs", args.epochs, "--threads", args.threads,
               "--seed", 1, "--progress", "none", "--log", log, "-o", Path(folder, "model.safetensors"), "--force"]
    _, peak = machine.run(list(map(str, command)))
    return {"ms_per_iteration": ms_per_iteration(log), "peak_bytes": peak}


def run_round(number, args, folder):
    """All contenders once."""
    result = {"order": order(CONTENDERS, number), "load_average": machine.load_average()}
    for name in result["order"]:
        if name == "rapidvec":
            result[name] = run_rapidvec(args, folder)
        else:
            summary = run_numpy(args, widen=name == "numpy_widen")
            result[name] = {"ms_per_iteration": summary["ms_per_iteration_median"], "summary": summary}
        print(f"round {number + 1}: {name} {result[name]['ms_per_iteration']:.4f} ms an iteration", file=sys.stderr, flush=True)
    ours = result["rapidvec"]["ms_per_iteration"]
    result["ratios"] = {name: result[name]["ms_per_iteration"] / ours for name in CONTENDERS[:2]}
    return result


def race(args):
    """All rounds, and what they come to."""
    with tempfile.TemporaryDirectory() as folder:
        rounds = [run_round(number, args, folder) for number in range(args.rounds)]
    summary = rounds[0]["numpy_widen"]["summary"]
    return {
        "machine": machine.describe() | {"load_average_at_end": machine.load_average()},
        "numpy": summary["numpy"], "python": summary["python"], "threads": args.threads,
        "corpus": {"name": Path(args.corpus).name, "tokens": summary["tokens"], "vocabulary": summary["vocabulary"]},
        "iterations": {"numpy": args.iterations, "numpy_warm_up": WARM_UP, "rapidvec_epochs": args.epochs},
        "median_ratio": {name: statistics.median(r["ratios"][name] for r in rounds) for name in CONTENDERS[:2]},
        "peak_bytes": max(r["rapidvec"]["peak_bytes"] for r in rounds),
        "rounds": rounds,
    }


def table(result):
    """The result as markdown."""
    where, corpus = result["machine"], result["corpus"]
    load = " ".join(map(str, where["load_average_at_end"] or ["unknown"]))
    lines = [
        "# All rounds of the comparison with NumPy", "",
        f"{where['processor']}, {result['threads']} of {where['cores']} cores, {where['date']}; NumPy {result['numpy']}, "
        f"Python {result['python']}; load average at the end {load}.",
        f"{corpus['name']}: {corpus['tokens']:,} tokens, {corpus['vocabulary']:,} words. NumPy: median of "
        f"{result['iterations']['numpy']} iterations; rapidvec: mean over {result['iterations']['rapidvec_epochs']} epochs.",
        "",
        "| round | NumPy as recorded, ms | NumPy in float32, ms | rapidvec, ms | ratio, as recorded | ratio, float32 | load before |",
        "|---|---|---|---|---|---|---|",
    ]
    for number, r in enumerate(result["rounds"], 1):
        ms = [r[name]["ms_per_iteration"] for name in ("numpy_widen", "numpy_float32", "rapidvec")]
        load = " ".join(map(str, r["load_average"] or ["unknown"]))
        lines.append(f"| {number} | {ms[0]:.2f} | {ms[1]:.2f} | {ms[2]:.4f} | {r['ratios']['numpy_widen']:.0f} | "
                     f"{r['ratios']['numpy_float32']:.0f} | {load} |")
    ratio = result["median_ratio"]
    lines.append(f"| median | | | | **{ratio['numpy_widen']:.0f}** | **{ratio['numpy_float32']:.0f}** | |")
    lines += ["", f"rapidvec's peak memory: {result['peak_bytes'] / 1e6:.0f} MB."]
    return "\n".join(lines) + "\n"


def faults(result, at_least, most_megabytes):
    """What misses its bar, a sentence each."""
    found = []
    ratio, megabytes = result["median_ratio"]["numpy_widen"], result["peak_bytes"] / 1e6
    if not ratio >= at_least:  # "not >=" so that NaN is a fault
        found.append(f"{ratio:.0f} times faster than the chapter's program as recorded, expected {at_least:g}")
    if not megabytes <= most_megabytes:
        found.append(f"rapidvec took {megabytes:.0f} MB, allowed {most_megabytes:g}")
    return found


def parser():
    """The command line."""
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("corpus", nargs="?", help="text file, words parted by white space; not needed with --smoke")
    p.add_argument("--rapidvec", default=ROOT / "target/release/rapidvec", help="the release binary")
    p.add_argument("--rounds", type=positive, default=3)
    p.add_argument("--iterations", type=positive, default=300, help="iterations of NumPy that count, after 20 that do not")
    p.add_argument("--epochs", type=positive, default=10, help="epochs of rapidvec")
    p.add_argument("--threads", type=positive, default=2, help="cores for each program")
    p.add_argument("--at-least", type=float, default=400, help="how many times faster than the program as recorded")
    p.add_argument("--most-megabytes", type=float, default=200, help="rapidvec's peak memory, in 10^6 bytes")
    p.add_argument("--markdown", default=ROOT / "docs/race.md", help="where the table goes")
    p.add_argument("--json", default=ROOT / "docs/race.json", help="where all numbers go")
    p.add_argument("--smoke", action="store_true", help="one short round on a made-up text, no bar for speed: does it run?")
    return p


def report(result, args):
    """Prints and writes the result."""
    print(table(result))
    for path, text in ((args.markdown, table(result)), (args.json, json.dumps(result, indent=1) + "\n")):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text, encoding="utf-8")
        print(f"wrote {path}", file=sys.stderr)


def smoke(args):
    """One short round; its results go nowhere but to the terminal."""
    args.rounds, args.iterations, args.epochs = 1, 20, 2
    with tempfile.TemporaryDirectory() as folder:
        args.corpus = Path(folder, "corpus.txt")
        made_up_corpus(args.corpus)
        result = race(args)
    print(table(result))
    return faults(result, at_least=0, most_megabytes=args.most_megabytes)


def main():
    args = parser().parse_args()
    if not args.smoke and args.corpus is None:
        parser().error("expected a corpus (or --smoke)")
    try:
        if args.smoke:
            found = smoke(args)
        else:
            result = race(args)
            report(result, args)
            found = faults(result, args.at_least, args.most_megabytes)
    except (OSError, RuntimeError, ValueError) as error:
        sys.exit(f"error: {error}")
    for fault in found:
        print(f"MISSED: {fault}")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
