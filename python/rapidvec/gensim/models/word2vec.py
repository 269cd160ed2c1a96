"""Word2Vec with gensim's interface.

Learns vectors of words from text: by skip-gram or CBOW, with negative sampling or hierarchical softmax (Mikolov and others, 2013).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapidvec.gensim import _feed
from rapidvec.gensim._arrays import REAL
from rapidvec.gensim._corpora import (
    MAX_WORDS_IN_BATCH,
    BrownCorpus,
    LineSentence,
    PathLineSentences,
    Text8Corpus,
)
from rapidvec.gensim._events import Lifecycle
from rapidvec.gensim._predict import Prediction
from rapidvec.gensim._seed import seed_of
from rapidvec.gensim._stand_in import StandIn
from rapidvec.gensim._training import ModelTraining
from rapidvec.gensim._vocabulary import VocabularyBuilding
from rapidvec.gensim.models.keyedvectors import KeyedVectors
from rapidvec.gensim.utils import TrimRule

__all__ = [
    "MAX_WORDS_IN_BATCH",
    "BrownCorpus",
    "LineSentence",
    "PathLineSentences",
    "Text8Corpus",
    "Word2Vec",
]

#: Not part of the model: these are not copied, pickled or saved.
_PASSING = ("_in_training", "_stop", "_scan", "_keep_scan", "_counted")

_RENAMED_ARGUMENTS = {"size": "vector_size", "iter": "epochs"}

_MOVED = {
    "docvecs": "`docvecs` is called dv since gensim 4, and belongs to Doc2Vec",
    "iter": "`iter` is called epochs since gensim 4",
    "size": "`size` is called vector_size since gensim 4",
    "syn0": "`syn0` is at model.wv.vectors",
    "vocab": "`vocab` is at model.wv.key_to_index",
    "vocabulary": "`vocabulary` is part of the model itself since gensim 4",
    "trainables": "`trainables` is part of the model itself since gensim 4",
    "index2word": "`index2word` is at model.wv.index_to_key",
}

_OF_VECTORS = frozenset(
    "most_similar most_similar_cosmul similarity n_similarity similar_by_word similar_by_vector doesnt_match wmdistance "
    "distance distances evaluate_word_pairs accuracy word_vec get_vector vectors index_to_key key_to_index".split()
)


class _OnClass:
    """A class method that raises when called on an object, since it would not change the object."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.__doc__ = function.__doc__
        self.__wrapped__ = function

    def __get__(self, instance: Any, owner: type) -> Callable[..., Any]:
        return _refuse if instance is not None else self.__wrapped__.__get__(owner)


def _refuse(*args: Any, **kwargs: Any) -> None:
    raise AttributeError("This method should be called on a class object.")


class Word2Vec(VocabularyBuilding, ModelTraining, Prediction, Lifecycle, metaclass=StandIn):
    """A model that learns vectors of words from text.

    Parameters
    ----------
    sentences : iterable of iterables of str, optional
        The text: lists of words, or any object that can be iterated repeatedly. Without it the model is empty.
    corpus_file : str or path, optional
        Instead of `sentences`, a file with one sentence per line, plain or compressed.
    vector_size : int
        The size of a vector.
    alpha, min_alpha : float
        The learning rate at the start and at the end.
    window : int
        The number of context words on each side.
    min_count : int
        Words that occur less often are dropped.
    max_vocab_size : int, optional
        If there are more words than this during counting, rare ones are dropped.
    sample : float
        Occurrences of words above this share of the text are skipped at random.
    seed : int or None
        With `workers=1` the same seed gives the same vectors. None draws one.
    workers : int, optional
        Threads; all cores if not given, or -1.
    sg : {0, 1}
        1: skip-gram; 0: CBOW.
    hs : {0, 1}
        Whether to use hierarchical softmax.
    negative : int
        The number of negatives drawn per target; 0: no negative sampling.
    ns_exponent : float
        The exponent of the negative-sampling distribution.
    cbow_mean : {0, 1}
        Whether CBOW takes the mean of the context; otherwise the sum.
    epochs : int
        Passes over the text, which is read only once.
    null_word : {0, 1}
        Whether to add the word "\\\\0".
    trim_rule : callable, optional
        `trim_rule(word, count, min_count)` decides which words stay. It is not saved.
    sorted_vocab : {0, 1}
        Whether frequent words come first.
    compute_loss : bool
        Whether `get_latest_training_loss` is set.
    callbacks : iterable of CallbackAny2Vec
        Objects whose methods are called between epochs.
    comment : str, optional
        Kept unchanged.
    max_final_vocab : int, optional
        Raises `min_count` until at most this many words are left.
    shrink_windows : bool
        Whether each window is cut to a random size.
    hashfxn, batch_words
        Accepted for compatibility, without effect.
    shuffle : bool
        Whether blocks of the text are trained on in random order.
    progress : None, True or callable
        See `train`.
    reiterate : bool
        Whether to read `sentences` again before each epoch.

    Attributes
    ----------
    wv : KeyedVectors
        The words and their vectors.
    syn1neg, syn1 : numpy.ndarray
        The output weights of negative sampling and hierarchical softmax, (V, D).

    Examples
    --------
    >>> from rapidvec.gensim.models import Word2Vec
    >>> model = Word2Vec([["cat", "say", "meow"], ["dog", "say", "woof"]], min_count=1)
    >>> model.wv["cat"].shape
    (100,)
    """

    wv: KeyedVectors
    syn1: NDArray[Any]
    syn1neg: NDArray[Any]
    cum_table: Any
    random: Any
    _drawn_seed: int

    def __init__(
        self,
        sentences: Iterable[Iterable[Any]] | None = None,
        corpus_file: str | os.PathLike[str] | None = None,
        vector_size: int = 100,
        alpha: float = 0.025,
        window: int = 5,
        min_count: int = 5,
        max_vocab_size: int | None = None,
        sample: float = 1e-3,
        seed: int | None = 1,
        workers: int | None = None,
        min_alpha: float = 0.0001,
        sg: int = 0,
        hs: int = 0,
        negative: int = 5,
        ns_exponent: float = 0.75,
        cbow_mean: int = 1,
        hashfxn: Callable[[Any], int] = hash,
        epochs: int = 5,
        null_word: int = 0,
        trim_rule: TrimRule | None = None,
        sorted_vocab: int = 1,
        batch_words: int = MAX_WORDS_IN_BATCH,
        compute_loss: bool = False,
        callbacks: Iterable[Any] = (),
        comment: str | None = None,
        max_final_vocab: int | None = None,
        shrink_windows: bool = True,
        *,
        shuffle: bool = True,
        progress: Any = None,
        reiterate: bool = False,
        **unknown: Any,
    ) -> None:
        _check_arguments(type(self).__name__, unknown)
        self.vector_size = int(_whole("vector_size", vector_size, 1))
        self.workers = _cores() if workers is None or workers == -1 else _whole("workers", workers, 1)
        self.epochs = epochs
        self.train_count = 0
        self.total_train_time = 0.0
        self.batch_words = batch_words
        self.sg = int(sg)
        self.alpha = float(alpha)
        self.min_alpha = float(min_alpha)
        self.window = int(window)
        self.shrink_windows = bool(shrink_windows)
        self.hs = int(hs)
        self.negative = int(negative)
        self.ns_exponent = ns_exponent
        self.cbow_mean = int(cbow_mean)
        self.compute_loss = bool(compute_loss)
        self.running_training_loss = 0.0
        self.epoch_losses: list[float] = []
        self.epochs_done = 0
        self.min_alpha_yet_reached = float(alpha)
        self.corpus_count = 0
        self.corpus_total_words = 0
        self.max_final_vocab = max_final_vocab
        self.max_vocab_size = max_vocab_size
        self.min_count = min_count
        self.effective_min_count = min_count
        self.sample = sample
        self.sorted_vocab = sorted_vocab
        self.null_word = int(null_word)
        self.raw_vocab: dict[Any, int] | None = None
        self.hashfxn = hashfxn
        self.seed = seed
        self.layer1_size = self.vector_size
        self.comment = comment
        self.shuffle = bool(shuffle)
        self.wv = self._new_vectors()
        self.wv.vectors_lockf = np.ones(1, dtype=REAL)
        if sentences is not None or corpus_file is not None:
            self._learn(sentences, corpus_file, trim_rule, callbacks, progress, reiterate)
        elif trim_rule is not None:
            _feed.logger.warning(
                "The rule, if given, is only used to prune vocabulary during build_vocab() and is not stored as part of the model. "
                "Model initialized without sentences. trim_rule provided, if any, will be ignored."
            )
        self.add_lifecycle_event("created", params=str(self))

    def _new_vectors(self) -> KeyedVectors:
        """Vectors without words."""
        return KeyedVectors(self.vector_size)

    def _learn(
        self, sentences: Any, corpus_file: Any, trim_rule: TrimRule | None, callbacks: Iterable[Any], progress: Any, reiterate: bool
    ) -> None:
        """Builds the vocabulary and trains, reading the text once."""
        _feed.check(sentences, corpus_file, passes=self.epochs + 1)
        self._keep_scan = not reiterate
        try:
            self.build_vocab(corpus_iterable=sentences, corpus_file=corpus_file, trim_rule=trim_rule)
            self.train(
                corpus_iterable=sentences,
                corpus_file=corpus_file,
                total_examples=self.corpus_count,
                total_words=self.corpus_total_words,
                epochs=self.epochs,
                start_alpha=self.alpha,
                end_alpha=self.min_alpha,
                compute_loss=self.compute_loss,
                callbacks=callbacks,
                **({"progress": progress} if progress is not None else {}),
                **({"reiterate": True} if reiterate else {}),
            )
        finally:
            for name in ("_keep_scan", "_scan"):
                self.__dict__.pop(name, None)

    def __getattr__(self, name: str) -> Any:
        # Reached only for missing names: parts that are made on first access, and names of gensim 3.
        make = _MADE_LATE.get(name)
        if make is not None and (made := make(self)) is not None:
            self.__dict__[name] = made
            return made
        if name == "cum_table":
            return None
        if name in _MOVED:
            raise AttributeError(f"Word2Vec: {_MOVED[name]}")
        if name in _OF_VECTORS:
            raise AttributeError(f"Word2Vec: {name!r} is at model.wv.{name} since gensim 4")
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __getitem__(self, key: Any) -> Any:
        raise TypeError(f"{type(self).__name__!r} object is not subscriptable; the vector is model.wv[{key!r}]")

    def __getstate__(self) -> dict[str, Any]:
        self.syn1neg if self.negative and len(self.wv) else None  # noqa: B018  (weights are made before they are copied)
        self.syn1 if self.hs and len(self.wv) else None  # noqa: B018
        getattr(self, "raw_vocab", None)  # noqa: B009  (made before it is copied, as the weights)
        return {name: value for name, value in self.__dict__.items() if name not in _PASSING}

    def __str__(self) -> str:
        return f"{type(self).__name__}<vocab={len(self.wv)}, vector_size={self.wv.vector_size}, alpha={self.alpha}>"

    def init_sims(self, replace: bool = False) -> None:
        """From gensim 3: without effect, or with `replace` the same as `wv.unit_normalize_all()`."""
        self.wv.init_sims(replace=replace)

    def save(self, fname_or_handle: Any, *args: Any, **kwargs: Any) -> None:
        """Saves everything to one file, which `load` and the command line open.

        Parameters
        ----------
        fname_or_handle : str, path or binary file
            The destination. gensim's other arguments are accepted; only `ignore` has an effect.
        """
        from rapidvec.gensim._saving import save_word2vec

        save_word2vec(self, fname_or_handle, *args, **kwargs)

    @classmethod
    def _load(cls, fname: str | os.PathLike[str], mmap: str | None = None, *, rethrow: bool = False) -> Any:
        """Opens what `save` wrote, a model of the command line, or what gensim's `save` wrote.

        Parameters
        ----------
        fname : str or path
            The file. gensim's pickles are read without executing anything.
        mmap : {None, "r", "c"}
            "r": the vectors stay in the file and are read-only.

        Returns
        -------
        Word2Vec

        Raises
        ------
        AttributeError
            If the file contains something else.
        """
        from rapidvec.gensim._saving import load_word2vec

        return load_word2vec(cls, fname, mmap)

    load = _OnClass(_load.__func__)  # type: ignore[attr-defined]


def _late_output(name: str, setting: str) -> Callable[[Word2Vec], Any]:
    """Makes the output weights of a new model."""

    def make(model: Word2Vec) -> Any:
        if "_unborn" in model.__dict__ and getattr(model, setting):
            return np.zeros((len(model.wv), model.vector_size), dtype=REAL)
        return None

    return make


def _late_table(model: Word2Vec) -> Any:
    if "wv" in model.__dict__ and model.negative and "count" in model.wv.expandos and len(model.wv):
        model.make_cum_table()
        return model.__dict__["cum_table"]
    return None


def _late_counts(model: Word2Vec) -> Any:
    counted = model.__dict__.get("_counted")
    return None if counted is None else dict(zip(counted[0], counted[1].tolist()))


_MADE_LATE: dict[str, Callable[[Word2Vec], Any]] = {
    "raw_vocab": _late_counts,
    "syn1": _late_output("syn1", "hs"),
    "syn1neg": _late_output("syn1neg", "negative"),
    "cum_table": _late_table,
    "random": lambda model: np.random.RandomState(seed_of(model) & 0xFFFFFFFF),
    "lifecycle_events": lambda model: [],
}


def _check_arguments(model: str, unknown: dict[str, Any]) -> None:
    for name in unknown:
        if name in _RENAMED_ARGUMENTS:
            raise TypeError(f"{model}: {name} is called {_RENAMED_ARGUMENTS[name]} since gensim 4")
        raise TypeError(f"{model}.__init__() got an unexpected keyword argument {name!r}")


def _whole(name: str, value: Any, least: int) -> int:
    if value != int(value) or value < least:
        raise ValueError(f"{name}: expected a whole number of at least {least}, got {value!r}")
    return int(value)


def _cores() -> int:
    """The number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
