"""Turns the user's text into a native corpus: files are read natively, everything else is iterated once."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from types import GeneratorType
from typing import Any

from rapidvec import _native
from rapidvec.gensim._corpora import LineSentence, PathLineSentences, Text8Corpus
from rapidvec.gensim.utils import TrimRule, prune_vocab

logger = logging.getLogger("rapidvec.word2vec")

Tick = Callable[[int, int, int], object]


def check(corpus_iterable: Any, corpus_file: Any, passes: int) -> None:
    """Raises TypeError unless there is one source, and it can be read `passes` times."""
    if corpus_iterable is None and corpus_file is None:
        raise TypeError("Either one of corpus_file or corpus_iterable value must be provided")
    if corpus_iterable is not None and corpus_file is not None:
        raise TypeError("Both corpus_file and corpus_iterable must not be provided at the same time")
    if corpus_iterable is None:
        if not isinstance(corpus_file, (str, os.PathLike)) or not os.path.isfile(corpus_file):
            raise TypeError(f"Parameter corpus_file must be a valid path to a file, got {corpus_file!r} instead")
    elif not isinstance(corpus_iterable, Iterable) and not hasattr(corpus_iterable, "__getitem__"):
        raise TypeError(f"The corpus_iterable must be an iterable of lists of strings, got {corpus_iterable!r} instead")
    elif isinstance(corpus_iterable, GeneratorType) and passes > 1:
        raise TypeError(
            f"Using a generator as corpus_iterable can't support {passes} passes. Try a re-iterable sequence."
        )


def read(corpus_iterable: Any, corpus_file: Any, *, threads: int = 0, progress_per: int | None = None) -> _native.Corpus:
    """Reads everything once."""
    if corpus_file is not None:
        return _native.Corpus.from_files([os.fspath(corpus_file)], threads=threads)
    files = _files_of(corpus_iterable)
    if files is not None:
        return _native.Corpus.from_files(files, threads=threads)
    tick = _progress(progress_per) if progress_per and logger.isEnabledFor(logging.INFO) else None
    return _native.Corpus.from_sentences(_warned(corpus_iterable), tick)


def scan_pruned(sentences: Any, limit: int, trim_rule: TrimRule | None) -> tuple[dict[Any, int], int, int]:
    """Counts with at most about `limit` distinct words in memory: (counts, tokens, sentences).

    After each sentence that leaves more than `limit` words, those that occur less often than a bound are dropped, and the bound
    grows by one. The result depends on the order of the text, so this cannot be done after counting.
    """
    counts: dict[Any, int] = {}
    tokens = number = 0
    bound = 1
    for number, sentence in enumerate(_warned(sentences), start=1):  # noqa: B007
        for token in sentence:
            counts[token] = counts.get(token, 0) + 1
            tokens += 1
        if len(counts) > limit:
            prune_vocab(counts, bound, trim_rule=trim_rule)
            bound += 1
    return counts, tokens, number


def _files_of(corpus: Any) -> list[str] | None:
    """The files behind a corpus of exactly one of gensim's classes."""
    kind = type(corpus)
    name = kind.__name__
    if kind not in (LineSentence, PathLineSentences, Text8Corpus) and kind.__module__ != "gensim.models.word2vec":
        return None
    if getattr(corpus, "limit", None) is not None:
        return None
    if name == "PathLineSentences":
        return [os.fspath(path) for path in corpus.input_files]
    path = {"LineSentence": "source", "Text8Corpus": "fname"}.get(name)
    source = getattr(corpus, path) if path else None
    if not isinstance(source, (str, os.PathLike)):
        return None
    return [os.fspath(source)]


def _warned(sentences: Any) -> Any:
    """The sentences; a warning if the first one is a string, which would be read letter by letter."""
    if isinstance(sentences, (list, tuple)):
        if sentences:
            _warn_of_string(sentences[0])
        return sentences
    return _peeked(iter(sentences))


def _peeked(sentences: Iterator[Any]) -> Iterator[Any]:
    for first in sentences:
        _warn_of_string(first)
        return chain((first,), sentences)
    return iter(())


def _warn_of_string(first: Any) -> None:
    if isinstance(first, str):
        logger.warning(
            "Each 'sentences' item should be a list of words (usually unicode strings). First item here is instead plain %s.",
            type(first),
        )


def _progress(progress_per: int) -> Tick:
    """Logs the progress of reading, about every `progress_per` sentences."""
    said = 0

    def tick(sentences: int, tokens: int, distinct: int) -> None:
        nonlocal said
        if sentences // progress_per > said:
            said = sentences // progress_per
            logger.info(
                "PROGRESS: at sentence #%i, processed %i words, keeping %i word types", sentences, tokens, distinct
            )

    return tick
