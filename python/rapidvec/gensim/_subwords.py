"""N-grams of words, as fastText has them, and the rows that they share.

A model has rows for the buckets that its words use; those of all others are zeros. The full array `vectors_ngrams`, a row for each bucket,
is made when it is accessed. From then on it is the only copy of the rows.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapidvec import _native
from rapidvec.gensim._arrays import REAL, contiguous

logger = logging.getLogger("rapidvec.fasttext")


def compute_ngrams(word: str, min_n: int, max_n: int) -> list[str]:
    """Returns the n-grams of a word as strings, the short ones first."""
    marked = f"<{word}>"
    sizes = range(min_n, min(len(marked), max_n) + 1)
    return [marked[start : start + size] for size in sizes for start in range(len(marked) - size + 1)]


def compute_ngrams_bytes(word: str, min_n: int, max_n: int) -> list[bytes]:
    """Returns the n-grams of a word as fastText hashes them, in UTF-8: from left to right, a lone mark is not one."""
    return _native.ngrams_of_word(word, min_n, max_n)


def ft_hash_bytes(bytez: bytes) -> int:
    """Returns fastText's hash of an n-gram."""
    return _native.ngram_hash(bytez)


def ft_ngram_hashes(word: str, minn: int, maxn: int, num_buckets: int) -> list[int]:
    """Returns the bucket of each n-gram of a word."""
    found: list[int] = _native.ngram_buckets([word], (minn, maxn, num_buckets))[0].tolist()
    return found


class NGramRows:
    """Rows of n-grams: of some buckets, ascending, or of all (`buckets` is None)."""

    def __init__(self, rows: NDArray[Any], buckets: NDArray[np.uint32] | None) -> None:
        self.rows = rows
        self.buckets = buckets

    def of(self, numbers: NDArray[np.uint32]) -> NDArray[Any]:
        """The rows of these buckets, (N, D); zeros for those without one."""
        if self.buckets is None:
            return self.rows[numbers]
        places, found = self._places(numbers)
        rows = np.zeros((len(numbers), self.rows.shape[1]), dtype=self.rows.dtype)
        rows[found] = self.rows[places[found]]
        return rows

    def _places(self, numbers: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Where the rows of these buckets are, and which of them have one."""
        assert self.buckets is not None
        places = np.searchsorted(self.buckets, numbers)
        found = places < len(self.buckets)
        found[found] = self.buckets[places[found]] == numbers[found]
        return places, found

    def all(self, count: int) -> NDArray[Any]:
        """A row for each of `count` buckets. Memory is taken for those that are not zeros."""
        if self.buckets is None:
            return self.rows
        rows = np.zeros((count, self.rows.shape[1]), dtype=self.rows.dtype)
        rows[self.buckets] = self.rows
        return rows

    def with_first(self, used: NDArray[np.uint32], seed: int) -> NGramRows:
        """The same with first rows for those of the buckets `used` (ascending) that have none, or zeros."""
        size = self.rows.shape[1]
        if self.buckets is None:
            new = used[~self.rows[used].any(axis=1)]
            if len(new):
                self.rows[new] = _native.random_ngrams(new, size, seed)
            return self
        new = used[~self._places(used)[1]]
        buckets = np.concatenate((self.buckets, new))
        order = np.argsort(buckets, kind="stable")
        rows = np.concatenate((self.rows, _native.random_ngrams(new, size, seed).astype(self.rows.dtype, copy=False)))
        return NGramRows(rows[order], buckets[order])

    def compose(self, own: NDArray[Any], numbers: NDArray[np.uint32], ends: NDArray[np.uint64]) -> NDArray[Any]:
        """The vectors of words: the mean of their own row and of those of their n-grams, whose buckets are listed."""
        if self.buckets is None:
            rows, places = contiguous(self.rows), numbers
        else:
            found, here = self._places(numbers)
            # One row of zeros for all buckets without a row.
            rows = np.concatenate((contiguous(self.rows), np.zeros((1, self.rows.shape[1]), dtype=REAL)))
            places = np.where(here, found, len(self.rows)).astype(np.uint32)
        return _native.compose_vectors(contiguous(own), rows, np.ascontiguousarray(places), ends)


def no_rows(size: int, dtype: Any = REAL) -> NGramRows:
    """Rows of no bucket."""
    return NGramRows(np.zeros((0, size), dtype=dtype), np.zeros(0, dtype=np.uint32))


def buckets_of(words: Iterable[str], sizes: tuple[int, int, int]) -> tuple[NDArray[np.uint32], NDArray[np.uint64]]:
    """The buckets of the n-grams of all words, and where those of each word end."""
    return _native.ngram_buckets(list(words), sizes)
