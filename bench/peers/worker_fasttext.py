"""A single run of fastText: settings as JSON in, timing as JSON out. Run by race.py in the environment of the peers.

Without parts of words (maxn 0, no buckets) fastText is word2vec. Counting and training are one call; how fast training alone was it
says itself, on its error output: words a second and thread, at the end over all of training.
"""

import json
import os
import re
import sys
import tempfile
import time

import fasttext
import fasttext.FastText


def train(asked):
    """The model, and all that fastText said."""
    # There is no argument for the seed, only this default, which is passed on.
    fasttext.FastText.unsupervised_default["seed"] = asked["seed"]
    with tempfile.TemporaryFile() as said:
        shown = os.dup(2)
        os.dup2(said.fileno(), 2)
        try:
            model = fasttext.train_unsupervised(
                asked["corpus"], model=asked["model"], lr=asked["learning_rate"], dim=asked["vector_size"], ws=asked["window"],
                epoch=asked["epochs"], minCount=asked["min_count"], minn=0, maxn=0, bucket=0, neg=asked["negatives"],
                loss="hs" if asked["hierarchical_softmax"] else "ns", thread=asked["threads"], t=asked["subsample"], verbose=2,
            )
        finally:
            os.dup2(shown, 2)
            os.close(shown)
        said.seek(0)
        return model, said.read().decode("utf-8", "replace")


def speed(said, threads):
    """Words a second in training, from fastText's last line about its progress; None if it is not there."""
    rates = re.findall(r"words/sec/thread:\s*(\d+)", said)
    return int(rates[-1]) * threads if rates else None


def write_vectors(model, path):
    """word2vec's binary format."""
    words, rows = model.get_words(), model.get_input_matrix()
    with open(path, "wb") as out:
        out.write(f"{len(words)} {rows.shape[1]}\n".encode())
        for word, row in zip(words, rows):
            out.write(word.encode() + b" " + row.astype("<f4").tobytes())


def main():
    """Trains and saves."""
    asked = json.loads(sys.argv[1])
    start = time.perf_counter()
    model, said = train(asked)
    trained = time.perf_counter()
    if asked.get("model_path"):
        model.save_model(asked["model_path"])
    saved = time.perf_counter()
    if asked.get("vectors_path"):
        write_vectors(model, asked["vectors_path"])
    print(json.dumps({
        "words_per_second": speed(said, asked["threads"]), "save_seconds": saved - trained, "whole_seconds": saved - start,
        "vocabulary": len(model.get_words()),
    }))


if __name__ == "__main__":
    main()
