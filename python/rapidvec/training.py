"""Training in one call, or step by step."""

from __future__ import annotations

import json
import math
import operator
import os
import warnings
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import _native, reading
from .progress import Callback, Progress, shown
from .vectors import Vectors

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["Device", "Epoch", "Loss", "Model", "Trainer", "devices", "train"]

Path = "str | os.PathLike[str]"

#: Settings of the trainers, by the names of the command line's flags, and their types.
_SETTINGS: dict[str, type] = {
    "batch_size": int,
    "buckets": int,
    "context_sum": str,
    "dynamic_window": bool,
    "epochs": int,
    "hierarchical_softmax": bool,
    "join_weight": float,
    "learning_rate": float,
    "max_grad": float,
    "max_n": int,
    "min_learning_rate": float,
    "min_n": int,
    "model": str,
    "negatives": int,
    "optimizer": str,
    "output_vectors": str,
    "position_weights": bool,
    "power": float,
    "seed": int,
    "shuffle": bool,
    "subsample": float,
    "subword_units": str,
    "subwords": bool,
    "vector_size": int,
    "window": int,
}


class Loss(NamedTuple):
    """The average loss of the pairs trained since the point before."""

    epoch: int
    block: int
    words: int
    loss: float
    pairs: int
    learning_rate: float
    seconds: float


class Device(NamedTuple):
    """A graphics adapter that training can use; `memory` in bytes, None where the driver does not say."""

    name: str
    backend: str
    driver: str
    kind: str
    memory: int | None


def devices() -> list[Device]:
    """The graphics adapters of this computer, real cards first. The variable `RAPIDVEC_ADAPTER` chooses one by its number or a part of its name.

    Raises
    ------
    RuntimeError
        If this build has no support for graphics cards.
    """
    return [Device(*found) for found in _native.devices()]


class Epoch(NamedTuple):
    """A finished epoch: its number, from 1, and its average losses on the text and on held-out text."""

    epoch: int
    loss: float | None
    held_out: float | None


class Model:
    """A trained model: word vectors, output vectors, and how they were made."""

    def __init__(self, native: _native.Trained, losses: list[Loss], held_out: dict[int, float]) -> None:
        self._native = native
        #: The loss history, about a hundred points per epoch.
        self.losses = losses
        #: The average loss on held-out text after each epoch.
        self.held_out = held_out
        #: The word vectors, to query, and to save in any format.
        self.vectors = Vectors(native.vectors())

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of its training."""
        return dict(self.vectors.metadata.get("config", {}))

    @property
    def output(self) -> NDArray[np.float32]:
        """The output vectors, V x D, or (V - 1) x D with hierarchical softmax, one row per node of the tree: a copy."""
        return self._native.output()

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the model to one safetensors file, which the command line and every other part of rapidvec open.

        Raises
        ------
        FileExistsError
            If `path` exists and `overwrite` is false.
        """
        self._native.save(os.fspath(path), overwrite=overwrite)

    def __len__(self) -> int:
        return len(self.vectors)

    def __repr__(self) -> str:
        model = self.settings.get("model", "model")
        return f"<rapidvec.Model {model}: {len(self)} words x {self.vectors.vector_size}>"

    def _repr_html_(self) -> str:
        from .html import model

        return model(self)


class Trainer:
    """A training run that can be run for a while, saved and resumed, and that gives its model at any time.

    Takes the arguments of `train`.

    Examples
    --------
    >>> sentences = [["the", "king", "rules"], ["the", "queen", "rules"]] * 200
    >>> trainer = Trainer(sentences, vector_size=20, epochs=3, threads=1)
    >>> trainer.run(until="epoch")
    'reached'
    >>> trainer.progress.epochs_done
    1
    >>> trainer.run()
    'finished'
    >>> len(trainer.model())
    4
    """

    _run: _native.Run
    #: Functions that are called with each `Epoch`.
    callbacks: list[Callable[[Epoch], object]]

    def __init__(
        self,
        data: Any = None,
        *,
        texts: Iterable[str] | None = None,
        trainer: str = "word2vec",
        threads: int = 0,
        device: str = "cpu",
        init: str | os.PathLike[str] | None = None,
        freeze: bool = False,
        valid: Any = None,
        checkpoint: str | os.PathLike[str] | None = None,
        checkpoint_seconds: float = 60.0,
        overwrite: bool = False,
        keep_state: bool = False,
        half: bool = False,
        callbacks: Iterable[Callable[[Epoch], object]] = (),
        **settings: Any,
    ) -> None:
        options, settings = _split(settings)
        threads = _checked("threads", threads, int)
        options["textbook"] = trainer == "textbook"
        options["phrases"] = reading.phrase_lists(options.get("phrases"))
        native = _native.Reading(threads=threads, **options)
        text = reading.read(data, texts, native)
        held_out = None if valid is None else _held_out(valid, text, native)
        start = os.fspath(init) if init is not None else None
        self._run = _native.Run.start(
            text,
            trainer,
            json.dumps(settings),
            threads=threads,
            device=_checked("device", device, str),
            init=start,
            freeze=freeze,
            held_out=held_out,
        )
        self.callbacks = list(callbacks)
        if checkpoint is not None:
            self.save_to(
                checkpoint, seconds=checkpoint_seconds, overwrite=overwrite, keep_state=keep_state, half=half
            )

    @classmethod
    def resume(
        cls,
        path: str | os.PathLike[str],
        data: Any = None,
        *,
        texts: Iterable[str] | None = None,
        phrases: Any = None,
        epochs: int | None = None,
        threads: int = 0,
        device: str = "cpu",
        callbacks: Iterable[Callable[[Epoch], object]] = (),
    ) -> Self:
        """Continue a checkpoint; with one thread the result is bit for bit that of a run that never stopped.

        Parameters
        ----------
        path
            A file written by `checkpoint` or by the command line.
        data, texts
            The text that the run was started with. Not needed for files.
        phrases
            The phrases that the run was started with. Not needed for files.
        epochs
            Another number of epochs for the whole run.
        threads
            Threads; 0 means one for each core.
        device : {"cpu", "gpu", "auto"}
            Where to train from here on, as in `train`; it need not be where the run was started.

        Raises
        ------
        ValueError
            If the checkpoint has no training state, or the text is another one.
        """
        sources, native = _native.checkpoint_reading(os.fspath(path), threads, reading.phrase_lists(phrases))
        if data is None and texts is None:
            if sources == ["-"]:
                raise TypeError("the run was started with text in memory: pass the same text again")
            data = sources
        text = reading.read(data, texts, native)
        self = cls.__new__(cls)
        self._run = _native.Run.resume(os.fspath(path), text, epochs=epochs, threads=threads, device=device)
        self.callbacks = list(callbacks)
        return self

    def save_to(
        self,
        path: str | os.PathLike[str],
        *,
        seconds: float = 60.0,
        overwrite: bool = False,
        keep_state: bool = False,
        half: bool = False,
    ) -> None:
        """Save a checkpoint to `path` every `seconds` seconds and when the run is interrupted, and the model at its end."""
        self._run.save_to(os.fspath(path), seconds=seconds, overwrite=overwrite, keep_state=keep_state, half=half)

    def run(self, until: str | int = "end", *, progress: bool | Callback | None = None) -> str:
        """Train for a while.

        Ctrl-C raises KeyboardInterrupt within a tenth of a second, after a checkpoint if there is a path for it; another call continues the run.

        Parameters
        ----------
        until
            "end", "epoch" (to the end of the epoch), or a number of blocks.
        progress
            True shows a bar; a function is called with a `Progress` soon after the start, then several times a second, and at the end.

        Returns
        -------
        str
            "finished", or "reached" if epochs are left.
        """
        if (isinstance(until, str) and until not in ("end", "epoch")) or isinstance(until, bool):
            raise ValueError(f'until must be "end", "epoch" or a number of blocks, got {until!r}')
        goal = self._goal(until)
        with shown(progress) as show:
            while True:
                outcome, epochs = self._step(goal, show)
                self._call_back(epochs)
                if outcome == "finished" or self.progress.block >= goal:
                    break
            if show is not None:
                show(self.progress)  # a bar ends full
        return outcome

    def _call_back(self, epochs: list[Epoch]) -> None:
        try:
            for epoch in epochs:
                for callback in self.callbacks:
                    callback(epoch)
        except BaseException:
            self._run.checkpoint()  # like Ctrl-C
            raise

    def _goal(self, until: str | int) -> int:
        """The block, over all epochs, at which a run with this `until` ends."""
        now = self.progress
        last = now.blocks_per_epoch * now.epochs
        if until == "end":
            return last
        if isinstance(until, str):
            return min(last, (now.epochs_done + 1) * now.blocks_per_epoch)
        return min(last, now.block + operator.index(until))

    def _step(self, goal: int, show: Callback | None) -> tuple[str, list[Epoch]]:
        """Train up to `goal`; with callbacks at most to the end of the epoch, so that they can use the trainer."""
        now = self.progress
        if self.callbacks:
            goal = min(goal, (now.epochs_done + 1) * now.blocks_per_epoch)
        epochs: list[Epoch] = []
        outcome = self._run.run(
            blocks=goal - now.block,
            on_progress=None if show is None else lambda now: show(Progress(*now)),
            on_epoch=(lambda *end: epochs.append(Epoch(*end))) if self.callbacks else None,
            on_saved=_saved,
        )
        return outcome, epochs

    @property
    def progress(self) -> Progress:
        """The progress of the run."""
        return Progress(*self._run.progress)

    @property
    def losses(self) -> list[Loss]:
        """The loss history so far."""
        return [Loss(*point) for point in self._run.losses]

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of the run, defaults included."""
        return dict(json.loads(self._run.settings))

    @property
    def device(self) -> str:
        """Where the run trains: "cpu", or the name of the graphics card."""
        return self._run.device or "cpu"

    def words(self) -> list[str]:
        """The words, the most frequent first."""
        return self._run.words()

    def vectors(self) -> NDArray[np.float32]:
        """The word vectors as they are now, V x D: a copy."""
        return self._run.vectors()

    def checkpoint(self, path: str | os.PathLike[str]) -> None:
        """Write the run in its current state, to be resumed; an existing file is replaced. The checkpoint is also a model."""
        self._run.write(os.fspath(path))

    def model(self) -> Model:
        """The current model. It takes over the memory of the run, which ends."""
        losses, held_out = self.losses, dict(self._run.held_out)
        return Model(self._run.take_model(), losses, held_out)


def train(
    data: Any = None,
    *,
    texts: Iterable[str] | None = None,
    progress: bool | Callback | None = None,
    **settings: Any,
) -> Model:
    """Train a model in one call.

    Parameters
    ----------
    data
        Paths (a str or a list of str: files, folders, patterns such as ``"wiki/**/*.gz"``; compressed files too); or sentences: a list, or any iterable, of
        lists of tokens; or a column of texts (pandas, polars, pyarrow, a generator).
    texts
        Texts in memory, as an iterable of str: use this for a plain list of texts. Words are separated by white space unless `tokenizer` is set;
        each line is a sentence.
    progress
        True shows a bar; a function is called with a `Progress`.
    trainer : {"word2vec", "textbook"}
        The fast trainer, or the textbook's (mini-batches, Adam).
    model : {"cbow", "skipgram"}
        Predict a word from its context, or the context from a word.
    vector_size, window, epochs, negatives, power, learning_rate, min_learning_rate, subsample, hierarchical_softmax, seed
        As in the flags of ``rapidvec train``; ``rapidvec train --help`` lists the defaults. Also `dynamic_window`, `shuffle` and
        `context_sum` ("mean" or "sum"), and `output_vectors` ("input", "output", or "joined": the input matrix plus `join_weight`, 1.5, times the
        output matrix); of the textbook trainer `optimizer`, `batch_size` and `max_grad`.
    subwords, min_n, max_n, buckets, subword_units, position_weights
        `subwords=True` composes vectors of n-grams of `min_n` to `max_n` units (3 to 6), hashed into `buckets` rows (2,000,000), so that unknown words
        have vectors too; `subword_units` is "letters" or "jamo". `position_weights=True` learns a weight for each position in the window of CBOW.
    phrases
        Words to read as one: a file that ``rapidvec phrases`` wrote, `Phrases` or `FrozenPhrases` of `rapidvec.gensim`, or a list of these.
    min_count, max_vocab, max_tokens, lower, normalize, tokenizer, field, skip_missing_field, invalid_utf8, temporary_folder, vocabulary
        How text is read. `normalize` is None or "nfc", `tokenizer` "whitespace" or "unicode", `field` a field of JSON Lines.
    threads : int
        Threads; 0 means one for each core. With one thread, results are reproducible bit for bit.
    device : {"cpu", "gpu", "auto"}
        Where to train. "gpu" takes the first card of `devices`, "auto" a card if there is one that can train this, and else the CPU.
    init, freeze
        A file of vectors to start from; whether to keep those vectors unchanged.
    valid
        Held-out text, as `data`; its loss is computed after each epoch.
    checkpoint, checkpoint_seconds, overwrite, keep_state, half
        `checkpoint` is a path to save checkpoints and the finished model to.
    callbacks
        Functions that are called with an `Epoch` after each epoch.

    Returns
    -------
    Model

    Raises
    ------
    ValueError
        For a setting out of range, with the range; if no word is frequent enough.
    TypeError
        For an unknown setting, or data that cannot be read.
    FileNotFoundError, UnicodeDecodeError
        For files.
    DivergedError
        If the loss is not finite.
    RuntimeError
        If `device` is "gpu" and there is no card, or it cannot train this.

    Examples
    --------
    >>> sentences = [["the", "king", "rules"], ["the", "queen", "rules"]] * 200
    >>> model = train(sentences, vector_size=20, min_count=1, threads=1)
    >>> model
    <rapidvec.Model cbow: 4 words x 20>
    """
    trainer = Trainer(data, texts=texts, **settings)
    trainer.run(progress=progress)
    return trainer.model()


def _split(given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The options of reading, and the settings of the trainer."""
    options: dict[str, Any] = {}
    settings: dict[str, Any] = {}
    for name, value in given.items():
        kind = _SETTINGS.get(name)
        if kind is None and name not in reading.OPTIONS:
            raise _unexpected(name)
        if value is None:
            continue
        if kind is None:
            options[name] = _checked(name, value, _KINDS_OF_READING[name]) if name in _KINDS_OF_READING else value
        else:
            settings[name] = _checked(name, value, kind)
    _nest_subwords(settings)
    return options, settings


#: Settings of n-grams, and what the trainer calls them.
_OF_NGRAMS = {"buckets": "buckets", "max_n": "max_n", "min_n": "min_n", "subword_units": "units"}


def _nest_subwords(settings: dict[str, Any]) -> None:
    """Puts the settings of n-grams where the trainer has them."""
    own = {name: settings.pop(name) for name in _OF_NGRAMS if name in settings}
    if settings.pop("subwords", False):
        settings["subwords"] = {_OF_NGRAMS[name]: value for name, value in own.items()}
    elif own:
        raise TypeError(f"{next(iter(own))} is a setting of n-grams: it needs subwords=True")


#: Options of reading that are numbers.
_KINDS_OF_READING: dict[str, type] = {"max_tokens": int, "max_vocab": int, "min_count": int}


def _checked(name: str, value: Any, kind: type) -> Any:
    """`value` as a plain number, truth value or text."""
    if kind is bool:
        if isinstance(value, (bool, np.bool_)):
            return bool(value)
        raise TypeError(f"{name} must be True or False, got {value!r}")
    if kind is str:
        if isinstance(value, str):
            return value
        raise TypeError(f"{name} must be a str, got {value!r}")
    if isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be a number, got {value!r}")
    if kind is int:
        try:
            number = operator.index(value)
        except TypeError:
            raise TypeError(f"{name} must be an integer, got {value!r}") from None
        if not 0 <= number < 2**63:
            raise ValueError(f"{name} must be an integer from 0, got {value!r}")
        return number
    try:
        real = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a number, got {value!r}") from None
    if not math.isfinite(real):
        raise ValueError(f"{name} must be finite, got {value!r}")
    return real


def _unexpected(name: str) -> TypeError:
    from difflib import get_close_matches

    known = [*_SETTINGS, *reading.OPTIONS, "device", "threads", "trainer"]
    near = get_close_matches(name, known, 1) or _OTHER_NAMES.get(name, [])
    hint = f"; did you mean {near[0]}?" if near else ""
    return TypeError(f"train() got an unexpected keyword argument {name!r}{hint}")


#: Names of our settings in gensim and fastText.
_OTHER_NAMES = {
    "alpha": ["learning_rate"],
    "dim": ["vector_size"],
    "hs": ["hierarchical_softmax"],
    "iter": ["epochs"],
    "lr": ["learning_rate"],
    "min_alpha": ["min_learning_rate"],
    "neg": ["negatives"],
    "negative": ["negatives"],
    "ns_exponent": ["power"],
    "sample": ["subsample"],
    "sentences": ["data, the first argument"],
    "sg": ['model="skipgram"'],
    "shrink_windows": ["dynamic_window"],
    "size": ["vector_size"],
    "workers": ["threads"],
    "ws": ["window"],
}


def _held_out(data: Any, text: _native.Text, native: _native.Reading) -> _native.Text:
    return reading.read(data, None, text.held_out_reading())


def _saved(kind: str, text: str) -> None:
    if kind == "failed":
        warnings.warn(f"a checkpoint could not be saved: {text}", RuntimeWarning, stacklevel=4)
    elif kind == "moved":
        warnings.warn(f"another program wrote to the path of the checkpoints; from now on they are saved to {text}", RuntimeWarning, stacklevel=4)
    elif kind == "single-precision":
        warnings.warn(f"{text}: the model is saved in single precision", RuntimeWarning, stacklevel=4)
