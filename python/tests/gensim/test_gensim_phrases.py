"""Phrases: gensim's counts, scores and sentences; files that are read without executing anything."""

from __future__ import annotations

import json
import math
import pickle
import random
from pathlib import Path
from typing import Any

import pytest

import rapidvec
from rapidvec.gensim.models.phrases import (
    ENGLISH_CONNECTOR_WORDS,
    FrozenPhrases,
    Phraser,
    Phrases,
    npmi_scorer,
    original_scorer,
)

SENTENCES = [["new", "york", "is", "large"], ["i", "love", "new", "york"], ["the", "bank", "of", "america"]] * 3


def made_up(count: int = 300) -> list[list[str]]:
    generator = random.Random(5)
    words = [f"w{i}" for i in range(30)] + ["of", "the", "a_b", "도시"]
    return [generator.choices(words, k=generator.randrange(12)) for _ in range(count)]


def one_scorer(
    worda_count: float, wordb_count: float, bigram_count: float, len_vocab: float, min_count: float, corpus_word_count: float
) -> float:
    return bigram_count


def test_it_is_one_class_under_its_names() -> None:
    assert rapidvec.Phrases is Phrases
    assert Phraser is FrozenPhrases
    assert Phrases(SENTENCES, min_count=1, threshold=2)[["in", "new", "york"]] == ["in", "new_york"]


@pytest.mark.parametrize("scoring", ["default", "npmi", one_scorer])
@pytest.mark.parametrize("connectors", [frozenset(), ENGLISH_CONNECTOR_WORDS])
def test_counts_scores_and_sentences_are_those_of_gensim(scoring: Any, connectors: frozenset[str]) -> None:
    theirs = pytest.importorskip("gensim.models.phrases")
    assert theirs.ENGLISH_CONNECTOR_WORDS == ENGLISH_CONNECTOR_WORDS
    settings = {"min_count": 2, "threshold": 0.02, "scoring": scoring, "connector_words": connectors}
    own, other = Phrases(made_up(), **settings), theirs.Phrases(made_up(), **settings)
    assert own.vocab == other.vocab
    assert own.corpus_word_count == other.corpus_word_count
    mine, expected = own.export_phrases(), other.export_phrases()
    assert mine.keys() == expected.keys() and expected
    assert all(math.isclose(mine[phrase], score, rel_tol=1e-9) for phrase, score in expected.items())
    assert list(own[made_up()]) == list(other[made_up()])
    assert list(own.freeze()[made_up()]) == list(other.freeze()[made_up()])
    assert own.find_phrases(made_up()).keys() == other.find_phrases(made_up()).keys()
    assert str(own) == str(other) and str(own.freeze()) == str(other.freeze())
    more = [["new", "york"]] * 9
    own.add_vocab(more)
    other.add_vocab(more)
    assert own.vocab == other.vocab


def test_scorers_at_their_edges() -> None:
    assert original_scorer(0, 1, 1, 10, 1, 5) == npmi_scorer(1, 1, 1, 10, 2, 5) == -math.inf
    assert npmi_scorer(1, 1, 0, 10, 0, 5) == -math.inf


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"min_count": 0}, ValueError),
        ({"threshold": -1}, ValueError),
        ({"scoring": "npmi"}, ValueError),
        ({"scoring": "other"}, ValueError),
        ({"scoring": lambda count: 1.0}, ValueError),
        ({"scoring": 3}, TypeError),
    ],
)
def test_settings_out_of_range_are_refused(settings: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        Phrases(SENTENCES, **settings)


def test_a_small_vocabulary_keeps_what_is_frequent() -> None:
    kept = Phrases(SENTENCES + [["new", "york"]] * 20, max_vocab_size=4)
    assert set(kept.vocab) == {"new", "york", "new_york"}


@pytest.mark.parametrize("name", ["phrases", "phrases.gz"])
def test_files_travel(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    found = Phrases(SENTENCES, min_count=1, threshold=1, scoring=one_scorer, connector_words={"of"})
    for made in (found, found.freeze()):
        made.save(str(path))
        again = type(made).load(str(path))
        assert again.__dict__ == {key: value for key, value in made.__dict__.items() if key != "lifecycle_events"}
        assert list(again[SENTENCES]) == list(made[SENTENCES])
        assert list(pickle.loads(pickle.dumps(made))[SENTENCES]) == list(made[SENTENCES])
    with pytest.raises(AttributeError, match="FrozenPhrases.load opens it"):
        Phrases.load(str(path))


def test_gensims_files_open(tmp_path: Path) -> None:
    theirs = pytest.importorskip("gensim.models.phrases")
    other = theirs.Phrases(SENTENCES, min_count=1, threshold=1, connector_words={"of"})
    for made, cls in ((other, Phrases), (other.freeze(), FrozenPhrases)):
        made.save(str(tmp_path / "theirs"))
        own = cls.load(str(tmp_path / "theirs"))
        assert own.scoring is original_scorer
        assert list(own[SENTENCES]) == list(made[SENTENCES])


def state(**changed: Any) -> bytes:
    base = {"rapidvec_phrases": 1, "class": "Phrases", "vocab": {}, "scoring": ["rapidvec.gensim.models.phrases", "npmi_scorer"]}
    return json.dumps({**base, **changed}).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[1]",
        b"\x80\x02cposix\nsystem\nX\x02\0\0\0id\x85R.",
        pickle.dumps({"vocab": {}}),
        state(rapidvec_phrases=2),
        state(vocab=[1]),
        state(vocab={"a": "b"}),
        state(threshold="high"),
        state(delimiter=3),
        state(connector_words="of"),
        state(scoring=["os", "system"]),
        state(scoring=["json", "dumps"]),
        state(scoring=["antigravity", "geohash"]),
        state(scoring=7),
    ],
)
def test_hostile_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "hostile"
    path.write_bytes(content)
    with pytest.raises(rapidvec.FormatError):
        Phrases.load(str(path))
    import sys

    assert "antigravity" not in sys.modules
