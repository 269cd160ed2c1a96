"""Where text comes from: files, sentences, texts."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

from . import _native

#: Options of reading that `train` takes.
OPTIONS = (
    "field",
    "invalid_utf8",
    "lower",
    "max_tokens",
    "max_vocab",
    "min_count",
    "normalize",
    "phrases",
    "skip_missing_field",
    "temporary_folder",
    "tokenizer",
    "vocabulary",
)

Tick = Callable[[int, int | None, int], object]


def is_path(data: object) -> bool:
    """Whether `data` names a file, a folder or a pattern."""
    return isinstance(data, (str, os.PathLike))


def phrase_lists(phrases: Any) -> list[str | tuple[str]]:
    """The lists of phrases in `phrases`: names of files, each in a tuple, and contents of such files.

    Raises
    ------
    TypeError
        For anything else.
    """
    if phrases is None:
        return []
    if is_path(phrases) or hasattr(phrases, "delimiter"):
        return [_phrase_list(phrases)]
    return [_phrase_list(item) for item in phrases]


def _phrase_list(phrases: Any) -> str | tuple[str]:
    if is_path(phrases):
        return (os.fspath(phrases),)
    if not hasattr(phrases, "delimiter"):
        raise TypeError(f"phrases must be files, Phrases or FrozenPhrases, got {phrases!r}")
    scores = phrases.export_phrases() if hasattr(phrases, "export_phrases") else phrases.phrasegrams
    delimiter: str = phrases.delimiter
    head = json.dumps({"rapidvec_phrases": 1, "delimiter": delimiter})
    best = sorted(scores.items(), key=lambda item: -item[1])
    lines = ["\t".join((str(float(score)), "0", *phrase.split(delimiter))) for phrase, score in best]
    return "\n".join([f"#{head}", *lines, ""])


def read(data: Any, texts: Any, reading: _native.Reading, tick: Tick | None = None) -> _native.Text:
    """Reads the user's `data` or `texts`; the other is None.

    Raises
    ------
    TypeError
        If both or neither are given, or `data` cannot be read.
    """
    if (data is None) == (texts is None):
        both = "neither" if data is None else "both"
        raise TypeError(f"expected either data or texts, got {both}")
    if texts is not None and is_path(texts):
        raise TypeError("texts must be an iterable of str, got one str; for a file pass its path as the first argument")
    column = _native.Text.from_arrow(data if texts is None else texts, reading, tick)
    if column is not None:
        return column
    if texts is not None:
        return _native.Text.from_texts(texts, reading)
    if is_path(data):
        return _read_files([data], reading, tick)
    if isinstance(data, (list, tuple)) and data and all(is_path(item) for item in data):
        return _read_files(list(data), reading, tick)
    items = iter(data)
    first = next(items, None)
    if first is None:
        return _native.Text.from_sentences([], reading)  # which reports that there is nothing
    rest: Iterator[Any] = chain([first], items)
    if isinstance(first, str):
        return _native.Text.from_texts(rest, reading)
    return _native.Text.from_sentences(data if isinstance(data, list) else rest, reading)


def _read_files(paths: list[Any], reading: _native.Reading, tick: Tick | None) -> _native.Text:
    names = [os.fspath(path) for path in paths]
    try:
        return _native.Text.from_files(names, reading, tick)
    except FileNotFoundError as error:
        if any(isinstance(path, str) and not os.path.exists(path) for path in paths):
            error.add_note("a str, or a list of str, is taken for paths; pass texts in memory as texts=[...]") if hasattr(
                error, "add_note"
            ) else None
        raise
