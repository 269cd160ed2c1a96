"""Faults: their class, and a message with the name that the user typed, what was expected, and what came."""

import errno
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rapidvec
from helpers import Program
from rapidvec import Trainer, Vectors, _native

SAID = [["you", "say", "goodbye"], ["i", "say", "hello"]] * 30


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    return Vectors.from_arrays(["you", "we", "car"], [[1, 0], [0.8, 0.6], [0, 2]])


# ---- settings

COUNTS: list[Callable[[Vectors], object]] = [
    lambda vectors: vectors.most_similar("you", -1),
    lambda vectors: vectors.most_similar(["you"], -1),
    lambda vectors: vectors.most_similar("you", 1, restrict=-1),
    lambda vectors: vectors.analogy("you", "we", "car", -1),
    lambda vectors: vectors.rank("you", "we", threads=-1),
    lambda vectors: vectors.save("x.vec", top=-1),
]


@pytest.mark.parametrize("query", COUNTS)
def test_a_negative_count_is_a_value_error(vectors: Vectors, query: Callable[[Vectors], object]) -> None:
    with pytest.raises(ValueError, match="expected a number from 0, got -1"):
        query(vectors)


def test_a_file_name_without_a_known_extension_needs_a_format(vectors: Vectors, tmp_path: Path) -> None:
    for name in ["x.xyz", "x"]:
        with pytest.raises(ValueError, match=r"does not name a format; use \.safetensors"):
            vectors.save(tmp_path / name)
        assert not (tmp_path / name).exists()
    vectors.save(tmp_path / "x.xyz", format="word2vec-text")
    assert rapidvec.open(tmp_path / "x.xyz").words == ["you", "we", "car"]


OUT_OF_RANGE: list[tuple[dict[str, Any], str]] = [
    ({"window": 0}, "window must be .*, got 0"),
    ({"epochs": 0}, "epochs must be .*, got 0"),
    ({"vector_size": 0}, "vector_size must be .*, got 0"),
    ({"learning_rate": 0}, "learning_rate must be .*, got 0"),
    ({"learning_rate": -1.5}, "learning_rate must be .*, got -1.5"),
    ({"subsample": -1}, "subsample must be .*, got -1"),
    ({"negatives": 0}, "negatives must be"),
    ({"model": "glove"}, "model must be cbow or skipgram, got glove"),
    ({"trainer": "gensim"}, "trainer must be word2vec or textbook, got gensim"),
    ({"tokenizer": "kiwi"}, "tokenizer must be whitespace or unicode, got kiwi"),
    ({"normalize": "nfd"}, "normalize must be None or nfc, got nfd"),
    ({"invalid_utf8": "ignore"}, "invalid_utf8 must be error, replace or skip-line, got ignore"),
    ({"context_sum": "max"}, "context_sum|mean"),
    ({"trainer": "textbook", "optimizer": "lion"}, "optimizer|adam"),
    ({"trainer": "textbook", "batch_size": 0}, "batch_size must be .*, got 0"),
    ({"checkpoint": "x.safetensors", "checkpoint_seconds": -1.0}, "checkpoint_seconds must be .*, got -1"),
]


@pytest.mark.parametrize(("settings", "message"), OUT_OF_RANGE, ids=lambda of: str(of) if isinstance(of, dict) else "")
def test_a_setting_out_of_range(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rapidvec.train(SAID, **settings)


@pytest.mark.parametrize(
    "settings",
    [{"vector_size": -1}, {"window": -5}, {"seed": -1}, {"learning_rate": float("nan")}, {"threads": -1}, {"min_count": -1}, {"epochs": 2**70}],
    ids=str,
)
def test_a_number_that_cannot_be_is_a_value_error_with_the_name(settings: dict[str, Any]) -> None:
    (name,) = settings
    with pytest.raises(ValueError, match=name):
        rapidvec.train(SAID, **settings)


@pytest.mark.parametrize(
    "settings", [{"vector_size": "100"}, {"window": 2.5}, {"model": 3}, {"shuffle": "yes"}, {"learning_rate": [1]}], ids=str
)
def test_a_setting_of_the_wrong_type_is_a_type_error_with_the_name(settings: dict[str, Any]) -> None:
    (name,) = settings
    with pytest.raises(TypeError, match=name):
        rapidvec.train(SAID, **settings)


def test_an_option_of_reading_of_the_wrong_type_is_a_type_error_with_the_name() -> None:
    with pytest.raises(TypeError, match="min_count"):
        rapidvec.train(SAID, min_count="5")


def test_numbers_of_numpy_are_numbers() -> None:
    model = rapidvec.train(SAID, vector_size=np.int64(6), learning_rate=np.float32(0.25), seed=np.uint8(3), shuffle=np.bool_(False))
    assert model.settings["vector_size"] == 6 and model.settings["learning_rate"] == 0.25 and model.settings["shuffle"] is False


OTHER_NAMES = {
    "size": "vector_size", "alpha": "learning_rate", "lr": "learning_rate", "iter": "epochs", "workers": "threads", "negative": "negatives",
    "sample": "subsample", "ns_exponent": "power", "hs": "hierarchical_softmax", "sg": "model", "ws": "window", "dim": "vector_size",
    "sentences": "data", "min_alpha": "min_learning_rate", "vector_sise": "vector_size", "minimum_count": "min_count",
}  # fmt: skip


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_settings_of_other_programs_are_answered_with_ours(name: str) -> None:
    with pytest.raises(TypeError, match=f"{name!r}; did you mean {OTHER_NAMES[name]}"):
        rapidvec.train(SAID, **{name: 1})


def test_until() -> None:
    trainer = Trainer(SAID, vector_size=4)
    with pytest.raises(ValueError, match='until must be "end", "epoch" or a number of blocks, got \'soon\''):
        trainer.run(until="soon")


# ---- text


def test_no_text_is_left() -> None:
    with pytest.raises(ValueError, match=r"occurs 100 times \(180 tokens, 5 distinct words\); the most frequent one occurs 60"):
        rapidvec.train(SAID, min_count=100)
    for nothing in ([], [[]], iter([]), [[], []]):
        with pytest.raises(ValueError, match="no words"):
            rapidvec.train(nothing)
    with pytest.raises(ValueError, match="no words"):
        rapidvec.train(texts=["", "  "])


def test_what_is_not_text() -> None:
    wrong: list[tuple[Any, str]] = [
        (3, "not iterable"),
        ([["a"], 3], "sentence 1 must be an iterable of tokens, such as a list of str, got int"),
        ([["a"], None], "sentence 1 must be .*, got NoneType"),
        ([["a", ["b"]]], "unhashable type: 'list'"),
    ]
    for data, message in wrong:
        with pytest.raises(TypeError, match=message):
            rapidvec.train(data)
    with pytest.raises(TypeError, match="texts must be an iterable of str, got one str"):
        rapidvec.train(texts="one text")
    with pytest.raises(TypeError, match="str"):
        rapidvec.train(texts=["a", 3])


@pytest.mark.parametrize("data", [[["a", "b"], "king"], [["a", "b"], b"king"]], ids=["str", "bytes"])
def test_a_text_among_sentences_is_refused(data: Any) -> None:
    with pytest.raises(TypeError, match="sentence 1"):
        rapidvec.train(data * 10, min_count=1, subsample=0)


def test_a_list_of_texts_that_are_not_paths_says_how_to_pass_them() -> None:
    with pytest.raises(FileNotFoundError) as caught:
        rapidvec.train(["the king rules", "the queen rules"])
    assert "the king rules" in str(caught.value)
    if sys.version_info >= (3, 11):
        assert "texts=[...]" in caught.value.__notes__[0]


# ---- files


def test_missing_files(tmp_path: Path, vectors: Vectors) -> None:
    gone = tmp_path / "gone"
    for use in (
        lambda: rapidvec.open(gone),
        lambda: rapidvec.train(gone),
        lambda: rapidvec.train(str(tmp_path / "no*match")),
        lambda: rapidvec.train(SAID, init=gone),
        lambda: rapidvec.train(SAID, valid=gone),
        lambda: Trainer.resume(gone),
        lambda: vectors.evaluate(gone),
        lambda: _native.load_vectors(gone),
        lambda: _native.load_model(gone),
        lambda: _native.Corpus.from_files([gone]),
        lambda: _native.summary(gone),
    ):
        with pytest.raises(FileNotFoundError, match="gone|no\\*match"):
            use()


def test_a_missing_folder_is_a_missing_file(tmp_path: Path, vectors: Vectors) -> None:
    with pytest.raises(FileNotFoundError):
        vectors.save(tmp_path / "no" / "folder.vec")


def test_a_missing_file_has_its_number_and_name(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        rapidvec.open(tmp_path / "gone")
    assert caught.value.errno == errno.ENOENT and caught.value.filename == str(tmp_path / "gone")


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="expected a file, got a folder"):
        rapidvec.open(tmp_path)


def cut(vectors: Vectors, path: Path, keep: int) -> Path:
    vectors.save(path, overwrite=True)
    path.write_bytes(path.read_bytes()[:keep])
    return path


def test_files_cut_short(tmp_path: Path, vectors: Vectors) -> None:
    for ending, keep in ((".bin", -3), (".vec", -12), (".safetensors", -9), (".safetensors", 200)):
        path = cut(vectors, tmp_path / f"cut{ending}", keep)
        with pytest.raises(EOFError, match="cut"):
            rapidvec.open(path)


def test_files_that_are_something_else(tmp_path: Path) -> None:
    for number, content in enumerate((b"", b"\x00\x01\x02", b"hello", b"\x80\x04.", b"PK\x03\x04", b"3 2\na 1 2\nb 1\n")):
        path = tmp_path / f"strange{number}"
        path.write_bytes(content)
        with pytest.raises((rapidvec.FormatError, EOFError)):
            rapidvec.open(path)
    assert issubclass(rapidvec.FormatError, ValueError)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "strange.vec"
    path.write_text("2 2\na 1 2\nb 1 x\n")
    with pytest.raises(rapidvec.FormatError, match="strange.vec"):
        rapidvec.open(path)


def test_a_pickle_is_not_executed(tmp_path: Path) -> None:
    class Hostile:
        def __reduce__(self) -> Any:
            return os.system, (f"touch {tmp_path / 'executed'}",)

    for protocol in range(6):
        path = tmp_path / "hostile.pkl"
        path.write_bytes(pickle.dumps({"word_vecs": Hostile(), "word_to_id": {}}, protocol))
        with pytest.raises((ValueError, EOFError)):
            rapidvec.open(path)
        with pytest.raises((ValueError, EOFError)):
            _native.load_vectors(path)
    assert not (tmp_path / "executed").exists()


def test_words_that_are_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "latin.vec"
    path.write_bytes(b"2 2\ncaf\xe9 1 2\nb 3 4\n")
    with pytest.raises(ValueError, match="not valid UTF-8"):
        rapidvec.open(path)
    assert rapidvec.open(path, invalid="skip").words == ["b"]
    assert rapidvec.open(path, invalid="replace").words == ["caf\ufffd", "b"]
    with pytest.raises(ValueError, match="invalid must be error, replace or skip, got ignore"):
        rapidvec.open(path, invalid="ignore")


def test_words_that_are_not_utf8_have_pythons_class(tmp_path: Path) -> None:
    path = tmp_path / "latin.vec"
    path.write_bytes(b"2 2\ncaf\xe9 1 2\nb 3 4\n")
    with pytest.raises(UnicodeDecodeError):
        rapidvec.open(path)


def test_numbers_that_are_not_finite(tmp_path: Path) -> None:
    path = tmp_path / "nan.vec"
    path.write_text("3 2\na 1 2\nb nan 1\nc 3 4\n")
    with pytest.raises(ValueError, match="vector of `b` .row 1. holds NaN"):
        rapidvec.open(path).most_similar("a")
    assert rapidvec.open(path, allow_nan=True).words == ["a", "c"]


def test_a_format_that_cannot_hold_a_word(tmp_path: Path) -> None:
    spaced = Vectors.from_arrays(["New York", "a"], [[1, 2], [3, 4]])
    for name in ("v.vec", "v.txt", "v.bin"):
        with pytest.raises(ValueError, match="New York"):
            spaced.save(tmp_path / name)
        assert not (tmp_path / name).exists()
    spaced.save(tmp_path / "v.safetensors")
    assert rapidvec.open(tmp_path / "v.safetensors").words == ["New York", "a"]


def test_unknown_formats(tmp_path: Path, vectors: Vectors) -> None:
    with pytest.raises(ValueError, match="format must be safetensors, .* got word2vec"):
        vectors.save(tmp_path / "v.vec", format="word2vec")


# ---- vectors


def test_arrays_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="words must be 3, as many as there are vectors, got 2"):
        Vectors.from_arrays(["a", "b"], np.ones((3, 2)))
    with pytest.raises(ValueError, match="counts must be 2, one for each word, got 3"):
        Vectors.from_arrays(["a", "b"], np.ones((2, 2)), counts=[1, 2, 3])
    with pytest.raises(ValueError, match="differ from each other, got a twice"):
        Vectors.from_arrays(["a", "b", "a"], np.ones((3, 2)))
    with pytest.raises(TypeError):
        Vectors.from_arrays([1, 2], np.ones((2, 2)))  # type: ignore[list-item]
    with pytest.raises(UnicodeEncodeError):
        Vectors.from_arrays(["\udc80", "b"], np.ones((2, 2)))
    with pytest.raises(TypeError):
        Vectors.from_arrays(["a", "b"], np.ones(2))


def test_questions_that_have_no_answer(vectors: Vectors) -> None:
    with pytest.raises(ValueError, match="vectors must have 2 numbers each, got 3"):
        vectors.most_similar(np.ones(3))
    with pytest.raises(ValueError, match="at least one word"):
        vectors.n_similarity([], ["you"])
    with pytest.raises(ValueError, match="at least one word"):
        vectors.odd_one_out([])
    with pytest.raises(ValueError, match='weighting must be "mean" or "sif", got \'tfidf\''):
        vectors.embed("you", weighting="tfidf")
    with pytest.raises(ValueError, match="count"):
        vectors.embed("you", weighting="sif")
    with pytest.raises(ValueError, match="method must be add, mul or textbook, got cos"):
        vectors.analogy("you", "we", "car", method="cos")
    with pytest.raises(TypeError):
        vectors.similarity("you", 3)  # type: ignore[arg-type]


def test_evaluation_of_neither_kind(tmp_path: Path, vectors: Vectors) -> None:
    path = tmp_path / "neither.txt"
    path.write_text("one two three four five six\n")
    with pytest.raises(ValueError, match="neither.txt"):
        vectors.evaluate(path)


# ---- classes of exceptions


def test_classes_of_exceptions() -> None:
    assert issubclass(rapidvec.UnknownWordError, KeyError)
    assert issubclass(rapidvec.DivergedError, ArithmeticError)
    assert issubclass(rapidvec.InternalError, RuntimeError)
    error = rapidvec.UnknownWordError("no such word", ["a", "b"])
    assert str(error) == "no such word" and error.similar == ["a", "b"]



def test_exceptions_can_be_pickled() -> None:
    for error in (rapidvec.FormatError("a"), rapidvec.DivergedError("b"), rapidvec.InternalError("c")):
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error) and again.args == error.args


# ---- the command line


def test_wrong_arguments_of_the_command_line(program: Program, tmp_path: Path) -> None:
    for arguments in (["nonsense"], ["train", "--no-such-flag"], ["train", "--window", "many"], ["similar"]):
        done = program(*arguments, status=2)
        assert done.stdout == "" and "error" in done.stderr
    assert "gone" in program("similar", tmp_path / "gone", "king", status=2).stderr
    assert program("--version").stdout.split() == ["rapidvec", rapidvec.__version__]
    assert "Usage" in program("--help").stdout


def test_the_command_line_is_interrupted_as_the_program_is(tmp_path: Path) -> None:
    import signal
    import time

    text, path = tmp_path / "text.txt", tmp_path / "model.safetensors"
    text.write_text("the king and the queen rule the land\n" * 20_000)
    command = [sys.executable, "-m", "rapidvec", "train", str(text), "-o", str(path), "--epochs", "100000", "--progress", "lines"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stderr is not None
    for line in child.stderr:
        if "epoch" in line:
            break
    time.sleep(0.2)
    child.send_signal(signal.SIGINT)
    _, error = child.communicate(timeout=30)
    assert child.returncode == 130 and "--resume" in error and path.exists()
