"""FastText with gensim's interface.

Learns vectors of words and of their character n-grams, so that words outside the vocabulary have a vector too (Bojanowski and others, 2017).
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapidvec import _native
from rapidvec.gensim._arrays import REAL
from rapidvec.gensim._corpora import MAX_WORDS_IN_BATCH
from rapidvec.gensim._facebook import load_facebook_model, load_facebook_vectors, save_facebook_model
from rapidvec.gensim._seed import seed_of
from rapidvec.gensim._spelling import UnknownKeyError
from rapidvec.gensim._subword_training import SubwordLeg
from rapidvec.gensim._subwords import (
    NGramRows,
    buckets_of,
    compute_ngrams,
    compute_ngrams_bytes,
    ft_hash_bytes,
    ft_ngram_hashes,
    no_rows,
)
from rapidvec.gensim._training import Leg, _Run
from rapidvec.gensim.models.keyedvectors import KeyedVectors, _share, prep_vectors
from rapidvec.gensim.models.word2vec import Word2Vec, _OnClass, _whole
from rapidvec.gensim.utils import TrimRule

__all__ = [
    "FastText",
    "FastTextKeyedVectors",
    "FastTextTrainables",
    "FastTextVocab",
    "compute_ngrams",
    "compute_ngrams_bytes",
    "ft_hash_bytes",
    "ft_ngram_hashes",
    "load_facebook_model",
    "load_facebook_vectors",
    "save_facebook_model",
]

logger = logging.getLogger("rapidvec.fasttext")

#: The approximate memory of the lists of n-grams, in bytes: of all, of a word, and of an n-gram.
_LIST_BYTES, _WORD_BYTES, _NGRAM_BYTES = 64, 100, 4


class FastTextVocab:
    """Was a part of a model before gensim 4. Kept so that its name can be imported."""


class FastTextTrainables:
    """Was a part of a model before gensim 4. Kept so that its name can be imported."""


class FastTextKeyedVectors(KeyedVectors):
    """Vectors of words and of n-grams.

    Parameters
    ----------
    vector_size : int
        The size of a vector.
    min_n, max_n : int
        The lengths of n-grams.
    bucket : int
        The number of rows that all n-grams share; 0: words have no n-grams.
    count : int, optional
        The number of rows to make at once.
    dtype : type, optional
        The type of the numbers, float32 if not given.

    Attributes
    ----------
    vectors : numpy.ndarray
        The vectors of the words, (V, D): the mean of a word's own row and of those of its n-grams.
    vectors_vocab : numpy.ndarray
        The rows that words have of their own, (V, D).
    vectors_ngrams : numpy.ndarray
        The rows of the buckets, (bucket, D). Made on first access; before, only the rows in use take memory.
    buckets_word : list of numpy.ndarray
        The buckets of the n-grams of each word.
    vectors_vocab_lockf, vectors_ngrams_lockf : numpy.ndarray
        0 for rows that are not trained, otherwise 1. One entry stands for all rows.

    Examples
    --------
    >>> from rapidvec.gensim.models import FastText
    >>> wv = FastText([["night", "nights"], ["day", "days"]], min_count=1, vector_size=8).wv
    >>> "nightly" in wv.key_to_index, wv["nightly"].shape
    (False, (8,))
    """

    vectors_vocab_lockf: NDArray[Any]
    vectors_ngrams_lockf: NDArray[Any]

    def __init__(self, vector_size: int, min_n: int, max_n: int, bucket: int, count: int = 0, dtype: Any = REAL) -> None:
        super().__init__(vector_size=vector_size, count=count, dtype=dtype)
        self.min_n = min_n
        self.max_n = max_n
        self.bucket = bucket
        self.vectors_vocab = np.zeros((count, vector_size), dtype=dtype)
        self._sparse: NGramRows | None = no_rows(vector_size, dtype)
        self.vectors_vocab_lockf = np.ones(1, dtype=REAL)
        self.vectors_ngrams_lockf = np.ones(1, dtype=REAL)

    # Rows, which are made on first access.

    @property
    def vectors_vocab(self) -> NDArray[Any]:
        """The rows that words have of their own, (V, D)."""
        self.vectors  # noqa: B018  (makes rows that were not accessed yet)
        own: NDArray[Any] = self.__dict__["vectors_vocab"]
        return own

    @vectors_vocab.setter
    def vectors_vocab(self, rows: NDArray[Any]) -> None:
        self.__dict__["vectors_vocab"] = rows

    @property
    def vectors_ngrams(self) -> NDArray[Any]:
        """The rows of the buckets, (bucket, D)."""
        found: NDArray[Any] | None = self.__dict__.get("vectors_ngrams")
        if found is None:
            found = self.vectors_ngrams = self._rows_of_ngrams().all(self.bucket)
        return found

    @vectors_ngrams.setter
    def vectors_ngrams(self, rows: NDArray[Any]) -> None:
        self.__dict__["vectors_ngrams"] = rows
        self._sparse = None

    @property
    def buckets_word(self) -> list[NDArray[np.uint32]]:
        """The buckets of the n-grams of each word."""
        numbers, ends = self._lists()
        return np.split(numbers, ends[:-1].astype(np.int64)) if len(ends) else []

    @property
    def compatible_hash(self) -> bool:
        """Whether n-grams are hashed as fastText does: always."""
        return True

    def _sizes(self) -> tuple[int, int, int]:
        return int(self.min_n), int(self.max_n), int(self.bucket)

    def _lists(self) -> tuple[NDArray[np.uint32], NDArray[np.uint64]]:
        """The buckets of all words, and where those of each end; kept until the words change."""
        kept = self.__dict__.get("_listed")
        state = (self._sizes(), len(self.index_to_key), id(self.index_to_key))
        if kept is None or kept[0] != state:
            kept = self.__dict__["_listed"] = (state, buckets_of(self.index_to_key, self._sizes()))
        found: tuple[NDArray[np.uint32], NDArray[np.uint64]] = kept[1]
        return found

    def _rows_of_ngrams(self) -> NGramRows:
        """The rows of n-grams as they are kept: those in use, or all."""
        self.vectors  # noqa: B018  (makes rows that were not accessed yet)
        if self._sparse is not None:
            return self._sparse
        return NGramRows(self.__dict__["vectors_ngrams"], None)

    def _set_rows(self, rows: NGramRows) -> None:
        if rows.buckets is None:
            self.vectors_ngrams = rows.rows
        else:
            self.__dict__.pop("vectors_ngrams", None)
            self._sparse = rows

    def _make_first(self, rows: int, seed: int) -> None:
        self.vectors_vocab = _native.random_vectors(rows, self.vector_size, seed)
        self.vectors = np.zeros((0, self.vector_size), dtype=REAL)
        self._set_rows(no_rows(self.vector_size).with_first(self._used(), seed))
        self.adjust_vectors()

    def _used(self) -> NDArray[np.uint32]:
        """The buckets that words use, ascending."""
        return np.unique(self._lists()[0])

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        return {name: value for name, value in state.items() if name != "_listed"}

    def adjust_vectors(self) -> None:
        """Composes `vectors` again, after `vectors_vocab` or `vectors_ngrams` were changed."""
        own = self.vectors_vocab
        self.vectors = self._rows_of_ngrams().compose(own, *self._lists()) if self.bucket else own.copy()

    def recalc_char_ngram_buckets(self) -> None:
        """Finds the n-grams of all words again."""
        self.__dict__.pop("_listed", None)

    def init_ngrams_weights(self, seed: int) -> None:
        """Sets the rows of the words and their n-grams to those of a new model."""
        for name in ("vectors", "vectors_vocab", "vectors_ngrams"):
            self.__dict__.pop(name, None)
        self.recalc_char_ngram_buckets()
        self._unborn = (len(self.index_to_key), seed)
        self.norms = None

    def resize_vectors(self, seed: int = 0) -> None:
        """Makes as many rows as there are words, and rows for their n-grams; new rows are random."""
        rows, own = (len(self.index_to_key), self.vector_size), self.vectors_vocab
        self.vectors_vocab = prep_vectors(rows, own, seed=seed)
        self.recalc_char_ngram_buckets()
        self._set_rows(self._rows_of_ngrams().with_first(self._used(), seed))
        self.allocate_vecattrs()
        self.adjust_vectors()

    def init_post_load(self, fb_vectors: NDArray[Any]) -> None:
        """Takes the rows of a fastText model: those of words, then those of buckets."""
        words = len(self.index_to_key)
        if fb_vectors.shape != (words + self.bucket, self.vector_size):
            expected = (words + self.bucket, self.vector_size)
            raise ValueError(f"fb_vectors: expected an array of shape {expected}, got {fb_vectors.shape}")
        self._take(np.array(fb_vectors[:words]), np.array(fb_vectors[words:]))

    def _take(self, own: NDArray[Any], ngrams: NDArray[Any]) -> None:
        self.vectors = self.vectors_vocab = own
        self.vectors_ngrams = ngrams
        self.recalc_char_ngram_buckets()
        self.adjust_vectors()

    # Words without a row.

    def __contains__(self, word: Any) -> bool:
        """Whether there is a vector: with n-grams always."""
        return self.has_index_for(word) if self.bucket == 0 else True

    def __getitem__(self, key_or_keys: Any) -> NDArray[Any]:
        """Returns the vector of a word (D,), or the vectors of several words (N, D)."""
        if isinstance(key_or_keys, str) or not isinstance(key_or_keys, Iterable) or self._is_key(key_or_keys):
            return self.get_vector(key_or_keys)
        vectors = [self.get_vector(key) for key in key_or_keys]
        if not vectors:
            raise ValueError("need at least one key, got none")
        return np.array(vectors)

    def get_vector(self, word: Any, norm: bool = False) -> NDArray[Any]:
        """Returns the vector of a word: its row, or the mean over the rows of its n-grams.

        Parameters
        ----------
        word : str
            A word, or a row number.
        norm : bool
            Whether to divide the vector by its length.

        Raises
        ------
        UnknownWordError
            A `KeyError`, if the word is unknown and there are no n-grams.
        """
        if self.has_index_for(word):
            return super().get_vector(word, norm=norm)
        if self.bucket == 0 or not isinstance(word, str):
            message = f"cannot calculate vector for OOV word without ngrams: {word!r}"
            raise UnknownKeyError(message, word, self.key_to_index)
        numbers, _ = buckets_of([word], self._sizes())
        if not len(numbers):
            logger.warning("could not extract any ngrams from %r, returning origin vector", word)
            return np.zeros(self.vector_size, dtype=self.vectors.dtype)
        vector: NDArray[Any] = self._rows_of_ngrams().of(numbers).sum(axis=0) / REAL(len(numbers))
        if norm:
            length = np.linalg.norm(vector)
            return vector / length if length else vector
        return vector

    def get_sentence_vector(self, sentence: Any) -> NDArray[Any]:
        """Returns the mean of the vectors of the words, each divided by its length."""
        return self.get_mean_vector(sentence)


    def to_gensim(self) -> Any:
        """Returns gensim's `FastTextKeyedVectors` over the same memory, for programs that require it.

        Returns
        -------
        gensim.models.fasttext.FastTextKeyedVectors
            Its arrays are this object's; keys and values are shared too.
        """
        from rapidvec.gensim.patch import gensims_own

        theirs = gensims_own("FastTextKeyedVectors")(self.vector_size, *self._sizes())
        _share(self, theirs)
        theirs.vectors_vocab, theirs.vectors_ngrams, theirs.buckets_word = self.vectors_vocab, self.vectors_ngrams, self.buckets_word
        return theirs

    @classmethod
    def from_gensim(cls, theirs: Any) -> FastTextKeyedVectors:
        """Returns a gensim `FastTextKeyedVectors` as this class, over the same memory."""
        ours = cls(theirs.vector_size, theirs.min_n, theirs.max_n, theirs.bucket)
        _share(theirs, ours)
        ours.vectors_vocab = theirs.vectors_vocab
        if theirs.vectors_ngrams is not None:
            ours.vectors_ngrams = theirs.vectors_ngrams
        return ours


class FastText(Word2Vec):
    """A model that learns vectors of words and of their n-grams.

    Parameters
    ----------
    sentences : iterable of iterables of str, optional
        The text, as for `Word2Vec`.
    corpus_file : str or path, optional
        Instead of `sentences`, a file with one sentence per line.
    word_ngrams : {0, 1}
        0: words have no n-grams, as `Word2Vec`.
    min_n, max_n : int
        The lengths of n-grams, in characters. `max_n` below `min_n`: words have none.
    bucket : int
        The number of rows that all n-grams share. Only those in use take memory.
    sg, hs, vector_size, alpha, window, min_count, max_vocab_size, sample, seed, workers, min_alpha, negative
        As for `Word2Vec`.
    ns_exponent, cbow_mean, hashfxn, epochs, null_word, sorted_vocab, trim_rule, batch_words, callbacks
        As for `Word2Vec`.
    max_final_vocab, shrink_windows, shuffle, progress, reiterate
        As for `Word2Vec`.

    Attributes
    ----------
    wv : FastTextKeyedVectors
        The words, the n-grams and their vectors.

    Examples
    --------
    >>> from rapidvec.gensim.models import FastText
    >>> model = FastText([["cat", "say", "meow"], ["dog", "say", "woof"]], min_count=1, vector_size=8)
    >>> "cats" in model.wv
    True
    """

    wv: FastTextKeyedVectors

    def __init__(
        self,
        sentences: Iterable[Iterable[Any]] | None = None,
        corpus_file: str | os.PathLike[str] | None = None,
        sg: int = 0,
        hs: int = 0,
        vector_size: int = 100,
        alpha: float = 0.025,
        window: int = 5,
        min_count: int = 5,
        max_vocab_size: int | None = None,
        word_ngrams: int = 1,
        sample: float = 1e-3,
        seed: int | None = 1,
        workers: int | None = None,
        min_alpha: float = 0.0001,
        negative: int = 5,
        ns_exponent: float = 0.75,
        cbow_mean: int = 1,
        hashfxn: Callable[[Any], int] = hash,
        epochs: int = 5,
        null_word: int = 0,
        min_n: int = 3,
        max_n: int = 6,
        sorted_vocab: int = 1,
        bucket: int = 2000000,
        trim_rule: TrimRule | None = None,
        batch_words: int = MAX_WORDS_IN_BATCH,
        callbacks: Iterable[Any] = (),
        max_final_vocab: int | None = None,
        shrink_windows: bool = True,
        *,
        shuffle: bool = True,
        progress: Any = None,
        reiterate: bool = False,
        **unknown: Any,
    ) -> None:
        self.word_ngrams = int(word_ngrams)
        has_ngrams = word_ngrams > 0 and max_n >= max(min_n, 1)
        self._ngrams = (int(min_n), int(max_n), _whole("bucket", bucket, 0) if has_ngrams else 0)
        super().__init__(
            sentences=sentences,
            corpus_file=corpus_file,
            vector_size=vector_size,
            alpha=alpha,
            window=window,
            min_count=min_count,
            max_vocab_size=max_vocab_size,
            sample=sample,
            seed=seed,
            workers=workers,
            min_alpha=min_alpha,
            sg=sg,
            hs=hs,
            negative=negative,
            ns_exponent=ns_exponent,
            cbow_mean=cbow_mean,
            hashfxn=hashfxn,
            epochs=epochs,
            null_word=null_word,
            trim_rule=trim_rule,
            sorted_vocab=sorted_vocab,
            batch_words=batch_words,
            callbacks=callbacks,
            max_final_vocab=max_final_vocab,
            shrink_windows=shrink_windows,
            shuffle=shuffle,
            progress=progress,
            reiterate=reiterate,
            **unknown,
        )

    def _new_vectors(self) -> FastTextKeyedVectors:
        min_n, max_n, bucket = self._ngrams
        return FastTextKeyedVectors(self.vector_size, min_n, max_n, bucket)

    def _leg(self, run: _Run, corpus: _native.Corpus, epochs: int, alpha: float, min_alpha: float) -> Leg:
        return SubwordLeg(run, corpus, epochs, alpha, min_alpha)

    def init_weights(self) -> None:
        """Sets all weights to those of a new model; the vocabulary stays."""
        super().init_weights()
        self.wv.init_ngrams_weights(seed_of(self))

    def update_weights(self) -> None:
        """Adds the weights of words that were added to the vocabulary, and of their n-grams."""
        if "_unborn" in self.wv.__dict__:
            self.wv.init_ngrams_weights(seed_of(self))
            return
        self.wv.resize_vectors(seed=seed_of(self))
        self._lengthen_outputs()

    def estimate_memory(self, vocab_size: int | None = None, report: dict[str, int] | None = None) -> dict[str, int]:
        """Returns about how much memory the model needs, in bytes, by part; as for `Word2Vec`.

        "syn0_ngrams" is that of `vectors_ngrams`, which takes it when it is accessed.
        """
        report = super().estimate_memory(vocab_size, report)
        report.pop("total")
        report["syn0_vocab"] = report.pop("vectors")
        if self.wv.bucket:
            report["syn0_ngrams"] = self.wv.bucket * self.vector_size * np.dtype(REAL).itemsize
            ngrams = len(self.wv._lists()[0])
            report["buckets_word"] = _LIST_BYTES + _WORD_BYTES * len(self.wv) + _NGRAM_BYTES * ngrams
        report["total"] = sum(report.values())
        return report

    def _load_fasttext_format(cls, model_file: Any, encoding: str = "utf8") -> Any:  # noqa: N805
        """gensim 3's name of `load_facebook_model`."""
        warnings.warn("load_fasttext_format is called load_facebook_model since gensim 4", DeprecationWarning, stacklevel=3)
        return load_facebook_model(model_file, encoding=encoding)

    load_fasttext_format = _OnClass(_load_fasttext_format)
