"""The progress of a run, and bars that show it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

__all__ = ["Progress", "shown"]


class Progress(NamedTuple):
    """The progress of a run.

    A *block* is the unit of work that a trainer stops between: some thousand words of the text, or an iteration of the textbook trainer.
    """

    #: Blocks done, over all epochs.
    block: int
    #: Blocks in an epoch.
    blocks_per_epoch: int
    #: Epochs to train.
    epochs: int
    #: Words processed, over all epochs, including those that subsampling skipped.
    words: int
    #: Words in an epoch.
    words_per_epoch: int
    #: Seconds of training.
    seconds: float
    #: The learning rate now.
    learning_rate: float
    #: The last average loss; None before the first.
    loss: float | None

    @property
    def epochs_done(self) -> int:
        """Whole epochs done."""
        return self.block // max(self.blocks_per_epoch, 1)

    @property
    def share(self) -> float:
        """The share of the run that is done, from 0 to 1."""
        return self.block / max(self.blocks_per_epoch * self.epochs, 1)

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.block >= self.blocks_per_epoch * self.epochs


Callback = Callable[[Progress], object]


class shown:
    """Shows progress while it is open: a bar of tqdm if that is installed, otherwise a line on standard error.

    `how`: None or False shows nothing, True a bar, a function is called with each `Progress`.
    """

    def __init__(self, how: bool | Callback | None) -> None:
        self._how = how
        self._bar: Any = None
        self._line = ""
        self._started = time.monotonic()

    def __enter__(self) -> Callback | None:
        if self._how is None or self._how is False:
            return None
        if callable(self._how):
            return self._how
        try:
            from tqdm.auto import tqdm
        except ImportError:
            return self._on_line
        self._bar = tqdm(total=0, unit="word", unit_scale=True, dynamic_ncols=True)
        return self._on_bar

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()
        elif self._line:
            sys.stderr.write("\n")

    def _on_bar(self, now: Progress) -> None:
        self._bar.total = now.words_per_epoch * now.epochs
        self._bar.n = now.words
        self._bar.set_postfix_str("" if now.loss is None else f"loss {now.loss:.3f}", refresh=False)
        self._bar.refresh()

    def _on_line(self, now: Progress) -> None:
        loss = "" if now.loss is None else f", loss {now.loss:.3f}"
        line = f"{now.share:4.0%}, epoch {min(now.epochs_done + 1, now.epochs)} of {now.epochs}{loss}"
        sys.stderr.write("\r" + line.ljust(len(self._line)))
        sys.stderr.flush()
        self._line = line
