"""Small helpers under gensim's names: tokens from text, rules for vocabularies, files."""

from __future__ import annotations

import builtins
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from rapidvec.gensim._events import Lifecycle

__all__ = [
    "RULE_DEFAULT",
    "RULE_DISCARD",
    "RULE_KEEP",
    "ClippedCorpus",
    "RepeatCorpus",
    "RepeatCorpusNTimes",
    "SaveLoad",
    "any2unicode",
    "any2utf8",
    "deaccent",
    "keep_vocab_item",
    "open",
    "prune_vocab",
    "save_as_line_sentence",
    "simple_preprocess",
    "to_unicode",
    "to_utf8",
    "tokenize",
]

#: What a `trim_rule` returns: decide by the count; drop the word; keep it.
RULE_DEFAULT = 0
RULE_DISCARD = 1
RULE_KEEP = 2

SaveLoad = Lifecycle

TrimRule = Callable[[Any, int, int], int]

_WORD = re.compile(r"(?:(?!\d)\w)+")


# Files.

_PACKED = {b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\xfd7zXZ": "lzma"}
_ENDINGS = {".gz": "gzip", ".bz2": "bz2", ".xz": "lzma"}


def open(uri: Any, mode: str = "r", **kwargs: Any) -> Any:
    """Opens a local file, compressed or not.

    Parameters
    ----------
    uri : str, path or open file
        Compressed files are recognised by their first bytes when they are read, by their name when they are written.
    mode : str
        As for Python's `open`.
    **kwargs
        As for Python's `open`.
    """
    if hasattr(uri, "read") or hasattr(uri, "write"):
        return uri
    module = _packed_by(os.fspath(uri), mode)
    if module is None:
        return builtins.open(uri, mode, **kwargs)
    from importlib import import_module

    if "b" not in mode and "t" not in mode:
        mode += "t"
    return import_module(module).open(uri, mode, **kwargs)


def _packed_by(path: str | bytes, mode: str) -> str | None:
    """The module that opens this file, if it is compressed."""
    if "r" not in mode:
        return _ENDINGS.get(os.path.splitext(os.fsdecode(path))[1])
    with builtins.open(path, "rb") as start:
        head = start.read(6)
    return next((module for magic, module in _PACKED.items() if head.startswith(magic)), None)


def save_as_line_sentence(corpus: Iterable[Iterable[Any]], filename: Any) -> None:
    """Writes sentences to a file, one per line, tokens separated by a space."""
    with open(filename, "wb") as out:
        for sentence in corpus:
            out.write(any2utf8(" ".join(sentence) + "\n"))


# Text.


def any2unicode(text: str | bytes, encoding: str = "utf8", errors: str = "strict") -> str:
    """Returns text as `str`."""
    return text if isinstance(text, str) else str(text, encoding, errors=errors)


def any2utf8(text: str | bytes, errors: str = "strict", encoding: str = "utf8") -> bytes:
    """Returns text as bytes in UTF-8."""
    return text.encode("utf8") if isinstance(text, str) else str(text, encoding, errors=errors).encode("utf8")


to_unicode = any2unicode
to_utf8 = any2utf8


def deaccent(text: str | bytes) -> str:
    """Returns the text without accents: "šéf" becomes "sef"."""
    parts = unicodedata.normalize("NFD", any2unicode(text))
    return unicodedata.normalize("NFC", "".join(char for char in parts if unicodedata.category(char) != "Mn"))


def tokenize(
    text: str | bytes,
    lowercase: bool = False,
    deacc: bool = False,
    encoding: str = "utf8",
    errors: str = "strict",
    to_lower: bool = False,
    lower: bool = False,
) -> Iterator[str]:
    """Yields the runs of letters in a text.

    Parameters
    ----------
    text : str or bytes
        The text.
    lowercase, to_lower, lower : bool
        Whether to convert them to lower case.
    deacc : bool
        Whether to remove accents.
    encoding, errors : str
        How to read bytes.
    """
    text = any2unicode(text, encoding, errors=errors)
    if lowercase or to_lower or lower:
        text = text.lower()
    if deacc:
        text = deaccent(text)
    return (match.group() for match in _WORD.finditer(text))


def simple_preprocess(doc: str | bytes, deacc: bool = False, min_len: int = 2, max_len: int = 15) -> list[str]:
    """Returns the words of a text in lower case, without very short and very long ones.

    Parameters
    ----------
    doc : str or bytes
        The text.
    deacc : bool
        Whether to remove accents.
    min_len, max_len : int
        The minimum and maximum length of words to keep.
    """
    words = tokenize(doc, lower=True, deacc=deacc, errors="ignore")
    return [word for word in words if min_len <= len(word) <= max_len and not word.startswith("_")]


# Vocabularies.


def keep_vocab_item(word: Any, count: int, min_count: int, trim_rule: TrimRule | None = None) -> bool:
    """Whether a word stays in the vocabulary, by `trim_rule` or by its count."""
    rule = RULE_DEFAULT if trim_rule is None else trim_rule(word, count, min_count)
    if rule == RULE_KEEP:
        return True
    if rule == RULE_DISCARD:
        return False
    return count >= min_count


def prune_vocab(vocab: dict[Any, int], min_reduce: int, trim_rule: TrimRule | None = None) -> int:
    """Removes the words that occur fewer than `min_reduce` times from `vocab`; returns the sum of their counts."""
    lost = [word for word, count in vocab.items() if not keep_vocab_item(word, count, min_reduce, trim_rule)]
    return sum(vocab.pop(word) for word in lost)


# Corpora derived from others.


class RepeatCorpus:
    """A corpus that repeats another until it has `reps` documents."""

    def __init__(self, corpus: Iterable[Any], reps: int) -> None:
        self.corpus = corpus
        self.reps = reps

    def __iter__(self) -> Iterator[Any]:
        from itertools import cycle

        return islice(cycle(self.corpus), self.reps)


class RepeatCorpusNTimes:
    """A corpus that repeats another `n` times."""

    def __init__(self, corpus: Iterable[Any], n: int) -> None:
        self.corpus = corpus
        self.n = n

    def __iter__(self) -> Iterator[Any]:
        for _ in range(self.n):
            yield from self.corpus


class ClippedCorpus:
    """The first documents of a corpus."""

    def __init__(self, corpus: Iterable[Any], max_docs: int | None = None) -> None:
        self.corpus = corpus
        self.max_docs = max_docs

    def __iter__(self) -> Iterator[Any]:
        return islice(self.corpus, self.max_docs)

    def __len__(self) -> int:
        size = len(self.corpus)  # type: ignore[arg-type]
        return size if self.max_docs is None else min(self.max_docs, size)
