"""One job of one side in its own process: settings as JSON in, figures as JSON out. Run by race.py.

Both sides run the same lines; only the import differs. `rapidvec` also has jobs that gensim has no counterpart of.
"""

import gc
import json
import lzma
import os
import resource
import sys
import threading
import time
from pathlib import Path

#: The nine titles that gensim's documentation calls `common_texts`.
TITLES = [title.split() for title in (
    "human interface computer", "survey user computer system response time", "eps user interface system", "system human system eps",
    "user response time", "trees", "graph trees", "graph minors trees", "graph minors survey")]


def classes(side):
    """Word2Vec and KeyedVectors: the line that differs."""
    if side == "gensim":
        from gensim.models import KeyedVectors, Word2Vec
    else:
        from rapidvec.gensim.models import KeyedVectors, Word2Vec
    return Word2Vec, KeyedVectors


class Clock:
    """Seconds on the wall, and of CPU on all threads, since it was made."""

    def __init__(self):
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def read(self):
        return {"seconds": time.perf_counter() - self.wall, "cpu_seconds": time.process_time() - self.cpu}


def peak_bytes():
    """The most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def resident_bytes():
    """The memory that this process holds now; None if the system does not report it."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return None


def lines(path):
    """The lines of a text, which may be packed by xz."""
    with (lzma.open if str(path).endswith(".xz") else open)(path, "rt", encoding="utf-8") as text:
        yield from text


def sentences(asked):
    """The text as a list of lists, each token a `str` of its own or, interned, one for all of its kind."""
    intern = sys.intern if asked.get("interned") else None
    found = [list(map(intern, line.split())) if intern else line.split() for line in lines(asked["corpus"])]
    gc.collect()
    return found


def settings(asked):
    """Arguments of Word2Vec."""
    return {"vector_size": asked["vector_size"], "epochs": asked["epochs"], "sg": asked["sg"], "workers": asked["workers"], "seed": asked["seed"],
            "min_count": asked["min_count"], "sample": asked["sample"]}


def train(side, asked):
    """From the constructor to a vector that can be read."""
    Word2Vec, _ = classes(side)
    source = {"corpus_file": asked["corpus"]} if asked["form"] == "file" else {"sentences": sentences(asked)}
    before, clock = peak_bytes(), Clock()
    model = Word2Vec(**source, **settings(asked))
    model.wv[model.wv.index_to_key[0]]
    found = clock.read() | {"before_bytes": before, "peak_bytes": peak_bytes(), "words": len(model.wv)}
    held = resident_bytes()
    found["sum"] = float(model.wv.vectors.sum())  # touches every number
    found["touching_bytes"] = resident_bytes() - held if held is not None else None
    if asked.get("vectors"):
        model.wv.save_word2vec_format(asked["vectors"], binary=True)
    return found


class Turns(threading.Thread):
    """A thread that wants the interpreter all the time, and notes how long it had to wait."""

    def __init__(self):
        super().__init__(daemon=True)
        self.waits, self.is_over = [], False

    def run(self):
        last = time.perf_counter()
        while not self.is_over:
            time.sleep(0.0005)
            now = time.perf_counter()
            self.waits.append(now - last - 0.0005)
            last = now

    def __enter__(self):
        self.start()
        time.sleep(0.05)
        self.waits.clear()
        return self

    def __exit__(self, *error):
        self.is_over = True
        self.join()


def feed(side, asked):
    """`build_vocab` of a list: the first time, a second time, and a third next to a thread that needs the interpreter."""
    Word2Vec, _ = classes(side)
    text = sentences(asked)
    found = {"tokens": sum(map(len, text))}
    for name in ("first", "again"):
        model, clock = Word2Vec(min_count=asked["min_count"], workers=asked["workers"]), Clock()
        model.build_vocab(text)
        found[name] = clock.read()
    found["words"] = len(model.wv)
    if side == "rapidvec":
        found["waits"] = waits(text)
    return found


def waits(text):
    """How long another thread waits while sentences are read: middle, 99 of 100, longest."""
    from rapidvec import _native
    with Turns() as turns:
        _native.Text.from_sentences(text, _native.Reading(min_count=1))
    found = sorted(turns.waits)
    return {"times": len(found), "middle": found[len(found) // 2], "most": found[len(found) * 99 // 100], "longest": found[-1]}


def arrow(side, asked):
    """Reading alone, of a list of lists or of an Arrow column of the same; the memory of Python objects; the model that it gives."""
    import hashlib
    import tracemalloc

    import pyarrow
    import rapidvec
    from rapidvec import _native, reading
    text = sentences(asked)
    tokens = sum(map(len, text))
    if side == "column":
        text = pyarrow.array(text, pyarrow.list_(pyarrow.string()))
        gc.collect()
    options, times = _native.Reading(min_count=asked["min_count"], threads=asked["workers"]), []
    for _ in range(asked["repeats"]):
        clock = Clock()
        read = reading.read(text, None, options)
        times.append(clock.read())
    tracemalloc.start()
    reading.read(text, None, options)
    python_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    model = rapidvec.train(text, model="skipgram", min_count=asked["min_count"], vector_size=16, epochs=1, threads=1, seed=1)
    digest = hashlib.sha256(model.vectors.matrix().tobytes() + "\n".join(read.words()).encode()).hexdigest()
    return {"tokens": tokens, "times": times, "python_bytes": python_bytes, "model": digest, "words": len(read)}


def toy(side, asked):
    """A model of nine titles, many times."""
    Word2Vec, _ = classes(side)
    Word2Vec(TITLES, min_count=1)
    clock = Clock()
    for _ in range(asked["times"]):
        Word2Vec(TITLES, min_count=1)
    found = clock.read()
    return {name: seconds / asked["times"] for name, seconds in found.items()}


def importing(side, asked):
    """What the import takes beyond NumPy's."""
    import numpy  # noqa: F401
    clock = Clock()
    if asked["whole"]:
        classes(side)
    else:
        __import__("rapidvec" if side == "rapidvec" else "gensim.models")
    return clock.read()


def random_vectors(asked):
    """Words and their vectors, which mean nothing."""
    import numpy
    matrix = numpy.random.default_rng(1).standard_normal((asked["words"], asked["vector_size"]), dtype=numpy.float32)
    return [f"w{i}" for i in range(asked["words"])], matrix


def middle_of(times, call):
    """The median of the seconds of some calls."""
    seconds = []
    for number in range(times):
        clock = Clock()
        call(number)
        seconds.append(clock.read()["seconds"])
    return sorted(seconds)[times // 2]


def similar(side, asked):
    """`most_similar`: one word, then many. gensim gets them separately, since it has no batches."""
    _, KeyedVectors = classes(side)
    words, matrix = random_vectors(asked)
    kv = KeyedVectors(asked["vector_size"])
    kv.add_vectors(words, matrix)
    first = kv.most_similar(words[0])
    found = {"one": middle_of(asked["times"], lambda number: kv.most_similar(words[number + 1])), "answer": [word for word, _ in first]}
    many = asked["many"]
    if side == "gensim":
        some = min(asked["some"], many)
        clock = Clock()
        for word in words[:some]:
            kv.most_similar(word)
        found["many"] = clock.read()["seconds"] * many / some
    else:
        import rapidvec
        vectors = rapidvec.Vectors.from_arrays(words, matrix)
        vectors.most_similar(words[:1])
        found["many"] = middle_of(3, lambda _: vectors.most_similar(words[:many]))
    return found


def load(side, asked):
    """`load_word2vec_format`."""
    _, KeyedVectors = classes(side)
    clock = Clock()
    kv = KeyedVectors.load_word2vec_format(asked["file"], binary=asked["binary"])
    return clock.read() | {"words": len(kv), "sum": float(kv.vectors[-1].sum())}


def analogies(side, asked):
    """`evaluate_word_analogies` of vectors in memory, after a first question."""
    _, KeyedVectors = classes(side)
    kv = KeyedVectors.load_word2vec_format(asked["file"], binary=True)
    kv.most_similar(kv.index_to_key[0])
    clock = Clock()
    _, sections = kv.evaluate_word_analogies(asked["questions"], restrict_vocab=asked["restrict"])
    found = clock.read()
    return found | {"counts": [[len(s["correct"]), len(s["correct"]) + len(s["incorrect"])] for s in sections]}


def quality(side, asked):
    """Analogies and pairs of some files of vectors, by one evaluator: the same words in the order of the first file."""
    import rapidvec
    opened = [rapidvec.open(path) for path in asked["files"]]
    words = [word for word in opened[0].words if all(word in vectors for vectors in opened)]
    found = []
    for vectors in opened:
        ordered = rapidvec.Vectors.from_arrays(words, vectors[words])
        answered = ordered.evaluate(asked["questions"], restrict=asked["restrict"]) if asked["questions"] else None
        pairs = ordered.evaluate(asked["pairs"]) if asked["pairs"] else None
        found.append({"analogies": 100 * answered["accuracy"] if answered and answered["total"] else None,
                      "ws353": pairs["spearman"][0] if pairs and pairs["compared"] else None})
    return {"words": len(words), "found": found}


def prepare(side, asked):
    """Files of vectors for `load`."""
    import rapidvec
    words, matrix = random_vectors(asked)
    vectors = rapidvec.Vectors.from_arrays(words, matrix)
    for path in asked["files"]:
        vectors.save(path)
    return {}


def versions(side, asked):
    """What is installed."""
    import importlib.metadata
    found = {"python": sys.version.split()[0]}
    for name in ("numpy", "gensim", "pyarrow"):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = None
    import rapidvec
    return found | {"rapidvec": rapidvec.__version__}


JOBS = {job.__name__: job for job in (train, feed, arrow, toy, importing, similar, load, analogies, quality, prepare, versions)}


def main():
    job, side, asked = sys.argv[1:]
    print(json.dumps(JOBS[job](side, json.loads(asked))))


if __name__ == "__main__":
    main()
