"""Nearest keys: the queries of `KeyedVectors` that look at many vectors.

NumPy makes one query vector in float32; the scan over all vectors runs in native code. Scores are
dot(row, query) / norm(row).
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapidvec import _native
from rapidvec.gensim._arrays import REAL, contiguous, cosine, unit
from rapidvec.gensim._spelling import UnknownKeyError

if TYPE_CHECKING:
    from rapidvec.gensim.models.keyedvectors import KeyedVectors as _Base
else:
    _Base = object

logger = logging.getLogger("rapidvec.keyedvectors")

Key = Any
Scored = list[tuple[Any, float]]


def as_list(keys: Any) -> list[Any]:
    """Turns a single key or vector into a list of one, a matrix into its rows."""
    if keys is None:
        return []
    if isinstance(keys, (str, Integral)):
        return [keys]
    if isinstance(keys, np.ndarray):
        return [keys] if keys.ndim == 1 else list(keys)
    return list(keys)


def weighted(item: Any, weight: float) -> tuple[Any, float]:
    """Splits (key, weight); anything else gets `weight`."""
    if isinstance(item, tuple) and len(item) == 2 and not isinstance(item[1], str):
        return item[0], item[1]
    return item, weight


class Search(_Base):
    """The part of `KeyedVectors` that compares vectors."""

    # One query, all vectors.

    def most_similar(
        self,
        positive: Any = None,
        negative: Any = None,
        topn: int | None = 10,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
        indexer: Any = None,
    ) -> Any:
        """Finds the keys nearest to the mean of some keys, by cosine.

        Parameters
        ----------
        positive, negative : key, vector, or list of them, optional
            The terms of the mean; negative ones are subtracted. A tuple (key, weight) has its own weight.
        topn : int or None
            The number of keys to return; None: the scores of all.
        clip_start, clip_end : int
            The range of rows to search.
        restrict_vocab : int, optional
            Search only the first rows; overrides the two before.
        indexer : object, optional
            An object whose method `most_similar(vector, topn)` is called instead.

        Returns
        -------
        list of (key, float), or numpy.ndarray
            The nearest keys without those of the query, best first; with `topn=None` an array of all scores.

        Raises
        ------
        UnknownWordError
            A `KeyError`, if a key is unknown.
        ValueError
            If the query is empty.
        """
        if isinstance(topn, Integral) and topn < 1:
            return []
        query, rows = self._query(positive, negative)
        if restrict_vocab:
            clip_start, clip_end = 0, restrict_vocab
        if indexer is not None and isinstance(topn, Integral):
            return indexer.most_similar(query, topn)
        last = len(self.vectors) if clip_end is None else min(clip_end, len(self.vectors))
        query = contiguous(query)
        if topn is None:
            return self._row_search().cosines(query, first=clip_start, last=last)
        found, scores = self._row_search().nearest(query, int(topn), exclude=rows, first=clip_start, last=last)
        return self._named(found, scores)

    def _row_search(self) -> _native.RowSearch:
        """The object that scans the rows. It is kept as long as `vectors` and `norms` are the same, since it has the lengths of the rows."""
        vectors = self.vectors
        rows = contiguous(vectors)
        if rows is not vectors:
            return _native.RowSearch(rows)
        self.fill_norms()
        kept = self.__dict__.get("_rows")
        if kept is None or kept[0] is not vectors or kept[1] is not self.norms:
            kept = self.__dict__["_rows"] = (vectors, self.norms, _native.RowSearch(rows))
        search: _native.RowSearch = kept[2]
        return search

    def _query(self, positive: Any, negative: Any) -> tuple[NDArray[Any], list[int]]:
        """The mean of the query as a unit vector, and the rows of its keys."""
        items = [weighted(item, 1.0) for item in as_list(positive)] + [weighted(item, -1.0) for item in as_list(negative)]
        keys, weights = [key for key, _ in items], [weight for _, weight in items]
        query = self.get_mean_vector(keys, weights, pre_normalize=True, post_normalize=True, ignore_missing=False)
        return query, self._rows_of(keys)

    def _rows_of(self, keys: list[Any]) -> list[int]:
        """The rows of the keys among these that have one."""
        rows = (self.get_index(key, -1) for key in keys if not isinstance(key, np.ndarray))
        return [row for row in rows if row >= 0]

    def _named(self, rows: NDArray[np.int64], scores: NDArray[Any]) -> Scored:
        keys = self.index_to_key
        return [(keys[row], score) for row, score in zip(rows.tolist(), scores.tolist())]

    def similar_by_key(self, key: Key, topn: int | None = 10, restrict_vocab: int | None = None) -> Any:
        """`most_similar` of one key."""
        return self.most_similar(positive=[key], topn=topn, restrict_vocab=restrict_vocab)

    def similar_by_word(self, word: Key, topn: int | None = 10, restrict_vocab: int | None = None) -> Any:
        """`most_similar` of one key."""
        return self.similar_by_key(word, topn, restrict_vocab)

    def similar_by_vector(self, vector: NDArray[Any], topn: int | None = 10, restrict_vocab: int | None = None) -> Any:
        """`most_similar` of one vector."""
        return self.most_similar(positive=[vector], topn=topn, restrict_vocab=restrict_vocab)

    def most_similar_cosmul(
        self, positive: Any = None, negative: Any = None, topn: int | None = 10, restrict_vocab: int | None = None
    ) -> Any:
        """Finds the nearest keys by products of similarities (3CosMul of Levy and Goldberg, 2014).

        The score is the product of (1 + cos) / 2 over `positive`, divided by that over `negative` plus 1e-6, so that no single large
        similarity decides.

        Parameters
        ----------
        positive, negative : key, vector, or list of them, optional
            The keys or vectors of the query.
        topn : int or None
            The number of keys to return; None: the scores of all.
        restrict_vocab : int, optional
            Search only the first rows.

        Returns
        -------
        list of (key, float), or numpy.ndarray
        """
        if isinstance(topn, Integral) and topn < 1:
            return []
        wanted, unwanted = as_list(positive), as_list(negative)
        if not wanted and not unwanted:
            raise ValueError("cannot compute similarity with no input")
        last = len(self.vectors) if not restrict_vocab else min(restrict_vocab, len(self.vectors))
        if topn is None:
            return self._product(wanted, last) / (self._product(unwanted, last) + 0.000001)
        directions = self._directions(wanted), self._directions(unwanted)
        found, scores = self._row_search().by_product(
            *directions, int(topn), exclude=self._rows_of(wanted + unwanted), last=last
        )
        return self._named(found, scores)

    def _directions(self, keys: list[Any]) -> NDArray[np.float32]:
        """The unit vectors of some keys (N, D); vectors among them are used unchanged."""
        vectors = [key if isinstance(key, np.ndarray) else self._known_vector(key, norm=True) for key in keys]
        return np.array(vectors, dtype=REAL).reshape(len(keys), self.vectors.shape[1])

    def _product(self, keys: list[Any], last: int) -> Any:
        """The product of (1 + cos) / 2 over some keys, for each of the first rows."""
        product: Any = 1.0
        for direction in self._directions(keys):
            product = product * ((1 + self._row_search().cosines(direction, last=last)) / 2)
        return product

    def distances(self, word_or_vector: Any, other_words: Iterable[Key] = ()) -> NDArray[Any]:
        """Returns 1 - cosine from a key or vector to some keys, or to all.

        Parameters
        ----------
        word_or_vector : key or numpy.ndarray
            The key or vector to measure from.
        other_words : iterable of keys
            The keys to measure to; empty: all, in the order of their rows.
        """
        vector = word_or_vector if isinstance(word_or_vector, np.ndarray) else self.get_vector(word_or_vector)
        rows = [self.get_index(word) for word in other_words or ()]
        return 1 - self.cosine_similarities(vector, self.vectors[rows] if rows else self.vectors)

    @staticmethod
    def cosine_similarities(vector_1: NDArray[Any], vectors_all: NDArray[Any]) -> NDArray[Any]:
        """Returns the cosine of one vector (D,) with each of several (N, D)."""
        lengths = np.linalg.norm(vectors_all, axis=1) * np.linalg.norm(vector_1)
        return np.dot(vectors_all, vector_1) / lengths

    def closer_than(self, key1: Key, key2: Key) -> list[Key]:
        """Returns the keys that are nearer to `key1` than `key2` is."""
        itself, other = self.get_index(key1), self.get_index(key2)
        nearer = self._row_search().nearer_than(contiguous(self.vectors[itself]), other, exclude=[itself])
        return [self.index_to_key[row] for row in nearer.tolist()]

    def words_closer_than(self, word1: Key, word2: Key) -> list[Key]:
        """gensim 3's name of `closer_than`."""
        warnings.warn("words_closer_than is called closer_than since gensim 4", DeprecationWarning, stacklevel=2)
        return self.closer_than(word1, word2)

    def rank(self, key1: Key, key2: Key) -> int:
        """Returns the rank of `key2` among the keys nearest to `key1`; the nearest has rank 1."""
        return len(self.closer_than(key1, key2)) + 1

    # A few keys.

    def _known_vector(self, key: Key, norm: bool) -> NDArray[Any]:
        try:
            return self.get_vector(key, norm=norm)
        except UnknownKeyError:
            raise UnknownKeyError(f"Key '{key}' not present in vocabulary", key, self.key_to_index) from None

    def get_mean_vector(
        self,
        keys: Any,
        weights: Any = None,
        pre_normalize: bool = True,
        post_normalize: bool = False,
        ignore_missing: bool = True,
    ) -> NDArray[Any]:
        """Returns the weighted mean of the vectors of some keys.

        Parameters
        ----------
        keys : list of keys or vectors
            Vectors are used unchanged.
        weights : list of float, optional
            One per key; 1 if not given. The sum is divided by the sum of their absolute values.
        pre_normalize : bool
            Whether to divide the vector of each key by its length first.
        post_normalize : bool
            Whether to divide the mean by its length.
        ignore_missing : bool
            Whether to skip unknown keys; otherwise they are an error.

        Raises
        ------
        ValueError
            If there are no keys, or the numbers of weights and keys differ.
        UnknownWordError
            A `KeyError`, if a key is unknown and `ignore_missing` is false.
        """
        keys = as_list(keys)
        if not keys:
            raise ValueError("cannot compute mean with no input")
        if weights is None:
            weights = np.ones(len(keys))
        if len(keys) != len(weights):
            raise ValueError(
                f"keys and weights array must have same number of elements: expected {len(keys)} weights, got {len(weights)}"
            )
        kind = self.vectors.dtype.type
        mean, total = np.zeros(self.vector_size, kind), 0.0
        for key, weight in zip(keys, weights):
            if isinstance(key, np.ndarray):
                vector = key
            elif self.has_index_for(key) or not ignore_missing or self.__contains__(key):
                vector = self._known_vector(key, norm=pre_normalize)
            else:
                continue
            mean = mean + kind(weight) * vector
            total += abs(float(weight))
        if total > 0:
            mean = mean / kind(total)
        mean = mean.astype(kind, copy=False)
        return unit(mean) if post_normalize else mean

    def similarity(self, w1: Key, w2: Key) -> Any:
        """Returns the cosine of two keys, as a float32."""
        return cosine(self.get_vector(w1), self.get_vector(w2))

    def distance(self, w1: Key, w2: Key) -> Any:
        """Returns 1 - `similarity`."""
        return 1 - self.similarity(w1, w2)

    def n_similarity(self, ws1: Sequence[Key], ws2: Sequence[Key]) -> Any:
        """Returns the cosine of the means of two lists of keys.

        Raises
        ------
        ZeroDivisionError
            If a list is empty.
        """
        if not (len(ws1) and len(ws2)):
            raise ZeroDivisionError("At least one of the passed list is empty.")
        first, second = (self.get_mean_vector(list(ws), pre_normalize=False) for ws in (ws1, ws2))
        return cosine(first, second)

    def most_similar_to_given(self, key1: Key, keys_list: Sequence[Key]) -> Key:
        """Returns the key of `keys_list` that is nearest to `key1`."""
        return keys_list[int(np.argmax([self.similarity(key1, key) for key in keys_list]))]

    def relative_cosine_similarity(self, wa: Key, wb: Key, topn: int = 10) -> float:
        """Returns the similarity of two keys divided by the sum of those of the `topn` nearest to the first.

        Above 0.1 (for `topn=10`) the two are more similar than most (Leeuwenberg and others, 2016).
        """
        return float(self.similarity(wa, wb) / sum(score for _, score in self.similar_by_word(wa, topn)))

    def rank_by_centrality(self, words: Sequence[Key], use_norm: bool = True) -> list[tuple[Any, Key]]:
        """Returns (similarity to the mean of all, key) for some keys, the nearest to the mean first.

        Parameters
        ----------
        words : list of keys
            Unknown keys are skipped, with a warning in the log.
        use_norm : bool
            Whether to divide the vectors by their lengths first.
        """
        used = [word for word in words if word in self]
        if len(used) != len(words):
            logger.warning("vectors for words %s are not present in the model, ignoring these words", set(words) - set(used))
        if not used:
            raise ValueError("cannot select a word from an empty list")
        vectors = np.vstack([self.get_vector(word, norm=use_norm) for word in used]).astype(REAL)
        scores = np.dot(vectors, self.get_mean_vector(vectors, post_normalize=True))
        return sorted(zip(scores, used), key=lambda item: item[0], reverse=True)

    def doesnt_match(self, words: Sequence[Key]) -> Key:
        """Returns the key that is farthest from the mean of all."""
        return self.rank_by_centrality(words)[-1][1]

    def similarity_unseen_docs(self, *args: Any, **kwargs: Any) -> Any:
        """A method of document vectors."""
        raise NotImplementedError("Call similarity_unseen_docs on a Doc2Vec model instead.")
