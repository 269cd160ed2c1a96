"""A single run of gensim: settings as JSON in, timing as JSON out. Run by race.py in the environment of the peers."""

import json
import sys
import time

from gensim.models import Word2Vec


def main():
    """Counts, trains and saves; each is timed separately."""
    asked = json.loads(sys.argv[1])
    hs, start = asked["hierarchical_softmax"], time.perf_counter()
    model = Word2Vec(
        vector_size=asked["vector_size"], window=asked["window"], min_count=asked["min_count"], alpha=asked["learning_rate"],
        sg=int(asked["model"] == "skipgram"), hs=int(hs), negative=0 if hs else asked["negatives"], sample=asked["subsample"],
        workers=asked["threads"], seed=asked["seed"], epochs=asked["epochs"],
    )
    model.build_vocab(corpus_file=asked["corpus"])
    counted = time.perf_counter()
    model.train(corpus_file=asked["corpus"], total_words=model.corpus_total_words, total_examples=model.corpus_count,
                epochs=asked["epochs"])
    trained = time.perf_counter()
    if asked.get("model_path"):
        model.save(asked["model_path"])
    saved = time.perf_counter()
    if asked.get("vectors_path"):
        model.wv.save_word2vec_format(asked["vectors_path"], binary=True)
    print(json.dumps({
        "read_seconds": counted - start, "train_seconds": trained - counted, "save_seconds": saved - trained,
        "whole_seconds": saved - start, "tokens": model.corpus_total_words, "vocabulary": len(model.wv),
    }))


if __name__ == "__main__":
    main()
