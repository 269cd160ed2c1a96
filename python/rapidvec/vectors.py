"""Word vectors: open files of any format, query, embed, evaluate, save."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _native
from .errors import UnknownWordError

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

    from .gensim.models import KeyedVectors

__all__ = ["Vectors", "open"]

Scored = tuple[str, float]


def open(
    path: str | os.PathLike[str],
    *,
    limit: int | None = None,
    allow_nan: bool = False,
    invalid: str = "error",
    words: str | os.PathLike[str] | None = None,
    member: str | None = None,
    language: str | None = None,
    matrix: str | None = None,
) -> Vectors:
    """Open a file or folder of word vectors. Its format is recognised by its content, and it may be compressed.

    Parameters
    ----------
    path
        A model of rapidvec, word2vec text or binary, GloVe, fastText ``.bin``, gensim's ``.kv`` and ``.model``, NumPy ``.npz``, finalfusion,
        a table, a pickle of words and vectors; a folder of model2vec or spaCy; one of them in a zip or tar archive.
    limit
        Use only this many of the first words.
    allow_nan
        Drop words whose vectors hold NaN or infinity, instead of rejecting the file.
    invalid : {"error", "replace", "skip"}
        What to do with words that are not valid UTF-8.
    words
        A file with the words of a matrix that has none, such as a ``.npy``: one a line, in the order of the rows.
    member
        The file of an archive to open, if it has several.
    language
        Take only the words that ConceptNet Numberbatch labels ``/c/LANGUAGE/``, without the label.
    matrix : {"input", "output", "joined"}, optional
        The vectors of words, those of words as contexts, or the sum of both. By default those that the model was saved with.

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    EOFError
        If the file is truncated.
    FormatError
        If it is not a whole file of a known format; the message says what and where.
    """
    names = None if words is None else os.fspath(words)
    return Vectors(
        _native.Vectors.open(
            os.fspath(path),
            limit=limit,
            allow_nan=allow_nan,
            invalid=invalid,
            words=names,
            member=member,
            language=language,
            matrix=matrix,
        )
    )


class Vectors:
    """Words with their vectors, from `open`, `Model.vectors` or arrays.

    Shapes: V words, D numbers per vector. Queries use all cores and release the GIL; answers do not depend on the threads or the CPU.

    Examples
    --------
    >>> vectors = Vectors.from_arrays(["you", "we", "car"], [[1, 0], [0.8, 0.6], [0, 2]])
    >>> vectors.most_similar("you", 1)
    [('we', 0.800000011920929)]
    >>> vectors["car"]
    array([0., 2.], dtype=float32)
    """

    def __init__(self, native: _native.Vectors) -> None:
        self._native = native
        self._words: list[str] | None = None

    @classmethod
    def from_arrays(
        cls, words: Iterable[str], vectors: ArrayLike, counts: ArrayLike | None = None
    ) -> Vectors:
        """Vectors of V distinct words, V x D numbers and, optionally, V counts. Everything is copied."""
        matrix = np.ascontiguousarray(vectors, dtype=np.float32)
        numbers = None if counts is None else np.ascontiguousarray(counts, dtype=np.uint64)
        return cls(_native.Vectors.from_arrays(words, matrix, numbers))

    # ---- words and numbers

    def __len__(self) -> int:
        return len(self._native)

    @property
    def vector_size(self) -> int:
        """Numbers per vector: D."""
        return self._native.vector_size

    @property
    def shape(self) -> tuple[int, int]:
        """V, D."""
        return len(self), self.vector_size

    @property
    def words(self) -> list[str]:
        """The words, in the order of their ids."""
        if self._words is None:
            self._words = self._native.words()
        return self._words

    @property
    def counts(self) -> NDArray[np.uint64] | None:
        """How often each word was seen in training; None if unknown."""
        return self._native.counts()

    @property
    def metadata(self) -> dict[str, Any]:
        """The metadata of a rapidvec model about its training: ``config``, ``corpus``, ``trained``."""
        return {key: _parsed(text) for key, text in self._native.metadata.items()}

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and word in self._native

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def id(self, word: str) -> int:
        """The id of a word: its row.

        Raises
        ------
        UnknownWordError
            A KeyError, with words of similar spelling.
        """
        found = self._native.id(word)
        if found is None:
            raise self._unknown(word)
        return found

    def __getitem__(self, words: str | Sequence[str]) -> NDArray[np.float32]:
        """The vector of a word (D), or the vectors of several (N x D)."""
        if isinstance(words, str):
            return self._vector(words)
        if len(words) == 0:
            return np.empty((0, self.vector_size), dtype=np.float32)
        return np.stack([self._vector(word) for word in words])

    def get(self, word: str, default: Any = None) -> Any:
        """The vector of a word, or `default`."""
        found = self._native.vector(word)
        return default if found is None else found

    def _vector(self, word: str) -> NDArray[np.float32]:
        found = self._native.vector(word)
        if found is None:
            raise self._unknown(word)
        return found

    def _unknown(self, word: str) -> Exception:
        try:
            self._native.similarity(word, word)
        except UnknownWordError as error:
            return error
        return UnknownWordError(f"`{word}` is not in the vocabulary")

    def matrix(self) -> NDArray[np.float32]:
        """All vectors, V x D, read-only: the mapped file or the model's memory itself if numbers are stored as f32, otherwise a copy."""
        return self._native.matrix()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        matrix = self.matrix()
        if dtype is not None and matrix.dtype != dtype:
            if copy is False:
                raise ValueError(f"a matrix of {dtype} needs a copy")
            return matrix.astype(dtype)
        return matrix.copy() if copy else matrix

    def __dlpack__(self, **options: Any) -> Any:
        matrix = self.matrix()
        # NumPy does not export read-only memory, since consumers could write to it.
        return matrix.copy().__dlpack__(**options)

    def __dlpack_device__(self) -> tuple[int, int]:
        return self.matrix().__dlpack_device__()

    # ---- queries

    @overload
    def most_similar(
        self, query: str, k: int = ..., *, restrict: int | None = ..., threads: int = ...
    ) -> list[Scored]: ...
    @overload
    def most_similar(
        self, query: list[str] | tuple[str, ...], k: int = ..., *, restrict: int | None = ..., threads: int = ...
    ) -> list[list[Scored]]: ...
    @overload
    def most_similar(
        self, query: NDArray[Any], k: int = ..., *, restrict: int | None = ..., threads: int = ...
    ) -> Any: ...
    def most_similar(
        self, query: Any, k: int = 10, *, restrict: int | None = None, threads: int = 0
    ) -> Any:
        """The words nearest by cosine, nearest first.

        Parameters
        ----------
        query
            A word, or a vector of D numbers: one list of answers. A list of words, or N x D numbers: a list of answers for each, much faster
            than separate calls. A word is never an answer to itself.
        k
            Answers.
        restrict
            Answer only with this many of the most frequent words.
        threads
            Threads; 0 means one for each core.

        Raises
        ------
        UnknownWordError
            For the first word that is not in the vocabulary.
        """
        if isinstance(query, str):
            return self._native.most_similar(query, k, restrict=restrict, threads=threads)
        if isinstance(query, np.ndarray) and query.dtype.kind in "fiu":
            rows = np.ascontiguousarray(np.atleast_2d(query), dtype=np.float32)
            answers = self._native.most_similar_to(rows, k, restrict=restrict, threads=threads)
            return answers[0] if query.ndim == 1 else answers
        return self._native.most_similar_batch(list(query), k, restrict=restrict, threads=threads)

    def most_similar_weighted(
        self, weights: dict[str, float], k: int = 10, *, restrict: int | None = None, threads: int = 0
    ) -> list[Scored]:
        """The words nearest to a weighted sum of words: ``{"king": 1, "man": -1, "woman": 1}``."""
        return self._native.most_similar_weighted(list(weights.items()), k, restrict=restrict, threads=threads)

    def analogy(
        self,
        a: str,
        b: str,
        c: str,
        k: int = 10,
        *,
        method: str = "add",
        restrict: int | None = None,
        threads: int = 0,
    ) -> list[Scored]:
        """The answers to "`a` is to `b` as `c` is to what?".

        Parameters
        ----------
        method : {"add", "mul", "textbook"}
            3CosAdd (Mikolov et al. 2013), 3CosMul (Levy and Goldberg 2014), or the dot product of the textbook.
        """
        return self._native.analogy(a, b, c, k, method=method, restrict=restrict, threads=threads)

    def similarity(self, a: str, b: str) -> float:
        """The cosine of two words, from -1 to 1."""
        return self._native.similarity(a, b)

    def n_similarity(self, a: Sequence[str], b: Sequence[str]) -> float:
        """The cosine of the mean vectors of two lists of words."""
        return self._native.n_similarity(list(a), list(b))

    def rank(self, word: str, other: str, *, restrict: int | None = None, threads: int = 0) -> int:
        """The rank of `other` among the words near `word`: 1 if none is nearer."""
        return self._native.rank(word, other, restrict=restrict, threads=threads)

    def odd_one_out(self, words: Sequence[str]) -> str:
        """The word that does not belong with the others: the one farthest from their mean."""
        return self._native.rank_by_centrality(list(words))[-1][0]

    # ---- texts and evaluation

    def embed(
        self,
        texts: str | Iterable[str],
        *,
        weighting: str = "mean",
        a: float = 1e-3,
        lower: bool = False,
        threads: int = 0,
    ) -> NDArray[np.float32]:
        """A vector for each text: the mean of the unit vectors of its words, which are separated by white space.

        Parameters
        ----------
        texts
            Texts: N x D numbers. One str: D numbers.
        weighting : {"mean", "sif"}
            Give every word the same weight, or ``a / (a + frequency)`` (smooth inverse frequency, Arora et al. 2017), which needs counts.
        a
            See `weighting`.
        lower
            Look words up in lower case.

        Returns
        -------
        numpy.ndarray
            Zeros for a text without a known word.
        """
        if weighting not in ("mean", "sif"):
            raise ValueError(f'weighting must be "mean" or "sif", got {weighting!r}')
        single = isinstance(texts, str)
        sif = a if weighting == "sif" else None
        every = [texts] if isinstance(texts, str) else list(texts)
        rows = self._native.embed(every, sif=sif, lower=lower, threads=threads)
        return rows[0] if single else rows

    def evaluate(
        self,
        path: str | os.PathLike[str],
        *,
        restrict: int | None = None,
        case_sensitive: bool = False,
        count_unknown: bool = False,
        method: str = "add",
        threads: int = 0,
    ) -> dict[str, Any]:
        """Evaluate by a file of analogies (questions-words.txt) or of pairs with human scores (ws353.txt), recognised by its content.

        Returns
        -------
        dict
            Of analogies ``accuracy``, ``total`` and ``sections``; of pairs ``spearman`` and ``pearson`` (coefficient, p-value), ``compared``, ``unknown``.
        """
        return self._native.evaluate(
            os.fspath(path),
            restrict=restrict,
            case_sensitive=case_sensitive,
            count_unknown=count_unknown,
            method=method,
            threads=threads,
        )

    # ---- out

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        format: str | None = None,
        top: int | None = None,
        normalize: bool = False,
        half: bool = False,
        overwrite: bool = False,
    ) -> list[str]:
        """Write the vectors.

        Parameters
        ----------
        path
            The file. Its extension decides the format and the compression, such as ``.safetensors``, ``.vec``, ``.bin``, ``.txt.gz``, ``.npz``.
        format : {"safetensors", "word2vec-text", "word2vec-binary", "glove", "npz", "pickle"}
            The format, if not that of the extension.
        top
            Keep only this many of the most frequent words.
        normalize
            Scale every vector to length 1.
        half
            Store numbers in half precision.

        Returns
        -------
        list of str
            What the vectors have but the file lacks, such as counts.

        Raises
        ------
        FileExistsError
            If `path` exists and `overwrite` is false.
        ValueError
            If neither `format` nor the extension names a format.
        """
        return self._native.save(
            os.fspath(path), format=format, top=top, normalize=normalize, half=half, overwrite=overwrite
        )

    def to_pandas(self) -> pandas.DataFrame:
        """A pandas DataFrame: a row for each word, which is its index."""
        import pandas

        return pandas.DataFrame(self.matrix(), index=pandas.Index(self.words, name="word"))

    def to_polars(self) -> polars.DataFrame:
        """A polars DataFrame with the columns ``word``, ``count`` (if known) and ``vector``."""
        import polars

        columns: dict[str, Any] = {"word": self.words}
        if self.counts is not None:
            columns["count"] = self.counts
        vectors = polars.Series("vector", self.matrix(), dtype=polars.Array(polars.Float32, self.vector_size))
        return polars.DataFrame(columns).with_columns(vectors)

    def to_arrow(self) -> pyarrow.Table:
        """A pyarrow Table with the columns ``word``, ``count`` (if known) and ``vector``; the numbers are not copied."""
        import pyarrow

        flat = pyarrow.array(self.matrix().reshape(-1))
        columns: dict[str, Any] = {"word": pyarrow.array(self.words)}
        if self.counts is not None:
            columns["count"] = pyarrow.array(self.counts)
        columns["vector"] = pyarrow.FixedSizeListArray.from_arrays(flat, self.vector_size)
        return pyarrow.table(columns)

    def keyed(self) -> KeyedVectors:
        """The same vectors as gensim-compatible `KeyedVectors`: a copy, which can be changed."""
        from .gensim.models import KeyedVectors

        keyed = KeyedVectors(self.vector_size, count=0)
        keyed.add_vectors(self.words, np.array(self.matrix()))
        if self.counts is not None:
            keyed.set_vecattr_array("count", self.counts) if hasattr(keyed, "set_vecattr_array") else [
                keyed.set_vecattr(word, "count", int(count)) for word, count in zip(self.words, self.counts)
            ]
        return keyed

    def __repr__(self) -> str:
        return f"<rapidvec.Vectors: {len(self)} words x {self.vector_size}>"

    def _repr_html_(self) -> str:
        from .html import vectors

        return vectors(self)

    def __reduce__(self) -> tuple[Any, ...]:
        if self._native.has_subwords:
            raise TypeError("vectors with n-grams cannot be pickled; open the file in the other process instead")
        return _of_bytes, (self._native.to_bytes(),)

    def __copy__(self) -> Vectors:
        return self  # vectors do not change

    def __deepcopy__(self, memo: Any) -> Vectors:
        return self


def _of_bytes(data: bytes) -> Vectors:
    return Vectors(_native.Vectors.from_bytes(data))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
