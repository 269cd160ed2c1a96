"""Processes: children that are forked, served by a fork server or started afresh train, ask and open files after their parent did."""

import multiprocessing
import os
import pickle
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rapidvec
from helpers import Sentences, made_sentences
from rapidvec import Vectors
from rapidvec._native import cli

#: Seconds that a child gets. One that hangs hangs for ever.
PATIENCE = 25.0

METHODS = [method for method in ("fork", "forkserver", "spawn") if method in multiprocessing.get_all_start_methods()]

pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


class Parent:
    """What the parent has done before its children begin: everything that could leave threads behind."""

    def __init__(self, folder: Path) -> None:
        self.sentences: Sentences = made_sentences(400)
        self.model = rapidvec.train(self.sentences, vector_size=16, epochs=2, threads=2, min_count=1)
        self.vectors = self.model.vectors
        self.text = folder / "vectors.vec"
        big = Vectors.from_arrays([f"word{i}" for i in range(20_000)], np.random.default_rng(1).random((20_000, 16)))
        big.save(self.text)
        self.binary = folder / "vectors.bin"
        big.save(self.binary)
        rapidvec.open(self.binary)
        self.big = rapidvec.open(self.text)
        self.file = folder / "model.safetensors"
        self.model.save(self.file)
        self.mapped = rapidvec.open(self.file)
        self.corpus = folder / "corpus.txt"
        self.corpus.write_text("".join(" ".join(words) + "\n" for words in self.sentences), encoding="utf-8")
        rapidvec.train(self.corpus, epochs=1, threads=2)
        self.vectors.most_similar(self.vectors.words[:50], 3, threads=2)
        self.vectors.embed(["w1 w2"] * 1000, threads=2)


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> Parent:
    return Parent(tmp_path_factory.mktemp("parent"))


def train(of: Parent) -> object:
    return rapidvec.train(of.sentences, vector_size=8, epochs=1, threads=2, min_count=1).vectors.shape


def train_on_a_file(of: Parent) -> object:
    return rapidvec.train(of.corpus, vector_size=8, epochs=1, threads=2, min_count=1).vectors.shape


def ask(of: Parent) -> object:
    return of.vectors.most_similar("w3", 5, threads=2)


def ask_many(of: Parent) -> object:
    return of.vectors.most_similar(of.vectors.words[:60], 3, threads=2)


def ask_a_mapped_file(of: Parent) -> object:
    return of.mapped.analogy("w1", "w2", "w3", 3)


def embed(of: Parent) -> object:
    return of.vectors.embed(["w1 w2 w3"] * 1000, threads=2).sum().item()


def open_a_model(of: Parent) -> object:
    return rapidvec.open(of.file).most_similar("w3", 2)


def open_a_text_file(of: Parent) -> object:
    return rapidvec.open(of.text).most_similar("word3", 2)


def open_a_binary_file(of: Parent) -> object:
    return rapidvec.open(of.binary).most_similar("word3", 2)


def save_a_text_file(of: Parent) -> object:
    path = of.text.with_suffix(f".{os.getpid()}.vec")
    of.big.save(path)
    size = path.stat().st_size
    path.unlink()
    return size


def look_at_arrays(of: Parent) -> object:
    return of.mapped.matrix().sum().item() + of.vectors.matrix().sum().item()


EVERY: list[Callable[[Parent], object]] = [
    train, train_on_a_file, ask, ask_many, ask_a_mapped_file, embed, open_a_model, open_a_text_file, open_a_binary_file, save_a_text_file, look_at_arrays,
]  # fmt: skip


def child(connection: Connection, work: Callable[[Parent], object], of: Parent) -> None:
    connection.send(work(of))
    connection.close()


def in_child(method: str, work: Callable[[Parent], object], of: Parent, patience: float = PATIENCE) -> Any:
    """What `work` gives in a child; fails if it does not come in time."""
    context: Any = multiprocessing.get_context(method)
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=child, args=(theirs, work, of))
    process.start()
    theirs.close()
    try:
        assert ours.poll(patience), f"the child did not answer in {patience} s"
        return ours.recv()
    finally:
        process.kill()
        process.join()


@pytest.mark.skipif("fork" not in METHODS, reason="no fork here")
@pytest.mark.parametrize("work", EVERY, ids=lambda it: it.__name__)
def test_a_forked_child_works(work: Callable[[Parent], object], parent: Parent) -> None:
    expected = work(parent)
    assert in_child("fork", work, parent, PATIENCE) == expected


def every(of: Parent) -> object:
    return [work(of) for work in EVERY]


class Sent(Parent):
    """The parent's objects as they arrive in another process."""

    def __init__(self, of: Parent) -> None:
        self.__dict__.update(of.__dict__)

    def __reduce__(self) -> tuple[Any, ...]:
        # A model is not pickled, its vectors are.
        return _sent, ({name: value for name, value in self.__dict__.items() if name != "model"},)


def _sent(names: dict[str, Any]) -> Parent:
    of = object.__new__(Parent)
    of.__dict__.update(names)
    return of


def draw_and_fork_and_draw(of: Parent) -> object:
    """Draws a map, then lets a child of its own do so: whether that child came to the same size."""

    def drawn() -> int:
        path = of.file.with_suffix(f".{os.getpid()}.svg")
        assert cli(["map", str(of.file), "-o", str(path), "--quiet"]) == 0
        size = path.stat().st_size
        path.unlink()
        return size

    before = drawn()
    grandchild = os.fork()
    if grandchild == 0:
        os._exit(0 if drawn() == before else 1)
    return os.waitstatus_to_exitcode(os.waitpid(grandchild, 0)[1])


@pytest.mark.skipif("fork" not in METHODS, reason="no fork here")
def test_a_forked_child_draws_a_map_after_its_parent_did(parent: Parent) -> None:
    # The command line handles signals itself, so not even the first drawing is made in this process.
    assert in_child("fork", draw_and_fork_and_draw, parent) == 0


@pytest.mark.parametrize("method", [method for method in METHODS if method != "fork"])
def test_a_child_that_is_started_afresh_works(method: str, parent: Parent) -> None:
    of = Sent(parent)
    got, expected = in_child(method, every, of), every(parent)
    # A pickled copy asks memory of its own; every answer is the same to the bit.
    assert pickle.dumps(got) == pickle.dumps(expected)


def ask_for(word: str, of: Parent) -> object:
    return of.vectors.most_similar(word, 3)


@pytest.mark.skipif("fork" not in METHODS, reason="no fork here")
def test_a_pool_of_forked_workers_answers(parent: Parent) -> None:
    global PRELOADED
    PRELOADED = parent  # as a server loads its model before it forks
    words = parent.vectors.words[:40]
    with ProcessPoolExecutor(4, mp_context=multiprocessing.get_context("fork")) as pool:
        answers = list(pool.map(ask_preloaded, words, timeout=PATIENCE))
    assert answers == [ask_for(word, parent) for word in words]


PRELOADED: Parent


def ask_preloaded(word: str) -> object:
    return ask_for(word, PRELOADED)


@pytest.mark.skipif("fork" not in METHODS or sys.platform == "darwin", reason="no fork here")
def test_a_child_forked_while_a_thread_trains_works(parent: Parent) -> None:
    import threading

    trainer = rapidvec.Trainer(parent.sentences, vector_size=16, epochs=1_000_000, threads=2)
    is_over = threading.Event()

    def stop(_: object) -> None:
        if is_over.is_set():
            raise StopIteration

    def work() -> None:
        with pytest.raises(StopIteration):
            trainer.run(progress=stop)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        assert in_child("fork", train, parent) == train(parent)
        assert in_child("fork", ask_many, parent) == ask_many(parent)
    finally:
        is_over.set()
        thread.join()
