"""How far training is: for a bar on the screen, or a function of the user's."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Progress:
    """Where a training is.

    Attributes
    ----------
    epoch, epochs : int
        The epoch, from 0, and how many there are.
    share : float
        How much of this epoch is done.
    words : int
        Words processed since the start.
    words_per_second : float
        Words trained on a second.
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
        """How much of the whole training is done."""
        return min((self.epoch + self.share) / max(self.epochs, 1), 1.0)


class Show:
    """Something that shows progress."""

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
    """What `progress=` asks for: None: nothing; True: a bar; a callable: itself."""
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
