"""Files in the formats of the word2vec program.

Native code reads and writes ordinary files. What it does not support (other encodings, invalid text, prefixes, appending) is done here,
more slowly, as in gensim.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from rapidvec import _native
from rapidvec.gensim._arrays import REAL, contiguous
from rapidvec.gensim.utils import open as open_file

if TYPE_CHECKING:
    from rapidvec.gensim.models.keyedvectors import KeyedVectors
    from rapidvec.gensim.models.keyedvectors import KeyedVectors as _Base
else:
    _Base = object

logger = logging.getLogger("rapidvec.keyedvectors")

_UTF8 = ("utf8", "utf-8", "utf_8")


class Word2VecFormat(_Base):
    """The part of `KeyedVectors` that reads and writes files of other programs."""

    @classmethod
    def load_word2vec_format(
        cls,
        fname: Any,
        fvocab: Any = None,
        binary: bool = False,
        encoding: str = "utf8",
        unicode_errors: str = "strict",
        limit: int | None = None,
        datatype: Any = REAL,
        no_header: bool = False,
    ) -> Any:
        """Reads vectors from a file in a format of the word2vec program.

        Parameters
        ----------
        fname : str or path
            The file, plain or compressed.
        fvocab : str or path, optional
            A file of words and their counts.
        binary : bool
            Whether the numbers are binary.
        encoding : str
            The encoding of the words.
        unicode_errors : {"strict", "ignore", "replace"}
            What to do with words that are not valid in this encoding.
        limit : int, optional
            Read only the first vectors.
        datatype : type
            The type of the numbers in memory.
        no_header : bool
            Whether the line with the sizes is missing, as in GloVe's files.

        Returns
        -------
        KeyedVectors

        Raises
        ------
        EOFError
            If the file is cut short.
        UnicodeDecodeError
            If a word is not valid in this encoding, and `unicode_errors` is "strict".
        """
        return load(cls, fname, fvocab, binary, encoding, unicode_errors, limit, datatype, no_header)

    def save_word2vec_format(
        self,
        fname: Any,
        fvocab: Any = None,
        binary: bool = False,
        total_vec: int | None = None,
        write_header: bool = True,
        prefix: str = "",
        append: bool = False,
        sort_attr: str = "count",
    ) -> None:
        """Writes the vectors in a format of the word2vec program.

        Parameters
        ----------
        fname : str or path
            The file; ".gz", ".bz2" and ".xz" are compressed.
        fvocab : str or path, optional
            A file that gets the words and their counts.
        binary : bool
            Whether numbers are written in binary.
        total_vec : int, optional
            The number of vectors to write in the first line.
        write_header : bool
            Whether to write that line.
        prefix : str
            What to write before each word.
        append : bool
            Whether to add to the file.
        sort_attr : str
            The value by which the words are sorted, the largest first.
        """
        order = self._file_order(sort_attr)
        if fvocab is not None:
            self._save_counts(fvocab, prefix, order, sort_attr)
        logger.info("storing %sx%s projection weights into %s", total_vec or len(self), self.vector_size, fname)
        plain = total_vec is None and write_header and not prefix and not append and not _is_packed_name(fname) and not is_device(fname)
        words = [self.index_to_key[row] for row in order]
        vectors = self.vectors if order == list(range(len(self.vectors))) else self.vectors[order]
        if plain and _are_simple(words) and vectors.dtype == REAL and isinstance(fname, (str, os.PathLike)):
            kind = "word2vec-binary" if binary else "word2vec-text"
            _native.save_vectors(os.fspath(fname), words, contiguous(vectors), None, format=kind)
            return
        header = f"{total_vec or len(words)} {self.vector_size}\n" if write_header else ""
        _write(fname, [f"{prefix}{word}" for word in words], vectors, binary, header, append)

    def _file_order(self, sort_attr: str) -> list[int]:
        """The rows in the order of the file."""
        if sort_attr in self.expandos:
            rows: list[int] = np.argsort(-self.expandos[sort_attr].astype(np.float64), kind="stable").tolist()
            return rows
        logger.warning("attribute %s not present in %s; will store in internal index_to_key order", sort_attr, self)
        return list(range(len(self)))

    def _save_counts(self, path: Any, prefix: str, order: list[int], sort_attr: str) -> None:
        if sort_attr not in self.expandos:
            raise ValueError(f"Cannot store vocabulary with '{sort_attr}' because that attribute does not exist")
        logger.info("storing vocabulary in %s", path)
        values = self.expandos[sort_attr].tolist()
        with open_file(path, "wb") as out:
            for row in order:
                out.write(f"{prefix}{self.index_to_key[row]} {values[row]}\n".encode())

    def intersect_word2vec_format(
        self, fname: Any, lockf: float = 0.0, binary: bool = False, encoding: str = "utf8", unicode_errors: str = "strict"
    ) -> None:
        """Takes over the vectors of the words that are also in the file.

        Parameters
        ----------
        fname : str or path
            A file in a format of the word2vec program.
        lockf : float
            0: these vectors are not changed by later training; 1: they are trained further.
        binary, encoding, unicode_errors
            As for `load_word2vec_format`.
        """
        logger.info("loading projection weights from %s", fname)
        other = load(type(self), fname, None, binary, encoding, unicode_errors, None, REAL, False)
        if other.vector_size != self.vector_size:
            raise ValueError(f"incompatible vector size {other.vector_size} in file {fname}: expected {self.vector_size}")
        common = [(self.key_to_index[word], row) for word, row in other.key_to_index.items() if word in self.key_to_index]
        rows, theirs = [mine for mine, _ in common], [row for _, row in common]
        self.vectors[rows] = other.vectors[theirs]
        self.norms = None
        self._lock(rows, lockf)
        self.add_lifecycle_event(
            "intersect_word2vec_format",
            msg=f"merged {len(rows)} vectors into {self.vectors.shape} matrix of type {self.vectors.dtype} from {fname}",
            binary=binary,
            encoding=encoding,
            unicode_errors=unicode_errors,
        )

    def _lock(self, rows: list[int], lockf: float) -> None:
        factors = getattr(self, "vectors_lockf", np.ones(1, dtype=REAL))
        if len(factors) < len(self):
            factors = np.resize(factors, len(self))
        factors[rows] = lockf
        self.vectors_lockf = factors


# Reading.


def load(
    cls: Any,
    fname: Any,
    fvocab: Any = None,
    binary: bool = False,
    encoding: str = "utf8",
    unicode_errors: str = "strict",
    limit: int | None = None,
    datatype: Any = REAL,
    no_header: bool = False,
) -> Any:
    """Reads a file into an object of class `cls`; see `KeyedVectors.load_word2vec_format`."""
    counts = _read_counts(fvocab, encoding, unicode_errors) if fvocab is not None else None
    logger.info("loading projection weights from %s", fname)
    words, vectors = _read(fname, binary, encoding, unicode_errors, limit, no_header)
    kv = cls(vectors.shape[1], dtype=datatype)
    kv.index_to_key = words
    kv.key_to_index = dict(zip(words, range(len(words))))
    kv.vectors = vectors.astype(datatype, copy=False)
    kv.next_index = len(words)
    kv.expandos["count"] = _counts_of(words, counts)
    kv.add_lifecycle_event(
        "load_word2vec_format",
        msg=f"loaded {kv.vectors.shape} matrix of type {kv.vectors.dtype} from {fname}",
        binary=binary,
        encoding=encoding,
    )
    return kv


def _read(
    fname: Any, binary: bool, encoding: str, unicode_errors: str, limit: int | None, no_header: bool
) -> tuple[list[str], NDArray[np.float32]]:
    """Words and vectors; natively if the file is an ordinary one."""
    if encoding.lower() in _UTF8 and unicode_errors == "strict" and isinstance(fname, (str, os.PathLike)):
        try:
            words, vectors, _ = _native.load_vectors(os.fspath(fname), limit=limit)
            return words, vectors
        except _native.FormatError:
            logger.debug("reading %s again in gensim's way", fname)
    with open_file(fname, "rb") as lines:
        rows, size = _sizes(lines, fname, no_header)
        entries = _binary_entries(lines, rows, size) if binary else _text_entries(lines, size)
        return _collect(entries, rows, size, limit, encoding, unicode_errors)


def _sizes(lines: BinaryIO, fname: Any, no_header: bool) -> tuple[int | None, int]:
    """Rows and numbers per row, from the first line; without one, from the first vector."""
    first = lines.readline()
    if no_header:
        lines.seek(0)
        return None, len(first.split()) - 1
    rows, size = (int(part) for part in first.split())
    return rows, size


def _text_entries(lines: BinaryIO, size: int) -> Iterator[tuple[bytes, NDArray[np.float32]]]:
    for number, line in enumerate(lines):
        parts = line.rstrip().split(b" ")
        if len(parts) != size + 1:
            raise ValueError(f"vector {number}: expected {size} numbers, got {len(parts) - 1}")
        yield parts[0], np.array([float(part) for part in parts[1:]], dtype=REAL)


def _binary_entries(lines: BinaryIO, rows: int | None, size: int) -> Iterator[tuple[bytes, NDArray[np.float32]]]:
    width = size * 4
    buffer, start = b"", 0
    while True:
        space = buffer.find(b" ", start)
        if space < 0 or len(buffer) < space + 1 + width:
            more = lines.read(max(1 << 20, width))
            if not more:
                return
            buffer, start = buffer[start:] + more, 0
            continue
        end = space + 1 + width
        yield buffer[start:space].lstrip(b"\n"), np.frombuffer(buffer[space + 1 : end], dtype=REAL)
        start = end


def _collect(
    entries: Iterator[tuple[bytes, NDArray[np.float32]]],
    rows: int | None,
    size: int,
    limit: int | None,
    encoding: str,
    unicode_errors: str,
) -> tuple[list[str], NDArray[np.float32]]:
    """Takes entries until there are enough; of duplicate words the first counts."""
    wanted = rows if limit is None else limit if rows is None else min(rows, limit)
    found: dict[str, NDArray[np.float32]] = {}
    read = 0
    while wanted is None or read < wanted:
        entry = next(entries, None)
        if entry is None:
            if rows is not None:
                raise EOFError(f"unexpected end of input: expected {wanted} vectors, got {read}; is the number in the first line wrong?")
            break
        word = str(entry[0], encoding, unicode_errors)
        read += 1
        if word in found:
            logger.warning("duplicate word '%s' in word2vec file, ignoring all but first", word)
        else:
            found[word] = entry[1]
    vectors = np.array(list(found.values()), dtype=REAL).reshape(len(found), size)
    return list(found), vectors


def _read_counts(path: Any, encoding: str, unicode_errors: str) -> dict[str, int]:
    logger.info("loading word counts from %s", path)
    with open_file(path, "rb") as lines:
        pairs = (str(line, encoding, unicode_errors).strip().split() for line in lines)
        return {word: int(count) for word, count in pairs}


def _counts_of(words: list[str], counts: dict[str, int] | None) -> NDArray[np.int64]:
    """The counts from a file of counts; without one, descending numbers, so that the order of the file is the order by count."""
    if counts is None:
        return np.arange(len(words), 0, -1, dtype=np.int64)
    missing = [word for word in words if word not in counts]
    if missing:
        logger.warning("vocabulary file is incomplete: '%s' is missing", missing[0])
    return np.array([counts.get(word, 0) for word in words], dtype=np.int64)


# Writing.


def is_device(fname: Any) -> bool:
    """Whether this is `os.devnull`, a pipe or the like, which is written to and not replaced."""
    return isinstance(fname, (str, os.PathLike)) and os.path.exists(fname) and not os.path.isfile(fname)


def _is_packed_name(fname: Any) -> bool:
    return str(fname).endswith((".gz", ".bz2", ".xz"))


def _are_simple(words: list[Any]) -> bool:
    """Whether a text file can hold all of these words."""
    if not all(isinstance(word, str) and word for word in words):
        return False
    text = "\n".join(words)
    return len(text.split()) == len(words) and "\0" not in text


def _write(fname: Any, words: list[str], vectors: NDArray[Any], binary: bool, header: str, append: bool) -> None:
    with open_file(fname, "ab" if append else "wb") as out:
        out.write(header.encode())
        for word, vector in zip(words, vectors):
            if binary:
                out.write(word.encode() + b" " + vector.astype(REAL).tobytes())
            else:
                out.write(f"{word} {' '.join(map(str, vector))}\n".encode())
