"""The systems that race, and one run of each: same text, same settings, own process.

A run gives `words_per_second` (training alone: raw words of the text, also the rare ones and those that subsampling drops, times
epochs), `whole_seconds` (from the text to a saved model, without starting Python) and `peak_bytes` of the whole process.
rapidvec's training alone is timed by `engine_speed`, its whole run is the command line's, from its first to its last moment.
"""

import json
import sys
import time
from pathlib import Path

from common import machine

HERE = Path(__file__).resolve().parent
SYSTEMS = ("gensim", "fasttext", "rapidvec")
# gensim once more in the part `quality`, on one worker: see README.md, "What the same settings cannot make the same".
ALONE = "gensim-1"
NAMES = {"gensim": "gensim", "fasttext": "fastText", "rapidvec": "rapidvec", ALONE: "gensim on 1 thread"}
LEARNING_RATE = {"skipgram": 0.025, "cbow": 0.05}
MODELS = {"skipgram": "SkipGram", "cbow": "CBOW"}


def settings(model, threads, **changes):
    """The settings of the bars, where they are not changed."""
    base = {"model": model, "vector_size": 100, "window": 5, "negatives": 5, "subsample": 1e-4, "min_count": 5, "epochs": 1,
            "learning_rate": LEARNING_RATE[model], "hierarchical_softmax": False, "threads": threads, "seed": 1}
    unknown = set(changes) - set(base)
    if unknown:
        raise ValueError(f"no such setting: {', '.join(sorted(unknown))}")
    return base | changes


def flags(asked, names):
    """Some settings as flags of a command line."""
    return [part for name in names for part in (f"--{name.replace('_', '-')}", str(asked[name]))]


def run_peer(context, system, asked, paths):
    """gensim or fastText, in a Python of its own."""
    job = asked | {"corpus": str(context.corpus)} | {name: str(path) for name, path in paths.items()}
    command = [str(context.env.python), str(HERE / f"worker_{system}.py"), json.dumps(job)]
    output, peak = patiently(lambda: machine.run(command), context.say)
    found = json.loads(output) | {"peak_bytes": peak}
    if "train_seconds" in found:
        found["words_per_second"] = context.tokens * asked["epochs"] / found["train_seconds"]
    if not found.get("words_per_second"):
        raise RuntimeError(f"{NAMES[system]} did not say how fast it was: the text is too short")
    return found


def patiently(run, say, tries=5):
    """Runs again if fastText gives up: with few threads it trains on rows without initial weights. Those of a large matrix are zeros,
    like all new memory; those of a small one hold old bytes, which may not be numbers."""
    for left in reversed(range(tries)):
        try:
            return run()
        except RuntimeError as error:
            if left == 0 or "Encountered NaN" not in str(error):
                raise
            say("fastText found a NaN among weights that it never set, and gave up; once more")


def run_engine(context, asked, paths):
    """rapidvec's trainer alone."""
    names = ["model", "vector_size", "window", "negatives", "subsample", "min_count", "epochs", "threads", "seed", "learning_rate"]
    command = [context.program("engine_speed"), context.corpus, "--json", *flags(asked, names)]
    command += ["--hierarchical-softmax"] if asked["hierarchical_softmax"] else []
    command += ["--save", paths["vectors_path"]] if "vectors_path" in paths else []
    output, _ = machine.run(list(map(str, command)))
    found = json.loads(output)
    return found | {"words_per_second": found["tokens"] * asked["epochs"] / found["train_seconds"]}


def run_rapidvec(context, asked, paths):
    """`rapidvec train`, as a user runs it."""
    if asked["hierarchical_softmax"] or asked["learning_rate"] != LEARNING_RATE[asked["model"]]:
        raise ValueError("a whole run is one with negative sampling and the model's own learning rate")
    names = ["model", "vector_size", "window", "negatives", "subsample", "min_count", "epochs", "threads", "seed"]
    command = [context.program("rapidvec"), "train", context.corpus, "--trainer", "word2vec", *flags(asked, names),
               "--progress", "none", "--force", "-o", paths["model_path"]]
    start = time.perf_counter()
    _, peak = machine.run(list(map(str, command)))
    return {"whole_seconds": time.perf_counter() - start, "peak_bytes": peak}


def train(context, system, asked, **paths):
    """Training alone. `vectors_path`: where vectors go, in word2vec's binary format."""
    return run_engine(context, asked, paths) if system == "rapidvec" else run_peer(context, system, asked, paths)


def whole(context, system, asked):
    """From text to saved model."""
    folder = context.fresh_folder("model")
    if system == "rapidvec":
        found = run_rapidvec(context, asked, {"model_path": folder / "model.safetensors"})
    else:
        found = run_peer(context, system, asked, {"model_path": folder / "model.bin"})
    return found | {"words_per_second": context.tokens * asked["epochs"] / found["whole_seconds"],
                    "model_bytes": sum(file.stat().st_size for file in folder.iterdir())}


def identity(context, system):
    """What distinguishes the builds of a system."""
    if system != "rapidvec":
        return {"version": context.env.versions[system]}
    built = [Path(context.program(name)).stat() for name in ("rapidvec", "engine_speed")]
    return {"version": context.version, "built": [[b.st_size, b.st_mtime_ns] for b in built]}


def count(program, corpus, runs=1, threads=0):
    """Tokens and vocabulary of a text, and the seconds that counting and encoding took in each run."""
    output, _ = machine.run([str(program), str(corpus), "--runs", str(runs), "--threads", str(threads), "--json"])
    return json.loads(output)


def python_version():
    """This Python's."""
    return ".".join(map(str, sys.version_info[:3]))
