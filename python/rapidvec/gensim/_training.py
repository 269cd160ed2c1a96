"""Training: the text is read once, epochs run in native code, callbacks run between them.

The trainer makes a new model's weights and hands them over without a copy. Weights that were read or assigned before are arrays of the
model: the trainer works on its own copies, and writes them back into the same arrays.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator
from itertools import repeat
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapidvec import _native
from rapidvec.gensim import _feed
from rapidvec.gensim._arrays import REAL, contiguous
from rapidvec.gensim._progress import Progress, Show, shown
from rapidvec.gensim._seed import seed_of_reading
from rapidvec.gensim._vocabulary import sample_threshold

if TYPE_CHECKING:
    from rapidvec.gensim.models.word2vec import Word2Vec
    from rapidvec.gensim.models.word2vec import Word2Vec as _Base
else:
    _Base = object

logger = logging.getLogger("rapidvec.word2vec")

#: Guards the flag that a model is in training.
_marks = threading.Lock()

_OUTPUTS = ("syn1", "syn1neg")


class Stopped(Exception):  # noqa: N818  (no error: `stop` was called)
    """Ends an epoch early."""


class ModelTraining(_Base):
    """The part of `Word2Vec` that trains it."""

    def _leg(self, run: _Run, corpus: _native.Corpus, epochs: int, alpha: float, min_alpha: float) -> Leg:
        return Leg(run, corpus, epochs, alpha, min_alpha)

    def train(
        self,
        corpus_iterable: Any = None,
        corpus_file: Any = None,
        total_examples: int | None = None,
        total_words: int | None = None,
        epochs: int | None = None,
        start_alpha: float | None = None,
        end_alpha: float | None = None,
        word_count: int = 0,
        queue_factor: int = 2,
        report_delay: float = 1.0,
        compute_loss: bool = False,
        callbacks: Iterable[Any] = (),
        *,
        progress: Any = None,
        reiterate: bool = False,
        **kwargs: Any,
    ) -> tuple[int, int]:
        """Trains on a text.

        Parameters
        ----------
        corpus_iterable : iterable of iterables of str
            The sentences. They are read once, not once per epoch; see `reiterate`.
        corpus_file : str or path
            Instead of `corpus_iterable`, a file with one sentence per line, plain or compressed.
        total_examples, total_words : int
            The number of sentences or words, usually `model.corpus_count`; one of the two is required.
        epochs : int
            Passes over the text, usually `model.epochs`; required.
        start_alpha, end_alpha : float, optional
            The learning rate at the start and at the end; they override `alpha` and `min_alpha` of the model.
        word_count, queue_factor, report_delay
            Accepted, without effect.
        compute_loss : bool
            Whether `get_latest_training_loss` and `epoch_losses` are set.
        callbacks : iterable of CallbackAny2Vec
            Objects whose methods are called between epochs.
        progress : None, True or callable
            True: a bar (tqdm, if installed). A callable gets a `Progress` about every second.
        reiterate : bool
            Whether to read the sentences again before each epoch, for corpora that yield different ones each time.

        Returns
        -------
        trained_words, raw_words : int
            Words trained on, and words read, over all epochs.

        Raises
        ------
        RuntimeError
            If there is no vocabulary, or another thread trains this model.
        ValueError
            If a setting is out of range, or a required number is missing.
        """
        self.alpha = start_alpha or self.alpha
        self.min_alpha = end_alpha or self.min_alpha
        self._check_training(epochs, total_examples, total_words)
        assert epochs is not None
        _feed.check(corpus_iterable, corpus_file, passes=epochs)
        self.epochs = epochs
        self.compute_loss = compute_loss
        with _Mark(self):
            run = _Run(self, list(callbacks), shown(progress, epochs), total_examples, total_words)
            return run.all_epochs(corpus_iterable, corpus_file, reiterate)

    def stop(self) -> None:
        """Ends a `train` that runs in another thread, within about a second; the model keeps what it has learned."""
        self._stop = True

    def get_latest_training_loss(self) -> float:
        """Returns the sum of the losses of all pairs since the last `train` began, if `compute_loss` was set."""
        return self.running_training_loss

    def _check_training(self, epochs: int | None, total_examples: int | None, total_words: int | None) -> None:
        """Raises unless the model can be trained."""
        if self.alpha > self.min_alpha_yet_reached:
            logger.warning("Effective 'alpha' higher than previous training cycles")
        if not self.hs and not self.negative:
            raise ValueError(
                "You must set either 'hs' or 'negative' to be positive for proper training. "
                "When both 'hs=0' and 'negative=0', there will be no training."
            )
        if self.hs and self.negative:
            logger.warning(
                "Both hierarchical softmax and negative sampling are activated. This is probably a mistake. "
                "You should set either 'hs=0' or 'negative=0' to disable one of them. "
            )
        if not self.wv.key_to_index:
            hint = self.__dict__.get("_without_words_hint", "")
            raise RuntimeError(f"you must first build vocabulary before training the model{hint}")
        if "_unborn" not in self.wv.__dict__ and not len(self.wv.vectors):
            raise RuntimeError("you must initialize vectors before training the model")
        if total_words is None and total_examples is None:
            raise ValueError(
                "You must specify either total_examples or total_words, for proper learning-rate and progress calculations. "
                "If you've just built the vocabulary using the same corpus, using the count cached in the model is sufficient: "
                "total_examples=model.corpus_count."
            )
        if not epochs or epochs <= 0:
            raise ValueError("You must specify an explicit epochs count. The usual value is epochs=model.epochs.")

    def _keep_for_training(self, corpus: _native.Corpus, corpus_iterable: Any, corpus_file: Any) -> None:
        """Keeps the corpus of the scan for the training that follows in the constructor."""
        if self.__dict__.get("_keep_scan"):
            self._scan = (corpus, corpus_iterable, corpus_file)

    def _corpus(self, corpus_iterable: Any, corpus_file: Any) -> _native.Corpus:
        """The text as ids: that of the constructor if it is the same, otherwise it is read now."""
        kept = self.__dict__.pop("_scan", None)
        if kept is not None and kept[1] is corpus_iterable and kept[2] == corpus_file:
            corpus: _native.Corpus = kept[0]
            return corpus
        return _feed.read(corpus_iterable, corpus_file, threads=self.workers or 0)


class _Mark:
    """Marks a model as in training, so that a concurrent `train` is an error instead of a race."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def __enter__(self) -> None:
        with _marks:
            if self._model.__dict__.get("_in_training"):
                raise RuntimeError("another call of train is training this model: wait for it, or call stop()")
            self._model._in_training = True
            self._model._stop = False

    def __exit__(self, *error: object) -> None:
        for name in ("_in_training", "_stop"):
            self._model.__dict__.pop(name, None)


class _Run:
    """One call of `train`."""

    def __init__(
        self, model: Word2Vec, callbacks: list[Any], show: Show | None, examples: int | None, words: int | None
    ) -> None:
        self.model = model
        self.callbacks = callbacks
        self.show = show
        self.expected = (examples, words)
        self.raw = self.kept = 0
        self.loss = 0.0
        self.started = perf_counter()

    def all_epochs(self, corpus_iterable: Any, corpus_file: Any, reiterate: bool) -> tuple[int, int]:
        """Trains; whatever happens, the model is valid afterwards."""
        model = self.model
        self._announce()
        model.running_training_loss = 0.0
        model.epoch_losses = []
        model.epochs_done = 0
        try:
            self._call("on_train_begin")
            for epochs, alpha, min_alpha in _legs(model, reiterate):
                leg = model._leg(self, model._corpus(corpus_iterable, corpus_file), epochs, alpha, min_alpha)
                try:
                    self._epochs(leg, epochs)
                finally:
                    leg.put_back()
            self._call("on_train_end")
        except Stopped:
            logger.info("training was stopped after %i epochs", model.epochs_done)
        finally:
            self._finish()
        return self.kept, self.raw

    def _announce(self) -> None:
        model = self.model
        model.add_lifecycle_event(
            "train",
            msg=(
                f"training model with {model.workers} workers on {len(model.wv)} vocabulary and {model.layer1_size} features, "
                f"using sg={model.sg} hs={model.hs} sample={model.sample} negative={model.negative} "
                f"window={model.window} shrink_windows={model.shrink_windows}"
            ),
        )

    def _epochs(self, leg: Leg, epochs: int) -> None:
        model = self.model
        for _ in range(epochs):
            self._call("on_epoch_begin", leg)
            before, kept, started = self.raw, self.kept, perf_counter()
            leg.epoch()
            seconds = perf_counter() - started
            self._log_epoch(leg, self.raw - before, self.kept - kept, seconds)
            if self.show is not None:
                speed = (self.raw - before) / max(seconds, 1e-9)
                self.show(Progress(model.epochs_done, model.epochs, 1.0, self.raw, speed, model.min_alpha_yet_reached))
            model.epochs_done += 1
            self._call("on_epoch_end", leg)
            if model._stop:
                raise Stopped

    def _call(self, name: str, leg: Leg | None = None) -> None:
        """Calls the callbacks; they see the weights, and what they assign is trained on."""
        if not self.callbacks:
            return
        if leg is not None:
            leg.show()
        for callback in self.callbacks:
            method = getattr(callback, name, None)
            if method is not None:
                method(self.model)
        if leg is not None:
            leg.look()

    def _log_epoch(self, leg: Leg, raw: int, kept: int, seconds: float) -> None:
        epoch = self.model.epochs_done
        logger.info(
            "EPOCH %i: training on %i raw words (%i effective words) took %.1fs, %.0f effective words/s",
            epoch,
            raw,
            kept,
            seconds,
            kept / max(seconds, 1e-9),
        )
        examples, words = self.expected
        if examples is not None and examples != leg.sentences:
            logger.warning("EPOCH %i: supplied example count (%i) did not equal expected count (%i)", epoch, leg.sentences, examples)
        if words is not None and words != leg.tokens:
            logger.warning("EPOCH %i: supplied raw word count (%i) did not equal expected count (%i)", epoch, leg.tokens, words)

    def _finish(self) -> None:
        """Records what was done."""
        model, seconds = self.model, perf_counter() - self.started
        model.__dict__.pop("_scan", None)
        model.train_count += 1
        model.total_train_time += seconds
        if self.show is not None:
            self.show.close()
        model.add_lifecycle_event(
            "train",
            msg=(
                f"training on {self.raw} raw words ({self.kept} effective words) took {seconds:.1f}s, "
                f"{self.kept / max(seconds, 1e-9):.0f} effective words/s"
            ),
        )


class Leg:
    """Epochs over one corpus: all of them, or one with `reiterate`."""

    #: The array of `wv` that is trained.
    input = "vectors"

    def __init__(self, run: _Run, corpus: _native.Corpus, epochs: int, alpha: float, min_alpha: float) -> None:
        self.run = run
        self.model = model = run.model
        self.tokens, self.sentences = corpus.tokens, corpus.sentences
        self.epochs = epochs
        self._known = known = self._renumber(corpus)
        if known == 0 or len(model.wv) < 2:
            # With a single word there is nothing to learn: a run without effect, as in gensim.
            model.wv.vectors  # noqa: B018
            self.training = None
            self.alpha = min_alpha
            return
        self.is_new = _is_new(model) and not run.callbacks
        self.seen = {} if self.is_new else self._weights()
        self.arrays = {name: contiguous(array) for name, array in self.seen.items()}
        self._check_shapes()
        self.training = self._native_training(corpus, alpha, min_alpha)
        self.base = (run.raw, run.kept, run.loss)

    def _renumber(self, corpus: _native.Corpus) -> int:
        """Replaces the tokens by rows of the vocabulary; returns how many tokens are known."""
        return _renumber(corpus, self.model.wv)

    def _weights(self) -> dict[str, NDArray[Any]]:
        """The arrays to train; missing ones are made."""
        model = self.model
        arrays = {self.input: self._get(self.input)}
        for name, is_used in (("syn1", model.hs), ("syn1neg", model.negative)):
            if is_used:
                if self._get(name) is None:
                    setattr(model, name, np.zeros(arrays[self.input].shape, dtype=REAL))
                arrays[name] = self._get(name)
        return arrays

    def _get(self, name: str) -> Any:
        return getattr(self.model.wv if name == self.input else self.model, name, None)

    def _more(self) -> dict[str, Any]:
        """Further arguments of the trainer."""
        return {"locked": _locked(self.model.wv, "vectors_lockf")}

    def _check_shapes(self) -> None:
        for name, array in self.arrays.items():
            expected = (len(self.model.wv), self.arrays[self.input].shape[-1])
            if array.shape != expected:
                raise ValueError(f"{name}: expected an array of shape {expected}, got {array.shape}")

    def _native_training(self, corpus: _native.Corpus, alpha: float, min_alpha: float) -> _native.Training:
        model = self.model
        counts = _counts(model.wv)
        return _native.Training(
            corpus,
            counts,
            *(self.arrays.get(name) for name in (self.input, *_OUTPUTS)),
            vector_size=model.vector_size if self.is_new else self.arrays[self.input].shape[1],
            sg=bool(model.sg),
            hs=bool(model.hs),
            negative=int(model.negative),
            ns_exponent=float(model.ns_exponent),
            sample=_share(model.sample, counts),
            window=int(model.window),
            shrink_windows=bool(model.shrink_windows),
            cbow_mean=bool(model.cbow_mean),
            alpha=float(alpha),
            min_alpha=float(min_alpha),
            epochs=self.epochs,
            seed=seed_of_reading(model),
            threads=int(model.workers or 0),
            shuffle=bool(model.shuffle),
            **self._more(),
        )

    def epoch(self) -> None:
        """Trains one epoch."""
        run, training = self.run, self.training
        if training is None:
            run.raw += self.tokens
            self._note(self.alpha)
            return
        try:
            training.epoch(self._tick)
        finally:
            share = training.words / max(self._known, 1)
            raw, kept, loss = self.base
            run.raw = raw + round(share * self.tokens)
            run.kept = kept + training.words_kept
            run.loss = loss + training.loss
            self._note(training.alpha)

    def _note(self, alpha: float) -> None:
        model, run = self.model, self.run
        model.min_alpha_yet_reached = alpha
        if model.compute_loss:
            model.epoch_losses.append(run.loss - model.running_training_loss)
            model.running_training_loss = run.loss

    def _tick(self, share: float, words: int, alpha: float) -> None:
        """About every second: the log line, the bar, and whether to stop."""
        model = self.model
        seconds = max(perf_counter() - self.run.started, 1e-9)
        speed = (self.base[0] + words) / seconds
        logger.info(
            "EPOCH %i - PROGRESS: at %.2f%% examples, %.0f words/s, in_qsize %i, out_qsize %i",
            model.epochs_done,
            100.0 * share,
            speed,
            0,
            0,
        )
        if self.run.show is not None:
            self.run.show(Progress(model.epochs_done, model.epochs, share, words, speed, alpha))
        if model._stop:
            raise Stopped

    def show(self) -> None:
        """Writes the weights into the model's arrays."""
        if self.training is None:
            return
        self.training.store()
        for name, array in self.arrays.items():
            seen = self._get(name)
            if seen is not array and seen is not None and seen.shape == array.shape:
                np.copyto(seen, array, casting="same_kind")
        self.model.wv.norms = None

    def look(self) -> None:
        """Takes over what callbacks wrote."""
        if self.training is None:
            return
        for name, array in self.arrays.items():
            seen = self._get(name)
            if seen is not array and seen is not None:
                if seen.shape != array.shape:
                    raise ValueError(f"{name}: expected an array of shape {array.shape}, got {seen.shape}")
                np.copyto(array, seen, casting="same_kind")
        self.training.load()

    def put_back(self) -> None:
        """Gives the model its weights, at the end or when training was stopped."""
        model = self.model
        if self.training is None:
            return
        if not self.is_new:
            self.show()
            return
        model.wv.__dict__.pop("_unborn", None)
        model.__dict__.pop("_unborn", None)
        vectors, *outputs = self.training.take()
        setattr(model.wv, self.input, vectors)
        model.wv.norms = None
        for name, output in zip(_OUTPUTS, outputs):
            if output is not None:
                setattr(model, name, output)


def _legs(model: Word2Vec, reiterate: bool) -> Iterator[tuple[int, float, float]]:
    """(epochs, learning rate at the start, at the end) for each reading of the text."""
    start, end, epochs = model.alpha, model.min_alpha, model.epochs
    if not reiterate:
        yield epochs, start, end
        return
    for epoch in range(epochs):
        yield 1, start + (end - start) * epoch / epochs, start + (end - start) * (epoch + 1) / epochs


def _renumber(corpus: _native.Corpus, wv: Any, names: list[str] | None = None) -> int:
    """As the method."""
    keys = corpus.keys()
    ids = np.fromiter(map(wv.key_to_index.get, keys, repeat(_native.DROP)), dtype=np.uint32, count=len(keys))
    known = int(corpus.counts()[ids != _native.DROP].sum())
    if known:
        corpus.renumber(ids, len(wv), names=names)
    return known


def _is_new(model: Word2Vec) -> bool:
    """Whether the weights were never accessed."""
    return "_unborn" in model.wv.__dict__ and not any(name in model.__dict__ for name in _OUTPUTS)


def _counts(wv: Any) -> NDArray[np.uint64]:
    counts = wv.expandos.get("count")
    if counts is None or len(counts) != len(wv):
        return np.ones(len(wv), dtype=np.uint64)
    return np.maximum(counts, 1).astype(np.uint64)


def _share(sample: float, counts: NDArray[np.uint64]) -> float:
    """`sample` as a share of the text."""
    total = int(counts.sum())
    return sample_threshold(sample, total) / max(total, 1)


def _locked(wv: Any, name: str, rows: int | None = None) -> NDArray[np.bool_] | None:
    """The rows that the factors of this name freeze."""
    factors = getattr(wv, name, None)
    if factors is None or not len(factors):
        return None
    factors = np.asarray(factors)
    if (factors == 1).all():
        return None
    other = factors[(factors != 0) & (factors != 1)]
    if len(other):
        raise ValueError(f"{name}: expected 0 or 1 for each row, got {other[0]}")
    locked: NDArray[np.bool_] = np.resize(factors, len(wv) if rows is None else rows) == 0
    return locked
