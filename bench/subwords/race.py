"""Subwords: rapidvec, fastText, gensim's FastText and rapidvec's under gensim's names on the same text, in turns.

Each turn trains once with each system, in a process of its own, with n-grams of 3 to 6, 100 numbers, window 5, 5 negatives. Reported are
medians of the turns: words a second of the whole run (raw words of the text times epochs, from reading to the saved model), CPU seconds of training with
the reading, and peak memory; the ratios are formed within a turn. Then the same evaluator, rapidvec's, scores the last models: rare words (pairs with words
that are not in the vocabulary are composed), SimLex-999, WordSim-353, analogies.

    python3 bench/subwords/race.py TEXT --peers PYTHON [--rapidvec PROGRAM] [--rounds 3] [--threads 2] [--sets FILE...] [--model cbow]
    python3 bench/subwords/race.py TEXT --peers PYTHON --systems gensim python    # both FastText classes, nothing but an import differs
    python3 bench/subwords/race.py --smoke --peers PYTHON --systems gensim python # a made text, to see that all of it runs

PYTHON has what --systems asks for: `pip install fasttext-wheel gensim`, and the package rapidvec. fastText's exponent of the counts is 0.5, and cannot be changed; so is gensim's in
`--power 0.5`. All systems use 0.75 where they can.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SYSTEMS = ("fasttext", "gensim", "python", "rapidvec")

#: What the others are compared with, if it runs: the first of these.
OURS = ("rapidvec", "python")

FASTTEXT = """
import json, sys, fasttext
a = json.loads(sys.argv[1])
m = fasttext.train_unsupervised(a["text"], model=a["model"], dim=100, ws=5, neg=5, minCount=5, epoch=a["epochs"], thread=a["threads"],
                                lr=a["rate"], minn=3, maxn=6, t=1e-3, verbose=0)
m.save_model(a["out"])
"""

#: `package` is gensim or rapidvec.gensim. Both write a `.bin`.
GENSIM = """
import json, sys
from {package}.models import FastText
from {package}.models.fasttext import save_facebook_model
a = json.loads(sys.argv[1])
m = FastText(vector_size=100, window=5, negative=5, min_count=5, epochs=a["epochs"], workers=a["threads"], sg=int(a["model"] == "skipgram"),
             alpha=a["rate"], min_n=3, max_n=6, bucket=2000000, sample=1e-3)
m.build_vocab(corpus_file=a["text"])
m.train(corpus_file=a["text"], total_words=m.corpus_total_words, total_examples=m.corpus_count, epochs=a["epochs"])
save_facebook_model(m, a["out"])
"""


def command(system, asked, args):
    """The command line of one run."""
    if system == "rapidvec":
        return [args.rapidvec, "train", asked["text"], "--model", asked["model"], "--subwords", "--epochs", str(asked["epochs"]), "--threads",
                str(asked["threads"]), "--learning-rate", str(asked["rate"]), "-o", asked["out"], "--force", "--progress", "none"]
    packages = {"gensim": "gensim", "python": "rapidvec.gensim"}
    script = FASTTEXT if system == "fasttext" else GENSIM.replace("{package}", packages[system])
    return [args.peers, "-c", script, json.dumps(asked)]


def made_text(folder):
    """A small text, for `--smoke`."""
    path = Path(folder) / "text.txt"
    sentence = "the {} night and the {} nights of the {}\n"
    places = ("bright", "brighter", "dark", "darkness", "north", "northern")
    path.write_text("".join(sentence.format(a, b, c) for a in places for b in places for c in places), encoding="utf-8")
    return str(path)


def run(system, asked, args):
    """Seconds by the clock and of the CPU, and the peak of memory in MB, of one run."""
    start = time.perf_counter()
    child = subprocess.Popen(command(system, asked, args), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = child.stderr.read().decode("utf-8", "replace")
    _, status, used = os.wait4(child.pid, 0)
    if status != 0:
        raise RuntimeError(f"{system} failed:\n{said[-2000:]}")
    return {"wall": time.perf_counter() - start, "cpu": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss / 1000}


def evaluated(args, model):
    """The scores of a model by each set."""
    scores = {}
    for path in args.sets:
        output = subprocess.run([args.rapidvec, "eval", model, path, "--restrict", "30000", "--format", "json"], capture_output=True, text=True, check=True)
        scores[Path(path).stem] = json.loads(output.stdout)
    return scores


def main():
    """Reads the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", nargs="?")
    parser.add_argument("--smoke", action="store_true", help="one round on a small made text")
    parser.add_argument("--peers", default=sys.executable, help="a Python with fastText and gensim")
    parser.add_argument("--rapidvec", default="target/release/rapidvec")
    parser.add_argument("--model", choices=("skipgram", "cbow"), default="skipgram")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--systems", nargs="+", default=SYSTEMS, choices=SYSTEMS)
    parser.add_argument("--sets", nargs="*", default=[])
    args = parser.parse_args()
    if args.smoke:
        args.rounds, args.epochs = 1, 1
        with tempfile.TemporaryDirectory() as folder:
            args.text = made_text(folder)
            race(args)
    elif args.text is None:
        parser.error("TEXT is missing")
    else:
        race(args)


def race(args):
    """Races and reports."""
    with open(args.text, "rb") as text:
        words = sum(len(line.split()) for line in text)
    print(f"{args.text}: {words} words, {args.model}, {args.epochs} epochs, {args.threads} threads; {platform.processor() or platform.machine()}, "
          f"load {os.getloadavg()[0]:.1f}")
    rate = {"skipgram": 0.025, "cbow": 0.05}[args.model]
    with tempfile.TemporaryDirectory() as folder:
        asked = {s: {"text": args.text, "model": args.model, "epochs": args.epochs, "threads": args.threads, "rate": rate,
                     "out": f"{folder}/{s}.{'safetensors' if s == 'rapidvec' else 'bin'}"} for s in args.systems}
        rounds = [{s: run(s, asked[s], args) for s in args.systems} for _ in range(args.rounds)]
        for system in args.systems:
            medians = {key: statistics.median(turn[system][key] for turn in rounds) for key in ("wall", "cpu", "peak_mb")}
            speed = words * args.epochs / medians["wall"] / 1e6
            line = f"{system:9} {speed:7.3f} M words/s, CPU {medians['cpu']:8.1f} s, {medians['peak_mb']:6.0f} MB"
            ours = next((name for name in OURS if name in args.systems), None)
            if system not in OURS and ours is not None:
                ratios = [statistics.median(turn[system][key] / turn[ours][key] for turn in rounds) for key in ("wall", "cpu")]
                line += f"; {ours}: {ratios[0]:.1f} x by the clock, {ratios[1]:.1f} x by CPU time"
            print(line)
        for system in args.systems:
            for name, score in evaluated(args, asked[system]["out"]).items():
                print(system, name, json.dumps(score)[:600])


if __name__ == "__main__":
    main()
