"""Training: every kind of text gives what the command line gives, stops and continues without a difference."""

import gc
import gzip
import threading
from collections import UserList, deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rapidvec
from helpers import Program, Sentences, made_lines, made_sentences, run_program
from rapidvec import Model, Trainer
from rapidvec.progress import Progress
from rapidvec.training import Epoch

SMALL = {"vector_size": 12, "epochs": 2, "seed": 7, "threads": 1}


def same(a: rapidvec.Vectors, b: rapidvec.Vectors) -> None:
    """The same words, counts and bits."""
    assert a.words == b.words
    assert a.counts is not None and b.counts is not None and a.counts.tolist() == b.counts.tolist()
    assert a.matrix().tobytes() == b.matrix().tobytes()


def by_program(folder: Path, text: Path, *flags: object) -> rapidvec.Vectors:
    path = folder / "program.safetensors"
    small = ["--vector-size", 12, "--epochs", 2, "--seed", 7, "--threads", 1]
    run_program("train", text, "-o", path, "--force", "--quiet", *small, *flags)
    return rapidvec.open(path)


@pytest.fixture(scope="module")
def expected(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> rapidvec.Vectors:
    """What the command line trains on the text of `sentences`."""
    return by_program(tmp_path_factory.mktemp("program"), corpus)


# ---- every kind of sentences


class Own:
    """A user's corpus, which counts how often it is read."""

    def __init__(self, sentences: Sentences) -> None:
        self.sentences = sentences
        self.reads = 0

    def __iter__(self) -> Iterator[list[str]]:
        self.reads += 1
        return iter(self.sentences)


class Document:
    """A sentence with nothing but a length and an iterator, as spec2vec has them."""

    def __init__(self, words: list[str]) -> None:
        self.words = words

    def __len__(self) -> int:
        return len(self.words)

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)


class Letters(str):
    """A subclass of str."""


class Words(list):  # type: ignore[type-arg]
    """A subclass of list that iterates in its own way."""

    def __iter__(self) -> Iterator[Any]:
        return (word for word in super().__iter__() if word != "LEFT OUT")


KINDS: dict[str, Callable[[Sentences], Any]] = {
    "list of lists": lambda s: s,
    "list of tuples": lambda s: [tuple(words) for words in s],
    "tuple of lists": tuple,
    "generator of lists": lambda s: (words for words in s),
    "generator of generators": lambda s: ((word for word in words) for words in s),
    "iterator": iter,
    "map": lambda s: map(tuple, s),
    "deque": deque,
    "UserList": UserList,
    "own class": Own,
    "list of documents": lambda s: [Document(words) for words in s],
    "list of deques": lambda s: [deque(words) for words in s],
    "list of dicts": lambda s: [words if len(words) != len(set(words)) else dict.fromkeys(words) for words in s],
    "list of arrays of str": lambda s: [np.array(words, dtype=str) for words in s],
    "list of arrays of objects": lambda s: [np.array(words, dtype=object) for words in s],
    "array of lists": lambda s: np.array([*s, None], dtype=object)[:-1],
    "list of subclass of list": lambda s: [Words([*words, "LEFT OUT"]) for words in s],
    "str of a subclass": lambda s: [[Letters(word) for word in words] for words in s],
    "distinct objects": lambda s: [[(word + "!")[:-1] for word in words] for words in s],
    "text lines split": lambda s: (line.split() for line in made_lines(s).splitlines()),
}


@pytest.mark.parametrize("kind", KINDS)
def test_sentences_in_memory_train_as_the_text_does(kind: str, sentences: Sentences, expected: rapidvec.Vectors) -> None:
    same(rapidvec.train(KINDS[kind](sentences), **SMALL).vectors, expected)


TEXTS: dict[str, Callable[[Sentences, Path], dict[str, Any]]] = {
    "a path": lambda s, path: {"data": path},
    "a path as str": lambda s, path: {"data": str(path)},
    "a list of paths": lambda s, path: {"data": [str(path)]},
    "a pattern": lambda s, path: {"data": str(path.parent / "cor*.txt")},
    "a folder": lambda s, path: {"data": path.parent},
    "texts": lambda s, path: {"texts": made_lines(s).splitlines()},
    "a generator of texts": lambda s, path: {"data": (line for line in made_lines(s).splitlines())},
    "one text of many lines": lambda s, path: {"texts": [made_lines(s)]},
    "an array of texts": lambda s, path: {"texts": np.array(made_lines(s).splitlines(), dtype=object)},
}


@pytest.mark.parametrize("kind", TEXTS)
def test_texts_and_files_train_as_the_text_does(
    kind: str, sentences: Sentences, corpus: Path, expected: rapidvec.Vectors
) -> None:
    same(rapidvec.train(**TEXTS[kind](sentences, corpus), **SMALL).vectors, expected)


def test_a_packed_file_trains_as_the_text_does(tmp_path: Path, corpus: Path, expected: rapidvec.Vectors) -> None:
    packed = tmp_path / "corpus.gz"
    packed.write_bytes(gzip.compress(corpus.read_bytes()))
    same(rapidvec.train(packed, **SMALL).vectors, expected)


def test_an_iterable_is_read_once_whatever_the_epochs(sentences: Sentences) -> None:
    own = Own(sentences)
    rapidvec.train(own, **{**SMALL, "epochs": 4})
    assert own.reads == 1


# ---- every kind of token


def test_numbers_train_as_the_text_of_them(tmp_path: Path) -> None:
    numbers = [[(7 * i + j * j) % 50 for j in range(i % 30)] for i in range(800)]
    path = tmp_path / "numbers.txt"
    path.write_text("".join(" ".join(map(str, row)) + "\n" for row in numbers))
    expected = by_program(tmp_path, path)
    same(rapidvec.train(numbers, **SMALL).vectors, expected)
    same(rapidvec.train([np.array(row, dtype=int) for row in numbers], **SMALL).vectors, expected)


def test_tokens_of_many_kinds_have_the_names_that_str_gives() -> None:
    sentence = ["a", 1, 2.5, (1, "x"), None, b"raw", frozenset([3])]
    model = rapidvec.train([sentence] * 30, vector_size=4, subsample=0, threads=1)
    assert set(model.vectors.words) == {str(token) for token in sentence}
    assert model.vectors.counts is not None and set(model.vectors.counts.tolist()) == {30}


def test_a_number_and_its_text_are_one_word() -> None:
    model = rapidvec.train([[1, "x"], ["1", "x"]] * 10, vector_size=4, subsample=0, threads=1)
    assert dict(zip(model.vectors.words, model.vectors.counts.tolist())) == {"x": 20, "1": 20}


def test_words_that_no_text_file_could_hold() -> None:
    words = ["New York", "", "line\nend", "nul\0", "\u3000", "a\tb"]
    model = rapidvec.train([words] * 20, vector_size=4, subsample=0, threads=1)
    assert sorted(model.vectors.words) == sorted(words)


def test_a_long_sentence_is_not_cut() -> None:
    long = [str(i % 1000) for i in range(25_000)]
    trainer = Trainer([long], vector_size=4, subsample=0, threads=1)
    assert trainer.progress.words_per_epoch == 25_000


def test_a_lone_surrogate_is_not_text() -> None:
    with pytest.raises(UnicodeEncodeError) as caught:
        rapidvec.train([["fine"] * 20, ["fine", "broken\udc80"]], min_count=1)
    assert (caught.value.object, caught.value.start) == ("broken\udc80", 6)


def test_a_generator_that_raises_raises_the_same() -> None:
    fault = LookupError("mine")

    def raising() -> Iterator[list[str]]:
        yield ["a", "b"]
        raise fault

    with pytest.raises(LookupError) as caught:
        rapidvec.train(raising(), min_count=1)
    assert caught.value is fault
    with pytest.raises(LookupError) as caught:
        rapidvec.train([["a"], (words[0] for words in raising())], min_count=1)
    assert caught.value is fault
    with pytest.raises(LookupError) as caught:
        rapidvec.train(texts=(" ".join(words) for words in raising()), min_count=1)
    assert caught.value is fault


class Spoiler:
    """A token that changes the list which holds it when it is looked up."""

    def __init__(self, change: Callable[[], object]) -> None:
        self.change = change
        self.is_used = False

    def __hash__(self) -> int:
        if not self.is_used:
            self.is_used = True
            self.change()
        return 1

    def __str__(self) -> str:
        return "spoiler"


def test_a_list_that_shrinks_while_it_is_read() -> None:
    words: list[Any] = ["a", "b"] * 40
    words.insert(5, Spoiler(lambda: words.__delitem__(slice(10, None))))
    counts = counted([words])
    assert sum(counts.values()) == 10 and counts["spoiler"] == 1


def test_a_list_that_grows_while_it_is_read() -> None:
    words: list[Any] = ["a", "b"] * 10
    words.insert(5, Spoiler(lambda: words.extend(["c"] * 1000)))
    assert counted([words])["c"] == 1000


def test_a_list_of_sentences_that_grows_while_it_is_read() -> None:
    every: list[Any] = [["a", "b"]] * 10
    every.insert(5, ["a", Spoiler(lambda: every.extend([["c"]] * 1000))])
    assert counted(every)["c"] == 1000


def test_a_list_that_is_emptied_and_freed_while_it_is_read() -> None:
    every: list[Any] = [[f"long word number {i}", "b"] for i in range(200)]

    def free() -> None:
        every.clear()
        gc.collect()

    every[7] = ["a", Spoiler(free), "c"]
    assert sum(counted(every).values()) == 7 * 2 + 3


def counted(sentences: Any) -> dict[str, int]:
    vectors = rapidvec.train(sentences, vector_size=4, min_count=1, subsample=0, threads=1).vectors
    assert vectors.counts is not None
    return dict(zip(vectors.words, vectors.counts.tolist()))


def test_other_threads_run_while_a_list_is_read() -> None:
    long = [["a", "b", "c", "d"] * 4] * 60_000  # about a million tokens
    turns = 0
    is_over = threading.Event()

    def count() -> None:
        nonlocal turns
        while not is_over.is_set():
            turns += 1
            is_over.wait(0.0001)

    thread = threading.Thread(target=count)
    thread.start()
    while turns == 0:
        pass
    before = turns
    rapidvec._native.Corpus.from_sentences(long)
    during = turns - before
    is_over.set()
    thread.join()
    assert during > 3


# ---- settings have the meaning of the command line's flags


FLAGS: list[tuple[dict[str, Any], list[object]]] = [
    ({"model": "skipgram"}, ["--model", "skipgram"]),
    ({"model": "skipgram", "hierarchical_softmax": True}, ["--model", "skipgram", "--hierarchical-softmax"]),
    ({"hierarchical_softmax": True, "negatives": 3}, ["--hierarchical-softmax", "--negatives", 3]),
    ({"window": 2, "dynamic_window": False}, ["--window", 2, "--fixed-window"]),
    ({"shuffle": False, "context_sum": "sum"}, ["--no-shuffle", "--context-sum", "sum"]),
    ({"output_vectors": "joined", "join_weight": 0.5}, ["--output-vectors", "joined", "--join-weight", "0.5"]),
    ({"subsample": 0, "power": -0.5, "negatives": 2}, ["--subsample", 0, "--power=-0.5", "--negatives", 2]),
    ({"learning_rate": 0.2, "min_learning_rate": 0.1}, ["--learning-rate", 0.2, "--min-learning-rate", 0.1]),
    ({"min_count": 40}, ["--min-count", 40]),
    ({"lower": True, "normalize": "nfc"}, ["--lower", "--normalize", "nfc"]),
    ({"tokenizer": "unicode"}, ["--tokenizer", "unicode"]),
    ({"max_tokens": 5000}, ["--max-tokens", 5000]),
    ({"trainer": "textbook"}, ["--trainer", "textbook"]),
    (
        {"trainer": "textbook", "optimizer": "sgd", "batch_size": 50, "max_grad": 3.0, "learning_rate": 0.1},
        ["--trainer", "textbook", "--optimizer", "sgd", "--batch-size", 50, "--max-grad", 3, "--learning-rate", 0.1],
    ),
]


@pytest.mark.parametrize(("settings", "flags"), FLAGS, ids=lambda of: " ".join(map(str, of)) if isinstance(of, list) else "")
def test_settings_are_the_flags(settings: dict[str, Any], flags: list[object], corpus: Path, tmp_path: Path) -> None:
    same(rapidvec.train(corpus, **SMALL, **settings).vectors, by_program(tmp_path, corpus, *flags))


@pytest.mark.parametrize("text", ["sentences", "texts", "files"])
def test_the_textbook_trainer_reads_every_kind_of_text(text: str, tmp_path: Path) -> None:
    said = [["you", "say", "goodbye"], ["and", "i", "say", "hello", "."]] * 30
    path = tmp_path / "said.txt"
    path.write_text(made_lines(said))
    data: dict[str, dict[str, Any]] = {
        "sentences": {"data": said},
        "texts": {"texts": made_lines(said).splitlines()},
        "files": {"data": path},
    }
    model = rapidvec.train(**data[text], trainer="textbook", **SMALL)
    same(model.vectors, by_program(tmp_path, path, "--trainer", "textbook"))


def test_json_lines(tmp_path: Path, sentences: Sentences, expected: rapidvec.Vectors) -> None:
    import json

    path = tmp_path / "text.jsonl"
    lines = [json.dumps({"doc": {"body": " ".join(words)}}) for words in sentences]
    path.write_text("\n".join([*lines, '{"other": 1}']), encoding="utf-8")
    same(rapidvec.train(path, field="doc.body", skip_missing_field=True, **SMALL).vectors, expected)
    with pytest.raises(ValueError, match="doc.body"):
        rapidvec.train(path, field="doc.body", **SMALL)


def test_start_from_vectors_and_keep_them(tmp_path: Path, corpus: Path, sentences: Sentences) -> None:
    start = rapidvec.Vectors.from_arrays(["w3", "왕"], np.full((2, 12), 0.5, dtype=np.float32))
    path = tmp_path / "start.vec"
    start.save(path)
    free = rapidvec.train(sentences, init=path, **SMALL)
    same(free.vectors, by_program(tmp_path, corpus, "--init", path))
    frozen = rapidvec.train(sentences, init=path, freeze=True, **SMALL)
    assert frozen.vectors["왕"].tolist() == [0.5] * 12
    assert free.vectors["왕"].tolist() != [0.5] * 12


# ---- repeatable


def test_one_thread_repeats_to_the_bit_and_the_seed_matters(sentences: Sentences) -> None:
    first, second = (rapidvec.train(sentences, **SMALL) for _ in range(2))
    same(first.vectors, second.vectors)
    assert first.output.tobytes() == second.output.tobytes()
    assert first.losses[-1].loss == second.losses[-1].loss
    other = rapidvec.train(sentences, **{**SMALL, "seed": 8})
    assert other.vectors.matrix().tobytes() != first.vectors.matrix().tobytes()


def test_a_tiny_text_repeats_on_many_threads() -> None:
    tiny = [["human", "interface", "computer"], ["graph", "trees", "minors"]] * 10
    models = [rapidvec.train(tiny, vector_size=8, subsample=0, threads=8) for _ in range(5)]
    assert len({model.vectors.matrix().tobytes() for model in models}) == 1


# ---- stop and continue


@pytest.fixture(scope="module")
def longer() -> Sentences:
    """Several blocks an epoch."""
    return made_sentences(4000, seed=3)


@pytest.fixture(scope="module")
def whole(longer: Sentences) -> Model:
    """Trained without a stop."""
    return rapidvec.train(longer, **SMALL)


@pytest.mark.parametrize("until", ["epoch", 3, 1])
def test_pieces_give_the_same_bits(until: str | int, longer: Sentences, whole: Model) -> None:
    trainer = Trainer(longer, **SMALL)
    assert trainer.progress.blocks_per_epoch > 4
    assert trainer.run(until=until) == "reached"
    assert trainer.progress.block == (trainer.progress.blocks_per_epoch if until == "epoch" else until)
    assert trainer.run() == "finished"
    assert trainer.progress.is_finished and trainer.progress.share == 1
    same(trainer.model().vectors, whole.vectors)


def test_a_checkpoint_resumes_to_the_same_bits(tmp_path: Path, longer: Sentences, whole: Model) -> None:
    path = tmp_path / "run.safetensors"
    trainer = Trainer(longer, **SMALL)
    trainer.run(until=5)
    trainer.checkpoint(path)
    # A checkpoint is a model too.
    assert rapidvec.open(path).matrix().tobytes() == trainer.vectors().tobytes()
    del trainer
    again = Trainer.resume(path, longer, threads=1)
    assert again.progress.block == 5
    assert again.run() == "finished"
    same(again.model().vectors, whole.vectors)


def test_a_run_from_files_finds_them_again(tmp_path: Path, longer: Sentences, whole: Model) -> None:
    text, path = tmp_path / "longer.txt", tmp_path / "run.safetensors"
    text.write_text(made_lines(longer), encoding="utf-8")
    trainer = Trainer(text, **SMALL)
    trainer.run(until=5)
    trainer.checkpoint(path)
    again = Trainer.resume(path, threads=1)
    again.run()
    same(again.model().vectors, whole.vectors)


def test_the_command_line_resumes_a_run_of_python(tmp_path: Path, longer: Sentences, whole: Model, program: Program) -> None:
    text, path = tmp_path / "longer.txt", tmp_path / "run.safetensors"
    text.write_text(made_lines(longer), encoding="utf-8")
    trainer = Trainer(text, **SMALL)
    trainer.run(until=5)
    trainer.checkpoint(path)
    program("train", "--resume", path, "--threads", 1, "--quiet")
    same(rapidvec.open(path), whole.vectors)


def test_python_resumes_a_run_of_the_command_line(tmp_path: Path, corpus: Path, program: Program) -> None:
    path = tmp_path / "run.safetensors"
    small = ["--vector-size", 12, "--seed", 7, "--threads", 1, "--quiet", "--keep-state"]
    program("train", corpus, "-o", path, "--epochs", 2, *small)
    by_python = Trainer.resume(path, epochs=3, threads=1)
    assert by_python.progress.epochs_done == 2
    by_python.run()
    program("train", "--resume", path, "--epochs", 3, "--threads", 1, "--quiet")
    same(by_python.model().vectors, rapidvec.open(path))


def test_a_run_that_is_stopped_saves_a_checkpoint(tmp_path: Path, longer: Sentences) -> None:
    path = tmp_path / "run.safetensors"
    settings = {**SMALL, "epochs": 40}

    def stop(_: object) -> None:
        raise StopIteration

    trainer = Trainer(longer, checkpoint=path, callbacks=[stop], **settings)
    with pytest.raises(StopIteration):
        trainer.run()
    again = Trainer.resume(path, longer, threads=1)
    assert 1 <= again.progress.epochs_done < 40
    again.run()
    trainer.callbacks.clear()
    trainer.run()
    # At the end the model is saved there.
    same(rapidvec.open(path), again.model().vectors)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_checkpoint_does_not_replace_a_file(tmp_path: Path, sentences: Sentences) -> None:
    path = tmp_path / "run.safetensors"
    path.write_text("something else")
    with pytest.raises(FileExistsError):
        Trainer(sentences, checkpoint=path, **SMALL)
    assert path.read_text() == "something else"


def test_resume_refuses_another_text(tmp_path: Path, longer: Sentences, sentences: Sentences) -> None:
    path = tmp_path / "run.safetensors"
    trainer = Trainer(longer, **SMALL)
    trainer.run(until=2)
    trainer.checkpoint(path)
    with pytest.raises(ValueError, match="text|corpus"):
        Trainer.resume(path, sentences)
    with pytest.raises(TypeError, match="same text again"):
        Trainer.resume(path)


def test_resume_refuses_a_model_without_its_state(tmp_path: Path, corpus: Path) -> None:
    path = tmp_path / "model.safetensors"
    rapidvec.train(corpus, **SMALL).save(path)
    with pytest.raises(ValueError, match="state"):
        Trainer.resume(path)


# ---- callbacks


def test_callbacks_are_called_after_each_epoch(sentences: Sentences) -> None:
    seen: list[Epoch] = []
    model = rapidvec.train(sentences, valid=made_sentences(200, seed=9), callbacks=[seen.append], **SMALL)
    assert [epoch.epoch for epoch in seen] == [1, 2]
    assert all(0 < epoch.loss < 10 and epoch.held_out is not None for epoch in seen if epoch.loss is not None)
    assert model.held_out == {epoch.epoch: epoch.held_out for epoch in seen}


def raising_once(fault: BaseException) -> Callable[[object], None]:
    is_first = True

    def callback(_: object) -> None:
        nonlocal is_first
        if is_first:
            is_first = False
            raise fault

    return callback


def test_exceptions_of_callbacks_are_raised_and_the_run_can_continue(longer: Sentences) -> None:
    settings = {**SMALL, "epochs": 40}
    fault = LookupError("mine")
    trainer = Trainer(longer, callbacks=[raising_once(fault)], **settings)
    with pytest.raises(LookupError) as caught:
        trainer.run()
    assert caught.value is fault
    assert 1 <= trainer.progress.epochs_done < 40
    assert trainer.vectors().shape == (300, 12)
    assert trainer.run() == "finished"
    same(trainer.model().vectors, rapidvec.train(longer, **settings).vectors)


def test_what_a_callback_raises_ends_the_run_at_that_epoch() -> None:
    seen: list[int] = []

    def stop_early(epoch: Epoch) -> None:
        seen.append(epoch.epoch)
        raise StopIteration

    trainer = Trainer([["a", "b", "c"]] * 20, vector_size=4, epochs=50, threads=1, callbacks=[stop_early])
    with pytest.raises(StopIteration):
        trainer.run()
    assert (seen, trainer.progress.epochs_done) == ([1], 1)


def test_exceptions_of_progress_are_raised_and_the_run_can_continue(longer: Sentences) -> None:
    settings = {**SMALL, "epochs": 40}
    fault = LookupError("mine")

    def raising(_: Progress) -> None:
        raise fault

    trainer = Trainer(longer, **settings)
    with pytest.raises(LookupError) as caught:
        trainer.run(progress=raising)  # the first report comes soon after the start
    assert caught.value is fault
    assert trainer.progress.block < trainer.progress.blocks_per_epoch * 40
    trainer.run()
    same(trainer.model().vectors, rapidvec.train(longer, **settings).vectors)


def test_progress_is_reported_in_order(longer: Sentences) -> None:
    seen: list[Progress] = []
    rapidvec.train(longer, progress=seen.append, **{**SMALL, "epochs": 40})
    assert len(seen) >= 2
    assert seen[-1].is_finished
    blocks = [now.block for now in seen]
    assert blocks == sorted(blocks)
    assert all(0 < now.words <= now.words_per_epoch * 40 and 0 < now.share <= 1 for now in seen)


def test_progress_prints_nothing_unless_asked(sentences: Sentences, capfd: pytest.CaptureFixture[str]) -> None:
    rapidvec.train(sentences, **SMALL)
    assert capfd.readouterr() == ("", "")


# ---- threads, and the life of a run


def test_a_run_that_is_over_says_so(sentences: Sentences) -> None:
    trainer = Trainer(sentences, **SMALL)
    trainer.run()
    trainer.model()
    for use in (trainer.run, trainer.model, trainer.words, trainer.vectors, lambda: trainer.progress):
        with pytest.raises(RuntimeError, match="over"):
            use()


def test_threads_ask_while_another_trains(longer: Sentences, whole: Model) -> None:
    expected = whole.vectors.most_similar("w3", 5)
    trainer = Trainer(longer, **{**SMALL, "epochs": 40})
    wrong: list[object] = []
    rounds = 0
    is_over = threading.Event()

    def ask() -> None:
        nonlocal rounds
        while not is_over.is_set():
            if whole.vectors.most_similar("w3", 5) != expected:
                wrong.append("another answer")
            rounds += 1

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    outcome = trainer.run()
    is_over.set()
    for asker in askers:
        asker.join(10)
    assert (outcome, wrong) == ("finished", []) and rounds > 3


def test_two_models_train_at_once(longer: Sentences, whole: Model) -> None:
    models: list[Model] = []
    threads = [threading.Thread(target=lambda: models.append(rapidvec.train(longer, **SMALL))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(models) == 3
    for model in models:
        same(model.vectors, whole.vectors)


def test_a_second_run_of_one_trainer_meanwhile_is_refused(longer: Sentences) -> None:
    trainer = Trainer(longer, **{**SMALL, "epochs": 200})
    refused: list[BaseException] = []

    def second(_: Progress) -> None:
        def run() -> None:
            try:
                trainer.run()
            except BaseException as error:
                refused.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        thread.join(20)
        raise StopIteration

    with pytest.raises(StopIteration):
        trainer.run(progress=second)
    assert [type(error) for error in refused] == [RuntimeError]


NIGHTS = [["bright", "nights", "in", "new", "york"], ["a", "night", "in", "new", "york"]] * 100


@pytest.mark.parametrize("model", ["cbow", "skipgram"])
def test_with_subwords_unknown_words_have_vectors(model: str) -> None:
    options: dict[str, Any] = {"model": model, "min_count": 1, "vector_size": 8, "threads": 1, "epochs": 1}
    trained = rapidvec.train(NIGHTS, subwords=True, min_n=2, max_n=4, buckets=5000, **options)
    assert trained.settings["subwords"] == {"min_n": 2, "max_n": 4, "buckets": 5000}
    assert trained.settings["learning_rate"] == pytest.approx(0.05)
    assert trained.vectors["nightly"].shape == (8,)
    jamo = rapidvec.train([["고양이", "가", "왔다"]] * 50, subsample=0, subwords=True, subword_units="jamo", **options)
    assert jamo.settings["subwords"]["units"] == "jamo" and jamo.vectors["고양"].any()


def test_settings_of_ngrams_need_ngrams() -> None:
    with pytest.raises(TypeError, match="min_n is a setting of n-grams"):
        rapidvec.train(NIGHTS, min_count=1, min_n=2)
    with pytest.raises(ValueError, match="max_n must be"):
        rapidvec.train(NIGHTS, min_count=1, subwords=True, min_n=5, max_n=2)


def test_positions_can_be_weighted() -> None:
    trained = rapidvec.train(NIGHTS, min_count=1, vector_size=8, threads=1, epochs=1, subwords=True, position_weights=True)
    assert trained.settings["position_weights"] is True
    with pytest.raises(ValueError, match="position"):
        rapidvec.train(NIGHTS, min_count=1, model="skipgram", position_weights=True)


def test_phrases_are_joined_in_memory_and_in_files(tmp_path: Path) -> None:
    from rapidvec.gensim.models.phrases import Phrases

    text, listed = tmp_path / "text.txt", tmp_path / "phrases.txt"
    text.write_text("\n".join(" ".join(sentence) for sentence in NIGHTS), encoding="utf-8")
    listed.write_text("new york\n", encoding="utf-8")
    found = Phrases(NIGHTS, min_count=1, threshold=0.01, delimiter="+")
    options: dict[str, Any] = {"min_count": 1, "vector_size": 8, "threads": 1, "epochs": 1}
    models = [rapidvec.train(data, phrases=listed, **options) for data in (NIGHTS, iter(NIGHTS), str(text))]
    models.append(rapidvec.train(texts=[" ".join(sentence) for sentence in NIGHTS], phrases=[listed], **options))
    for model in models:
        assert "new_york" in model.vectors and "york" not in model.vectors
        np.testing.assert_array_equal(model.vectors["new_york"], models[0].vectors["new_york"])
    joined = rapidvec.train(NIGHTS, phrases=found, **options).vectors.words
    assert set(joined) == {word for sentence in found[NIGHTS] for word in sentence} and any("+" in word for word in joined)
    with pytest.raises(TypeError, match="phrases must be files"):
        rapidvec.train(NIGHTS, phrases=[3], **options)


def test_a_run_with_phrases_is_resumed_with_the_same_ones(tmp_path: Path) -> None:
    listed, other = tmp_path / "phrases.txt", tmp_path / "other.txt"
    listed.write_text("new york\n", encoding="utf-8")
    other.write_text("a night\n", encoding="utf-8")
    path = tmp_path / "run.safetensors"
    trainer = rapidvec.Trainer(NIGHTS, phrases=listed, min_count=1, vector_size=8, threads=1, epochs=2)
    trainer.run(until="epoch")
    trainer.checkpoint(path)
    resumed = rapidvec.Trainer.resume(path, NIGHTS, threads=1)
    trainer.run()
    resumed.run()
    np.testing.assert_array_equal(trainer.model().vectors["new_york"], resumed.model().vectors["new_york"])
    with pytest.raises(ValueError, match="phrases"):
        rapidvec.Trainer.resume(path, NIGHTS, phrases=other)
