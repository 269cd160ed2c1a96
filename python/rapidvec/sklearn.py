"""Transformers for scikit-learn that turn texts into vectors.

`Word2VecVectorizer` trains word vectors on the texts that it is fitted to; `PretrainedVectorizer` uses existing vectors. Both give one dense
vector for each text: a weighted mean of the unit vectors of its words.

>>> from sklearn.linear_model import LogisticRegression
>>> from sklearn.pipeline import make_pipeline
>>> texts = ["the cat purrs", "the dog barks", "a cat sleeps", "a dog runs"] * 50
>>> labels = ["cat", "dog", "cat", "dog"] * 50
>>> vectorizer = Word2VecVectorizer(vector_size=20, model="skipgram", epochs=20, subsample=0, random_state=1)
>>> classifier = make_pipeline(vectorizer, LogisticRegression())
>>> classifier.fit(texts, labels).predict(["my dog", "my cat"]).tolist()
['dog', 'cat']

For the ``n`` known words ``w`` of a text, counted with repetitions, and their unit vectors ``u(w)``:

=========  ===================================  ==================================================
weighting  vector of the text                   where
=========  ===================================  ==================================================
mean       ``sum u(w) / n``
sif        ``sum s(w) u(w) / n``                ``s(w) = a / (a + share of the training text)``
tfidf      ``sum i(w) u(w) / sum i(w)``         ``i(w) = ln((1 + texts) / (1 + texts with w)) + 1``
=========  ===================================  ==================================================

This module needs scikit-learn 1.6 or newer; the rest of rapidvec does not.
"""

from __future__ import annotations

import math
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from joblib import effective_n_jobs
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from .training import train
from .vectors import Vectors, open

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["PretrainedVectorizer", "Word2VecVectorizer"]

#: Splits a text into words.
Tokenizer = Callable[[Any], Iterable[str]]

_WEIGHTINGS = ("mean", "sif", "tfidf")

#: Letters and digits, with apostrophes inside a word.
_WORD = re.compile(r"\w+(?:['\u2019]\w+)*")

_TOKENIZERS: dict[str, Tokenizer] = {"words": _WORD.findall, "whitespace": str.split}

#: Texts that are embedded at a time, to bound the memory that the vectors of their words take.
_SHARE = 8192

_Sentences = list[list[str]]


class _TextVectorizer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Shared by both transformers: texts to words, words to vectors, vectors to their weighted mean."""

    tokenizer: str | Tokenizer | None
    lowercase: bool
    weighting: str
    sif_weight: float
    vectors_: Vectors
    idf_: dict[str, float]

    def _vectors_of(self, sentences: _Sentences) -> Vectors:
        raise NotImplementedError

    def fit(self, X: Iterable[Any], y: Any = None) -> Self:
        """Learn from texts.

        Parameters
        ----------
        X
            Texts: any iterable of str, such as a list or a column of a DataFrame. With your own tokenizer, any iterable of its inputs.
        y
            Ignored.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            For a setting out of range, one str instead of an iterable of them, a text that is not a str, or texts without a word that is frequent enough.
        """
        self._learn(self._sentences(X))
        return self

    def transform(self, X: Iterable[Any]) -> NDArray[np.float32]:
        """The vectors of texts.

        Parameters
        ----------
        X
            Texts, as for `fit`: N.

        Returns
        -------
        numpy.ndarray
            N x D numbers; zeros for a text without a known word.
        """
        check_is_fitted(self, "vectors_")
        return self._embed(self._sentences(X))

    def fit_transform(self, X: Iterable[Any], y: Any = None, **params: Any) -> NDArray[np.float32]:
        """The same as `fit` followed by `transform`, but texts are split into words only once."""
        sentences = self._sentences(X)
        self._learn(sentences)
        return self._embed(sentences)

    def _sentences(self, texts: Iterable[Any]) -> _Sentences:
        """The words of each text."""
        if isinstance(texts, (str, bytes)):
            raise ValueError(f"expected an iterable of texts, got one {type(texts).__name__}")
        split = _tokenizer(self.tokenizer)
        sentences = [list(split(text)) for text in _checked(texts, callable(self.tokenizer))]
        if self.lowercase:
            sentences = [[word.lower() for word in words] for words in sentences]
        return sentences

    def _learn(self, sentences: _Sentences) -> None:
        if self.weighting not in _WEIGHTINGS:
            raise ValueError(f"weighting must be one of {', '.join(_WEIGHTINGS)}, got {self.weighting!r}")
        if not (self.sif_weight > 0 and math.isfinite(self.sif_weight)):
            raise ValueError(f"sif_weight must be a positive number, got {self.sif_weight!r}")
        self.vectors_ = self._vectors_of(sentences)
        if self.weighting == "sif" and self.vectors_.counts is None:
            raise ValueError("weighting 'sif' needs word counts, which these vectors do not have")
        if self.weighting == "tfidf":
            self._texts = len(sentences)
            seen = Counter(word for words in sentences for word in set(words))
            self.idf_ = {word: self._idf(texts) for word, texts in seen.items() if self.vectors_.get(word) is not None}

    def _idf(self, texts_with_word: int) -> float:
        return math.log((1 + self._texts) / (1 + texts_with_word)) + 1

    def _embed(self, sentences: _Sentences) -> NDArray[np.float32]:
        result = np.zeros((len(sentences), self._n_features_out), dtype=np.float32)
        for first in range(0, len(sentences), _SHARE):
            result[first : first + _SHARE] = self._means(sentences[first : first + _SHARE])
        return result

    def _means(self, sentences: _Sentences) -> NDArray[np.float64]:
        words, counts = _bag(sentences)
        units, known = self._units(words)
        weights = self._weights(words)
        # One row of sums for each text; columns of unknown words are zero.
        sums = counts @ (units * weights[:, None])
        divisors = counts @ (known * weights if self.weighting == "tfidf" else known)
        return np.asarray(sums / np.where(divisors > 0, divisors, 1)[:, None])

    def _units(self, words: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The unit vectors of words, W x D, and 1 for each word that has one."""
        units = np.zeros((len(words), self._n_features_out))
        known = np.zeros(len(words))
        for place, word in enumerate(words):
            row = self.vectors_.get(word)
            if row is not None:
                units[place] = row
                known[place] = 1
        lengths = np.linalg.norm(units, axis=1, keepdims=True)
        return np.divide(units, lengths, out=units, where=lengths > 0), known

    def _weights(self, words: Sequence[str]) -> NDArray[np.float64]:
        if self.weighting == "mean":
            return np.ones(len(words))
        if self.weighting == "tfidf":
            unseen = self._idf(0)
            return np.array([self.idf_.get(word, unseen) for word in words], dtype=np.float64)
        counts = self.vectors_.counts
        assert counts is not None  # checked by `_learn`
        seen = np.array([counts[self.vectors_.id(word)] if word in self.vectors_ else 0 for word in words], dtype=np.float64)
        return np.asarray(self.sif_weight / (self.sif_weight + seen / counts.sum()))

    @property
    def _n_features_out(self) -> int:
        return self.vectors_.vector_size

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.transformer_tags.preserves_dtype = []
        return tags


class Word2VecVectorizer(_TextVectorizer):
    """Train word vectors on texts, and turn texts into the weighted means of their words' vectors.

    Parameters
    ----------
    vector_size, model, window, min_count, epochs, negatives, subsample, learning_rate, max_vocab
        As for `rapidvec.train`. Few texts need more `epochs` and a lower `min_count`; `learning_rate` None is the default of the model.
    tokenizer : {"words", "whitespace"} or callable, optional
        How a text is split: "words" (the same as None) keeps letters and digits, and apostrophes inside a word; "whitespace" splits at white space. A function
        gets a text and returns its words; texts may then be any input of the function, so ``tokenizer=list`` accepts lists of words.
    lowercase
        Convert words to lower case.
    weighting : {"mean", "sif", "tfidf"}
        The weights of a text's words; the module's documentation has the formulas.
    sif_weight
        The number ``a`` of "sif".
    random_state : int, RandomState or None
        The seed of training. The same seed gives the same vectors if `n_jobs` is 1.
    n_jobs
        Threads of training: None means 1 (unless in a `joblib.parallel_config`), -1 one for each core.

    Attributes
    ----------
    vectors_ : rapidvec.Vectors
        The word vectors.
    idf_ : dict of str to float
        The weights of the words; with "tfidf" only.

    Examples
    --------
    >>> texts = ["the king rules", "the queen rules"] * 100
    >>> vectorizer = Word2VecVectorizer(vector_size=20, random_state=1)
    >>> vectorizer.fit_transform(texts).shape
    (200, 20)
    """

    def __init__(
        self,
        vector_size: int = 100,
        *,
        model: str = "cbow",
        window: int = 5,
        min_count: int = 5,
        epochs: int = 5,
        negatives: int = 5,
        subsample: float = 1e-3,
        learning_rate: float | None = None,
        max_vocab: int | None = None,
        tokenizer: str | Tokenizer | None = None,
        lowercase: bool = True,
        weighting: str = "mean",
        sif_weight: float = 1e-3,
        random_state: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.vector_size = vector_size
        self.model = model
        self.window = window
        self.min_count = min_count
        self.epochs = epochs
        self.negatives = negatives
        self.subsample = subsample
        self.learning_rate = learning_rate
        self.max_vocab = max_vocab
        self.tokenizer = tokenizer
        self.lowercase = lowercase
        self.weighting = weighting
        self.sif_weight = sif_weight
        self.random_state = random_state
        self.n_jobs = n_jobs

    def _vectors_of(self, sentences: _Sentences) -> Vectors:
        seed = int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
        names = ("vector_size", "model", "window", "min_count", "epochs", "negatives", "subsample", "learning_rate", "max_vocab")
        settings = {name: getattr(self, name) for name in names}
        return train(sentences, seed=seed, threads=effective_n_jobs(self.n_jobs), **settings).vectors


class PretrainedVectorizer(_TextVectorizer):
    """Turn texts into the weighted means of their words' existing vectors.

    Parameters
    ----------
    vectors : rapidvec.Vectors, str or os.PathLike
        Word vectors, or a file of them, which `fit` opens with `rapidvec.open`.
    tokenizer, lowercase, weighting, sif_weight
        As for `Word2VecVectorizer`. "sif" needs vectors with word counts; "tfidf" counts the words of the texts that it is fitted to.

    Attributes
    ----------
    vectors_ : rapidvec.Vectors
        The word vectors.
    idf_ : dict of str to float
        The weights of the words; with "tfidf" only.

    Examples
    --------
    >>> vectors = Vectors.from_arrays(["king", "queen"], [[1, 0], [0, 2]])
    >>> PretrainedVectorizer(vectors).fit_transform(["King and queen", "a queen"])
    array([[0.5, 0.5],
           [0. , 1. ]], dtype=float32)
    """

    def __init__(
        self,
        vectors: Vectors | str | os.PathLike[str],
        *,
        tokenizer: str | Tokenizer | None = None,
        lowercase: bool = True,
        weighting: str = "mean",
        sif_weight: float = 1e-3,
    ) -> None:
        self.vectors = vectors
        self.tokenizer = tokenizer
        self.lowercase = lowercase
        self.weighting = weighting
        self.sif_weight = sif_weight

    def _vectors_of(self, sentences: _Sentences) -> Vectors:
        if isinstance(self.vectors, Vectors):
            return self.vectors
        if isinstance(self.vectors, (str, os.PathLike)):
            return open(self.vectors)
        raise TypeError(f"vectors must be rapidvec.Vectors or a path, got {type(self.vectors).__name__}")


def _tokenizer(named: str | Tokenizer | None) -> Tokenizer:
    if callable(named):
        return named
    found = _TOKENIZERS.get("words" if named is None else named)
    if found is None:
        raise ValueError(f"tokenizer must be a function or one of {', '.join(_TOKENIZERS)}, got {named!r}")
    return found


def _checked(texts: Iterable[Any], anything: bool) -> Iterable[Any]:
    """The texts; without the user's own tokenizer they have to be str."""
    for place, text in enumerate(texts):
        if not (anything or isinstance(text, str)):
            raise ValueError(f"text {place} must be a str, got {type(text).__name__}")
        yield text


def _bag(sentences: _Sentences) -> tuple[list[str], Any]:
    """The W distinct words of N texts, and how often each text has each: a sparse N x W matrix."""
    places: dict[str, int] = {}
    indices = [places.setdefault(word, len(places)) for words in sentences for word in words]
    ends = np.cumsum([0, *map(len, sentences)])
    counts = csr_array((np.ones(len(indices)), indices, ends), shape=(len(sentences), len(places)))
    return list(places), counts
