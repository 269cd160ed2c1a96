"""Files as sentences, under gensim's names.

They can be iterated like gensim's. If an object of exactly one of these classes is passed to a model, native code reads its files.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from rapidvec.gensim.utils import any2unicode
from rapidvec.gensim.utils import open as open_file

__all__ = ["MAX_WORDS_IN_BATCH", "BrownCorpus", "LineSentence", "PathLineSentences", "Text8Corpus"]

#: Where gensim's corpus classes cut a sentence.
MAX_WORDS_IN_BATCH = 10000


def _pieces(words: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(words), size):
        yield words[start : start + size]


def _sentences(lines: Iterable[Any], size: int, limit: int | None) -> Iterator[list[str]]:
    """The lines as lists of words, long ones in pieces."""
    for line in islice(lines, limit):
        words = any2unicode(line).split()
        if len(words) <= size:
            yield words
        else:
            yield from _pieces(words, size)


class LineSentence:
    """A file with one sentence per line, words separated by white space.

    Parameters
    ----------
    source : str, path or open file
        The file, plain or compressed. An open file is read from its start each time.
    max_sentence_length : int
        Longer lines are cut into several sentences.
    limit : int, optional
        Reads the first lines only.
    """

    def __init__(self, source: Any, max_sentence_length: int = MAX_WORDS_IN_BATCH, limit: int | None = None) -> None:
        self.source = source
        self.max_sentence_length = max_sentence_length
        self.limit = limit

    def __iter__(self) -> Iterator[list[str]]:
        if hasattr(self.source, "read"):
            self.source.seek(0)
            yield from _sentences(self.source, self.max_sentence_length, self.limit)
            return
        with open_file(self.source, "rb") as lines:
            yield from _sentences(lines, self.max_sentence_length, self.limit)


class PathLineSentences:
    """All files of a folder, in the order of their names, as `LineSentence` reads them; or one file.

    Parameters
    ----------
    source : str or path
        The folder.
    max_sentence_length : int
        Longer lines are cut into several sentences.
    limit : int, optional
        Reads the first lines of each file only.
    """

    def __init__(self, source: Any, max_sentence_length: int = MAX_WORDS_IN_BATCH, limit: int | None = None) -> None:
        self.source = source
        self.max_sentence_length = max_sentence_length
        self.limit = limit
        if os.path.isfile(source):
            self.input_files = [os.fspath(source)]
        elif os.path.isdir(source):
            self.input_files = [os.path.join(source, name) for name in sorted(os.listdir(source))]
        else:
            raise ValueError("input is neither a file nor a path")

    def __iter__(self) -> Iterator[list[str]]:
        for path in self.input_files:
            with open_file(path, "rb") as lines:
                yield from _sentences(lines, self.max_sentence_length, self.limit)


class Text8Corpus:
    """A file that is one long line, such as text8, cut into sentences.

    Parameters
    ----------
    fname : str or path
        The file.
    max_sentence_length : int
        Words per sentence.
    """

    def __init__(self, fname: Any, max_sentence_length: int = MAX_WORDS_IN_BATCH) -> None:
        self.fname = fname
        self.max_sentence_length = max_sentence_length

    def __iter__(self) -> Iterator[list[str]]:
        words: list[str] = []
        rest = b""
        with open_file(self.fname, "rb") as text:
            while chunk := text.read(1 << 16):
                done, rest = _whole_words(rest + chunk)
                words.extend(any2unicode(done).split())
                while len(words) >= self.max_sentence_length:
                    yield words[: self.max_sentence_length]
                    words = words[self.max_sentence_length :]
        words.extend(any2unicode(rest).split())
        yield from _pieces(words, self.max_sentence_length)


def _whole_words(text: bytes) -> tuple[bytes, bytes]:
    """Splits at the last space."""
    at = max(text.rfind(b" "), text.rfind(b"\n"))
    return text[: at + 1], text[at + 1 :]


class BrownCorpus:
    """The Brown corpus of NLTK: words such as "The/at-tl" become "the/at", with the first two letters of the tag, in lower case.

    Parameters
    ----------
    dirname : str or path
        Its folder.
    """

    def __init__(self, dirname: Any) -> None:
        self.dirname = dirname

    def __iter__(self) -> Iterator[list[str]]:
        for name in os.listdir(self.dirname):
            path = os.path.join(self.dirname, name)
            if not os.path.isfile(path):
                continue
            with open_file(path, "rb") as lines:
                for line in lines:
                    words = list(_tagged(any2unicode(line)))
                    if words:
                        yield words


def _tagged(line: str) -> Iterator[str]:
    for token in line.split():
        parts = token.split("/")
        if len(parts) == 2 and parts[1][:2].isalpha():
            yield f"{parts[0].lower()}/{parts[1][:2]}"
