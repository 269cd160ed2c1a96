"""Which settings give the best vectors? Trains over a grid of settings, sizes and vector sizes, and scores every run.

    python bench/recipe/sweep.py --program target/release/rapidvec --sets FOLDER --results sweep.jsonl \\
        --text en=enwiki-10m.txt:100000,1000000,10000000 --text ko=kowiki.txt:100000,300000

One line of JSON for each run and weight of joining, appended as soon as it is known: a run that is in the file already is not
repeated, so the program can be stopped and started again. `table.py` turns the lines into the tables of docs/recipe.md.

FOLDER has a folder for each language (`en`, `ko`) with files of questions and pairs that `rapidvec eval` reads. One thread a
run, so that seconds are CPU seconds and each run repeats to the bit.
"""

import argparse
import itertools
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

RATES = {"cbow": (0.025, 0.05, 0.1, 0.15), "skipgram": (0.0125, 0.025, 0.05, 0.1)}
WEIGHTS = (0.0, 0.5, 1.0, 1.5, 2.0)
# Small texts are cheap and need more passes.
EPOCHS = {100_000: (5, 20, 80, 160), 1_000_000: (5, 10, 20, 40), 10_000_000: (3, 5, 10, 20)}


def epochs_for(tokens):
    """The numbers of epochs to try: those of the nearest size, by ratio."""
    return EPOCHS[min(EPOCHS, key=lambda size: max(size, tokens) / min(size, tokens))]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="target/release/rapidvec")
    parser.add_argument("--sets", type=Path, required=True)
    parser.add_argument("--results", type=Path, required=True)
    parser.add_argument("--text", action="append", required=True, metavar="LANG=FILE:TOKENS,...")
    parser.add_argument("--sizes", default="100", help="vector sizes, separated by commas")
    parser.add_argument("--samples", default="1e-4", help="thresholds of --subsample")
    parser.add_argument("--models", default="cbow,skipgram")
    parser.add_argument("--rates", help="try these rates only")
    parser.add_argument("--epochs", help="try these numbers of epochs only")
    parser.add_argument("--seeds", default="1")
    parser.add_argument("--recipe", action="store_true", help="train with --recipe best instead of the grid")
    parser.add_argument("--runs", type=int, help="with --recipe: the mean of so many runs")
    return parser.parse_args()


def texts(named):
    """(language, file, tokens) of each text and size."""
    for entry in named:
        language, rest = entry.split("=", 1)
        path, sizes = rest.rsplit(":", 1)
        yield from ((language, path, int(size)) for size in sizes.split(","))


def settings(args):
    """Every combination to train, the cheap ones first."""
    listed = lambda text, kind: [kind(part) for part in text.split(",")]
    for (language, path, tokens), size, sample, seed in itertools.product(
            texts(args.text), listed(args.sizes, int), listed(args.samples, float), listed(args.seeds, int)):
        fixed = {"language": language, "text": Path(path).name, "tokens": tokens, "size": size, "seed": seed}
        if args.recipe:
            yield fixed | {"recipe": "best"} | ({"runs": args.runs} if args.runs else {}), path
            continue
        epochs = listed(args.epochs, int) if args.epochs else epochs_for(tokens)
        for passes, model in itertools.product(epochs, args.models.split(",")):
            for rate in listed(args.rates, float) if args.rates else RATES[model]:
                yield fixed | {"model": model, "rate": rate, "epochs": passes, "sample": sample}, path


def train(program, setting, path, model):
    """Trains one model; the CPU seconds that it took, or None if it diverged."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    how = ["--recipe", "best"] + (["--runs", str(setting["runs"])] if "runs" in setting else [])
    if "recipe" not in setting:
        how = ["--model", setting["model"], "--learning-rate", str(setting["rate"]), "--epochs", str(setting["epochs"]),
               "--subsample", str(setting["sample"])]
    done = subprocess.run([program, "train", path, *how, "--max-tokens", str(setting["tokens"]), "--vector-size",
                           str(setting["size"]), "--seed", str(setting["seed"]), "--threads", "1", "--quiet", "--force", "-o", model],
                          capture_output=True, text=True)
    if done.returncode != 0:
        if "diverged" in done.stderr:
            return None
        raise SystemExit(done.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def evaluate(program, model, weight, sets):
    """Each set's score x 100, and of how many questions or pairs."""
    matrix = ["--matrix", "joined", "--join-weight", str(weight)] if weight else ["--matrix", "input"]
    if weight is None:
        matrix = []  # as the recipe joins them
    done = subprocess.run([program, "eval", model, *matrix, "--format", "json", "--restrict", "30000", "--quiet", *map(str, sets)],
                          check=True, capture_output=True, text=True)
    scores = {}
    for path, entry in zip(sets, json.loads(done.stdout), strict=True):
        value = entry["accuracy"] if "accuracy" in entry else entry["spearman"]
        scores[path.stem] = [None if value is None else 100 * value, entry["total"]]
    return scores


def main():
    args = arguments()
    known = set()
    if args.results.exists():
        for line in args.results.read_text().splitlines():
            record = json.loads(line)
            known.add(json.dumps(record["setting"], sort_keys=True))
    for setting, path in settings(args):
        if json.dumps(setting, sort_keys=True) in known:
            continue
        sets = sorted(args.sets.joinpath(setting["language"]).iterdir())
        with tempfile.TemporaryDirectory() as folder:
            model = os.path.join(folder, "model.safetensors")
            seconds = train(args.program, setting, path, model)
            scored = {}
            if seconds is not None:
                weights = (None,) if args.recipe else WEIGHTS
                scored = {str(weight): evaluate(args.program, model, weight, sets) for weight in weights}
        record = {"setting": setting, "cpu_seconds": seconds and round(seconds, 3), "scores": scored}
        with open(args.results, "a", encoding="utf-8") as out:
            out.write(json.dumps(record) + "\n")
        print(setting, "diverged" if seconds is None else f"{seconds:.1f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
