"""The progress of training, for a bar or a function of the user."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Progress:
    """The progress of training.

    Attributes
    ----------
    epoch, epochs : int
        The epoch, from 0, and the number of epochs.
    share : float
        The share of this epoch that is done.
    words : int
        Words processed since the start.
    words_per_second : float
        Words trained on per second.
    alpha : float
        The learning rate.
    """

    epoch: int
    epochs: int
    share: float
    words: int
    words_per_second: float
    alpha: float

    @property
    def done(self) -> float:
        """The share of the whole training that is done."""
        return min((self.epoch + self.share) / max(self.epochs, 1), 1.0)


class Show:
    """A display of progress."""

    def __init__(self, function: Callable[[Progress], object]) -> None:
        self._function = function

    def __call__(self, progress: Progress) -> None:
        self._function(progress)

    def close(self) -> None:
        """Ends the display."""


class _Bar(Show):
    def __init__(self, tqdm: Any, epochs: int) -> None:
        self._bar = tqdm(total=epochs, unit="epoch", bar_format="{l_bar}{bar}| {n:.2f}/{total} epochs [{elapsed}<{remaining}{postfix}]")

    def __call__(self, progress: Progress) -> None:
        self._bar.n = progress.epoch + progress.share
        self._bar.set_postfix_str(f"{progress.words_per_second:,.0f} words/s")

    def close(self) -> None:
        self._bar.close()


class _Line(Show):
    def __init__(self) -> None:
        self._said = False

    def __call__(self, progress: Progress) -> None:
        self._said = True
        sys.stderr.write(f"\r{progress.done:6.1%}  {progress.words_per_second:,.0f} words/s")
        sys.stderr.flush()

    def close(self) -> None:
        if self._said:
            sys.stderr.write("\n")


def shown(progress: Any, epochs: int) -> Show | None:
    """The display that `progress=` selects: None: nothing; True: a bar; a callable: itself."""
    if progress is None or progress is False:
        return None
    if progress is not True:
        if not callable(progress):
            raise TypeError(f"progress: expected None, True or a callable, got {progress!r}")
        return Show(progress)
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return _Line()
    return _Bar(tqdm, epochs)
