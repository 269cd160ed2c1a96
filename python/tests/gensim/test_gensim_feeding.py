"""Texts of every kind reach Word2Vec."""

import bz2
import gzip
import logging

import numpy as np
import pytest

from rapidvec.gensim.models import Word2Vec
from rapidvec.gensim.models.word2vec import LineSentence, PathLineSentences, Text8Corpus
from rapidvec.gensim.utils import save_as_line_sentence

SETTINGS = {"vector_size": 4, "min_count": 1, "workers": 1, "epochs": 2}


def words(model):
    return dict(zip(model.wv.index_to_key, model.wv.expandos["count"].tolist()))


class Countable:
    """A corpus that counts how often it is read."""

    def __init__(self, texts):
        self.texts = texts
        self.read = 0

    def __iter__(self):
        self.read += 1
        return iter(self.texts)


class Document:
    """A sentence with a length and an iterator, and nothing else."""

    def __init__(self, words):
        self.words = words

    def __len__(self):
        return len(self.words)

    def __iter__(self):
        return iter(self.words)


KINDS = {
    "lists": lambda texts: texts,
    "tuples": lambda texts: tuple(tuple(text) for text in texts),
    "arrays": lambda texts: [np.array(text) for text in texts],
    "object arrays": lambda texts: np.array([np.array(text, dtype=object) for text in texts], dtype=object),
    "own class": Countable,
    "documents": lambda texts: [Document(text) for text in texts],
    "map, once": lambda texts: map(list, texts),
    "dictionary views": lambda texts: dict(enumerate(texts)).values(),
    "lists, some empty": lambda texts: [[], *texts, []],
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_words_come_from_every_kind(texts, kind):
    assert words(Word2Vec(KINDS[kind](texts), **SETTINGS)) == words(Word2Vec(texts, **SETTINGS))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "empty" not in kind])
def test_the_same_seed_gives_the_same_vectors(texts, kind):
    one, other = (Word2Vec(KINDS[kind](texts), seed=3, sample=0, **SETTINGS) for _ in range(2))
    assert np.array_equal(one.wv.vectors, other.wv.vectors)
    assert np.array_equal(one.wv.vectors, Word2Vec(texts, seed=3, sample=0, **SETTINGS).wv.vectors)
    assert not np.array_equal(one.wv.vectors, Word2Vec(texts, seed=4, sample=0, **SETTINGS).wv.vectors)


@pytest.mark.parametrize(
    "tokens",
    [[1, 2, 3], [b"a", b"b"], [("a", 1), ("b", 2)], ["a", 1, b"a", None, 1.5], ["New York", "", "\0", " "], ["한국어", "ü"]],
)
def test_tokens_of_every_kind_are_taken_as_they_are(tokens):
    model = Word2Vec([tokens, tokens], **SETTINGS)
    assert words(model) == dict.fromkeys(tokens, 2)


def test_a_lone_surrogate_is_an_error_with_its_place():
    with pytest.raises(UnicodeEncodeError):
        Word2Vec([["a", "\ud800"]], **SETTINGS)


@pytest.mark.parametrize("broken", [[[["a"]]], [[{}]], [None], [3], 3, "abc and 3"])
def test_what_is_not_text_is_a_type_error(broken):
    if broken == "abc and 3":
        pytest.skip("a string is read letter by letter, as by gensim")
    with pytest.raises(TypeError):
        Word2Vec(broken, **SETTINGS)


def test_a_string_as_sentence_is_warned_of(caplog):
    Word2Vec(["human", "machine"], **SETTINGS)
    assert "Each 'sentences' item should be a list of words (usually unicode strings)." in caplog.text


def test_what_the_text_raises_is_raised(texts):
    def broken():
        yield texts[0]
        raise ZeroDivisionError

    model = Word2Vec(**SETTINGS)
    with pytest.raises(ZeroDivisionError):
        model.build_vocab(broken())


def test_the_constructor_reads_once_and_train_once_more(texts):
    corpus = Countable(texts)
    model = Word2Vec(corpus, **SETTINGS)
    assert corpus.read == 1
    model.train(corpus, total_examples=model.corpus_count, epochs=7)
    assert corpus.read == 2
    model.train(corpus, total_examples=model.corpus_count, epochs=7, reiterate=True)
    assert corpus.read == 9


def test_reiterate_reads_before_each_epoch(texts):
    corpus = Countable(texts)
    model = Word2Vec(corpus, reiterate=True, **{**SETTINGS, "epochs": 3})
    assert corpus.read == 1 + 3
    assert model.epochs_done == 3
    assert model.min_alpha_yet_reached == pytest.approx(model.min_alpha, abs=1e-3)


def test_a_generator_is_for_one_pass(texts):
    with pytest.raises(TypeError, match="generator"):
        Word2Vec((text for text in texts), **SETTINGS)
    model = Word2Vec(**SETTINGS)
    model.build_vocab(text for text in texts)
    with pytest.raises(TypeError, match="generator"):
        model.train((text for text in texts), total_examples=9, epochs=2)
    assert model.train((text for text in texts), total_examples=9, epochs=1)[1] == 29


def test_exactly_one_source_is_needed(texts, tmp_path):
    with pytest.raises(TypeError, match="Both"):
        Word2Vec(texts, corpus_file=str(tmp_path / "x"))
    with pytest.raises(TypeError, match="Either"):
        Word2Vec().build_vocab()
    for path in (3, str(tmp_path), str(tmp_path / "missing")):
        with pytest.raises(TypeError, match="valid path"):
            Word2Vec(corpus_file=path)


def test_files_give_the_words_of_lists(texts, tmp_path):
    path = tmp_path / "corpus.txt"
    save_as_line_sentence(texts, str(path))
    expected = words(Word2Vec(texts, **SETTINGS))
    packed = {".gz": gzip.compress(path.read_bytes()), ".bz2": bz2.compress(path.read_bytes())}
    for ending, content in packed.items():
        (tmp_path / f"corpus.txt{ending}").write_bytes(content)
    for source in (path, str(path), f"{path}.gz", f"{path}.bz2"):
        model = Word2Vec(corpus_file=source, **SETTINGS)
        assert words(model) == expected
        assert (model.corpus_count, model.corpus_total_words) == (9, 29)
        assert words(Word2Vec(LineSentence(str(source)), **SETTINGS)) == expected
    with open(path, "rb") as lines:
        assert words(Word2Vec(LineSentence(lines), **SETTINGS)) == expected


def test_the_same_vectors_come_from_a_file_and_a_list(texts, tmp_path):
    path = tmp_path / "corpus.txt"
    save_as_line_sentence(texts, str(path))
    settings = {**SETTINGS, "sample": 0}
    from_list, from_file = Word2Vec(texts, **settings), Word2Vec(LineSentence(str(path)), **settings)
    assert from_list.wv.index_to_key == from_file.wv.index_to_key
    assert np.array_equal(from_list.wv.vectors, from_file.wv.vectors)


def test_corpus_classes_are_read_by_native_code_unless_they_are_derived(texts, tmp_path, monkeypatch):
    path = tmp_path / "corpus.txt"
    save_as_line_sentence(texts, str(path))

    def refuse(self):
        raise AssertionError("iterated in Python")
        yield

    monkeypatch.setattr(LineSentence, "__iter__", refuse)
    assert len(Word2Vec(LineSentence(str(path)), **SETTINGS).wv) == 12

    class Upper(LineSentence):
        def __iter__(self):
            with open(self.source) as lines:
                return iter([line.upper().split() for line in lines])

    assert "HUMAN" in Word2Vec(Upper(str(path)), **SETTINGS).wv


def test_limit_is_kept(texts, tmp_path):
    path = tmp_path / "corpus.txt"
    save_as_line_sentence(texts, str(path))
    assert Word2Vec(LineSentence(str(path), limit=2), **SETTINGS).corpus_count == 2


def test_folders_and_long_lines(texts, tmp_path):
    (tmp_path / "folder").mkdir()
    save_as_line_sentence(texts[:4], str(tmp_path / "folder" / "a.txt"))
    save_as_line_sentence(texts[4:], str(tmp_path / "folder" / "b.txt"))
    folder = PathLineSentences(str(tmp_path / "folder"))
    assert list(folder) == texts
    assert words(Word2Vec(folder, **SETTINGS)) == words(Word2Vec(texts, **SETTINGS))
    with pytest.raises(ValueError, match="neither"):
        PathLineSentences(str(tmp_path / "missing"))

    (tmp_path / "text8").write_text(" ".join(word for text in texts for word in text))
    pieces = list(Text8Corpus(str(tmp_path / "text8"), max_sentence_length=10))
    assert [len(piece) for piece in pieces] == [10, 10, 9]
    assert words(Word2Vec(Text8Corpus(str(tmp_path / "text8")), **SETTINGS)) == words(Word2Vec(texts, **SETTINGS))
    (tmp_path / "long").write_text("a " * 25)
    assert [len(piece) for piece in LineSentence(str(tmp_path / "long"), max_sentence_length=10)] == [10, 10, 5]


def test_long_sentences_are_not_cut():
    model = Word2Vec([["a", "b"] * 20_000], **{**SETTINGS, "sample": 0})
    assert model.corpus_total_words == 40_000
    assert model.train([["a", "b"] * 20_000], total_examples=1, epochs=1) == (40_000, 40_000)


def test_progress_is_logged(texts, caplog):
    caplog.set_level(logging.INFO)
    Word2Vec([["a", "b", "c"]] * 100_000, **SETTINGS)
    assert "PROGRESS: at sentence #0, processed 0 words, keeping 0 word types" in caplog.text
    assert "collected 3 word types from a corpus of 300000 raw words and 100000 sentences" in caplog.text
    assert caplog.text.count("PROGRESS: at sentence #") > 1
    assert "EPOCH 1: training on 300000 raw words (" in caplog.text
