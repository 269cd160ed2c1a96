"""Exceptions of rapidvec. Where Python has a suitable class, it is used instead."""

from __future__ import annotations

from collections.abc import Sequence

from ._native import DivergedError, FormatError, InternalError, WorkerError

__all__ = ["DivergedError", "FormatError", "InternalError", "UnknownWordError", "WorkerError"]


class UnknownWordError(KeyError):
    """A word is not in the vocabulary.

    Attributes
    ----------
    similar : list of str
        Words of similar spelling, best first.
    """

    def __init__(self, message: str, similar: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.similar = list(similar)

    def __str__(self) -> str:
        # KeyError would show the text in quotation marks.
        return str(self.args[0])

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.args[0], self.similar))
