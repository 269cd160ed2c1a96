"""The native API as users call it. Checked by mypy and pyright, never run."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import rapidvec
from rapidvec import Model, Trainer, UnknownWordError, Vectors
from rapidvec.progress import Progress
from rapidvec.training import Epoch, Loss


class Shop:
    """A corpus of the user's own."""

    def __iter__(self) -> Iterator[list[str]]:
        yield ["milk", "bread"]


def feed_anything() -> None:
    rapidvec.train([["the", "king"], ["the", "queen"]], min_count=1)
    rapidvec.train(Shop(), model="skipgram", threads=2)
    rapidvec.train((line.split() for line in "a b\nc d".splitlines()), vector_size=50)
    rapidvec.train("corpus.txt", lower=True, tokenizer="unicode")
    rapidvec.train(Path("wiki"), valid="held-out.txt")
    rapidvec.train(["wiki/*.gz", Path("more.txt")], field="body.text")
    rapidvec.train(texts=["one text", "and another"])
    rapidvec.train([[1, 2], [2, 3]], seed=3)


def look_at_a_model(model: Model) -> None:
    vectors: Vectors = model.vectors
    output: NDArray[np.float32] = model.output
    losses: list[Loss] = model.losses
    last: float = losses[-1].loss
    held_out: float = model.held_out[1]
    model.save("model.safetensors", overwrite=True)
    model.save(Path("model.safetensors"))
    print(len(model), vectors, output.shape, last, held_out, model.settings["window"])


def train_for_a_while(path: Path) -> Model:
    seen: list[Epoch] = []

    def show(now: Progress) -> None:
        print(f"{now.share:.0%}", now.words, now.learning_rate, now.loss or 0.0, now.is_finished)

    trainer = Trainer("corpus.txt", epochs=10, callbacks=[seen.append], checkpoint=path, checkpoint_seconds=30)
    outcome: str = trainer.run(until="epoch", progress=show)
    trainer.run(until=100)
    trainer.run(progress=True)
    trainer.checkpoint(path)
    again: Trainer = Trainer.resume(path, epochs=20, threads=1)
    now: Progress = again.progress
    rows: NDArray[np.float32] = again.vectors()
    words: list[str] = again.words()
    print(outcome, now.epochs_done, rows[0], words[0], again.losses, again.settings)
    return trainer.model()


def ask(vectors: Vectors) -> None:
    nearest: list[tuple[str, float]] = vectors.most_similar("king", 5)
    several: list[list[tuple[str, float]]] = vectors.most_similar(["king", "queen"], restrict=1000)
    of_tuple: list[list[tuple[str, float]]] = vectors.most_similar(("king", "queen"))
    vectors.most_similar(np.zeros(100, dtype=np.float32))
    vectors.most_similar_weighted({"king": 1, "man": -1.0, "woman": 1})
    vectors.analogy("man", "king", "woman", method="mul")
    cosine: float = vectors.similarity("king", "queen")
    between: float = vectors.n_similarity(["king"], ["queen", "prince"])
    rank: int = vectors.rank("king", "queen")
    odd: str = vectors.odd_one_out(["king", "queen", "car"])
    print(nearest[0][0], several, of_tuple, cosine, between, rank, odd)


def take_numbers(vectors: Vectors) -> None:
    one: NDArray[np.float32] = vectors["king"]
    some: NDArray[np.float32] = vectors[["king", "queen"]]
    every: NDArray[np.float32] = vectors.matrix()
    as_array = np.asarray(vectors)
    counts = vectors.counts
    total: int = 0 if counts is None else int(counts.sum())
    texts: NDArray[np.float32] = vectors.embed(["a text", "another"], weighting="sif", lower=True)
    size: int = vectors.vector_size
    row: int = vectors.id("king")
    shape: tuple[int, int] = vectors.shape
    known: bool = "king" in vectors
    words: list[str] = [word for word in vectors]
    print(one, some, every, as_array.shape, total, texts, size, row, shape, known, words, vectors.get("x"))


def files() -> None:
    vectors = rapidvec.open("cc.ko.300.bin", limit=200_000, invalid="replace")
    lost: list[str] = vectors.save(Path("small.vec.gz"), top=1000, normalize=True, overwrite=True)
    vectors.save("v.npz", format="npz", half=True)
    made = Vectors.from_arrays(["a", "b"], [[1, 2], [3, 4]], counts=[5, 1])
    scores = made.evaluate("questions-words.txt", restrict=30_000)
    print(lost, scores["accuracy"])


def faults(vectors: Vectors) -> list[str]:
    try:
        vectors["womna"]
    except UnknownWordError as error:
        return error.similar
    except (rapidvec.FormatError, rapidvec.DivergedError, rapidvec.InternalError) as error:
        print(error)
    return []
