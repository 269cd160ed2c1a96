"""What is taken for paths, sentences or texts, and how it is read."""

import os
import threading
from pathlib import Path

import numpy as np
import pytest

import rapidvec
from helpers import Sentences, made_lines
from rapidvec import _native, reading

OPTIONS = _native.Reading(min_count=1)
SAID = [["you", "say", "goodbye"], ["i", "say", "hello"]]
COUNTS = {"say": 2, "you": 1, "goodbye": 1, "i": 1, "hello": 1}


def counts(text: _native.Text) -> dict[str, int]:
    return dict(zip(text.words(), text.counts().tolist()))


class Located:
    """A path of the user's own."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __fspath__(self) -> str:
        return str(self.path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "said.txt"
    path.write_text(made_lines(SAID))
    return path


def test_paths(file: Path) -> None:
    for data in (file, str(file), [file], (str(file),), Located(file), [Located(file)], str(file.parent), str(file.parent / "*.txt")):
        assert counts(reading.read(data, None, OPTIONS)) == COUNTS
    # A file that is named twice is read once.
    assert counts(reading.read([file, str(file)], None, OPTIONS)) == COUNTS


def test_sentences_and_texts() -> None:
    lines = made_lines(SAID).splitlines()
    for data in (SAID, tuple(SAID), iter(SAID), np.array(SAID)):
        assert counts(reading.read(data, None, OPTIONS)) == COUNTS
    for data in (iter(lines), np.array(lines), dict.fromkeys(lines), dict.fromkeys(lines).keys()):
        assert counts(reading.read(data, None, OPTIONS)) == COUNTS
    for texts in (lines, tuple(lines), iter(lines), np.array(lines), ["\n".join(lines)]):
        assert counts(reading.read(None, texts, OPTIONS)) == COUNTS


def test_lines_of_a_text_are_sentences() -> None:
    text = _native.Text.from_texts(["a b\nc d\n\ne", "f"], OPTIONS)
    assert (text.report()["sentences"], text.report()["tokens"]) == (4, 6)


def test_words_of_texts_are_found_as_asked() -> None:
    by_words = _native.Reading(min_count=1, tokenizer="unicode", lower=True, normalize="nfc")
    assert counts(_native.Text.from_texts(["The king's HORSE, cafe\u0301!"], by_words)) == {"the": 1, "king's": 1, "horse": 1, "café": 1}
    plain = counts(_native.Text.from_texts(["The king, cafe\u0301"], OPTIONS))
    assert plain == {"The": 1, "king,": 1, "cafe\u0301": 1}


def test_tokens_are_not_split_again() -> None:
    options = _native.Reading(min_count=1, tokenizer="unicode", lower=True)
    assert counts(_native.Text.from_sentences([["The", "king,", "the"]], options)) == {"the": 2, "king,": 1}


def test_what_is_selected() -> None:
    sentences = [["a"] * 5, ["b"] * 4, ["c"] * 3]
    assert counts(_native.Text.from_sentences(sentences, _native.Reading(min_count=4))) == {"a": 5, "b": 4}
    assert counts(_native.Text.from_sentences(sentences, _native.Reading(min_count=1, max_vocab=1))) == {"a": 5}
    report = _native.Text.from_sentences(sentences, _native.Reading(min_count=4)).report()
    assert (report["tokens"], report["kept"], report["rare_words"], report["rare_tokens"]) == (12, 9, 1, 3)


def test_max_tokens(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("a b c\nd e f\n")
    options = _native.Reading(min_count=1, max_tokens=4)
    assert counts(_native.Text.from_files([str(path)], options)) == dict.fromkeys("abcd", 1)
    assert counts(_native.Text.from_texts(["a b c", "d e f"], options)) == dict.fromkeys("abcd", 1)


def test_max_tokens_of_sentences() -> None:
    options = _native.Reading(min_count=1, max_tokens=4)
    assert counts(_native.Text.from_sentences([list("abc"), list("def")], options)) == dict.fromkeys("abcd", 1)


def test_a_given_vocabulary(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("say 10\nhello 3\nnever 1\n")
    options = _native.Reading(vocabulary=path)
    assert counts(_native.Text.from_sentences(SAID, options)) == {"say": 2, "hello": 1, "never": 0}


def test_bytes_that_are_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes(b"fine words\nbroken \xff\xfe\nmore words\n")
    with pytest.raises(UnicodeDecodeError, match="position 18-18: .*text.txt"):
        _native.Text.from_files([str(path)], OPTIONS)
    skipped = _native.Text.from_files([str(path)], _native.Reading(min_count=1, invalid_utf8="skip-line"))
    assert counts(skipped) == {"words": 2, "fine": 1, "more": 1} and skipped.report()["skipped_lines"] == 1
    replaced = _native.Text.from_files([str(path)], _native.Reading(min_count=1, invalid_utf8="replace"))
    assert "\ufffd\ufffd" in replaced.words()


def test_both_or_neither_text() -> None:
    with pytest.raises(TypeError, match="expected either data or texts, got neither"):
        reading.read(None, None, OPTIONS)
    with pytest.raises(TypeError, match="expected either data or texts, got both"):
        reading.read(SAID, ["a"], OPTIONS)


def test_progress_of_reading_is_reported(sentences: Sentences) -> None:
    seen: list[tuple[int, int, int]] = []
    many = [["a", "b"], ["c"]] * 100_000
    _native.Corpus.from_sentences(many, lambda *now: seen.append(now))
    assert seen and seen == sorted(seen)
    for told, tokens, distinct in seen:
        assert tokens <= 300_000 and told <= 200_000 and distinct == 3
    fault = LookupError("mine")

    def raising(*_: object) -> None:
        raise fault

    with pytest.raises(LookupError) as caught:
        _native.Corpus.from_sentences(many, raising)
    assert caught.value is fault


def test_a_corpus_knows_its_tokens_until_it_is_renumbered() -> None:
    corpus = _native.Corpus.from_sentences([["b", "a", 7], ["a", 7, (1, 2)], []])
    assert corpus.keys() == ["b", "a", 7, (1, 2)] and corpus.counts().tolist() == [1, 2, 2, 1]
    assert (len(corpus), corpus.tokens, corpus.sentences, corpus.is_renumbered()) == (4, 6, 3, False)
    with pytest.raises(ValueError, match="4 numbers"):
        corpus.renumber(np.zeros(3, dtype=np.uint32), 4)
    with pytest.raises(ValueError, match="below 2, got 2"):
        corpus.renumber(np.array([0, 1, 2, 1], dtype=np.uint32), 2)
    corpus.renumber(np.array([_native.DROP, 0, 1, _native.DROP], dtype=np.uint32), 2)
    assert corpus.is_renumbered()
    for gone in (corpus.keys, corpus.counts):
        with pytest.raises(RuntimeError, match="renumbered"):
            gone()


def test_a_corpus_of_files_is_that_of_their_lines(corpus: Path, sentences: Sentences) -> None:
    of_file, of_lists = _native.Corpus.from_files([corpus], threads=2), _native.Corpus.from_sentences(sentences)
    assert of_file.keys() == of_lists.keys() and of_file.counts().tolist() == of_lists.counts().tolist()
    assert (of_file.tokens, of_file.sentences) == (of_lists.tokens, of_lists.sentences)


def test_a_corpus_may_be_empty(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("")
    for corpus in (_native.Corpus.from_sentences([]), _native.Corpus.from_files([tmp_path / "empty.txt"])):
        assert (len(corpus), corpus.tokens, corpus.keys()) == (0, 0, [])


def test_a_pipe_is_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_text(made_lines(SAID)))
    writer.start()
    assert counts(reading.read(pipe, None, OPTIONS)) == COUNTS
    writer.join()


def test_words_of_every_script_and_length_are_read_as_they_are() -> None:
    words = ["한국어", "é", "😀smile", "ascii", "한" * 24, "한" * 25, "中文", "a한", "", "ﬁ"]
    sentences = [words, *([word] * 16 for word in words), [word for word in words for _ in range(3)]] * 5
    trainer = rapidvec.Trainer(sentences, min_count=1, vector_size=2, epochs=1)
    assert sorted(trainer.words()) == sorted(words)


def test_half_a_surrogate_pair_is_an_error_wherever_it_is() -> None:
    for word in ["\ud800", "한\ud800", "a\ud800"]:
        with pytest.raises(UnicodeEncodeError):
            rapidvec.train([["한국어"] * 20 + [word]], min_count=1)
