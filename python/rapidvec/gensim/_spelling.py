"""Words of similar spelling."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

from rapidvec.errors import UnknownWordError

#: The number of first words that are compared; in a sorted vocabulary they are the most frequent ones.
COMPARED = 50_000


def near(word: Any, known: Iterable[Any], limit: int = 3) -> list[str]:
    """Returns up to `limit` of the `known` words with a spelling similar to `word`, the nearest first."""
    if not isinstance(word, str) or not word:
        return []
    from difflib import get_close_matches

    length = len(word)
    alike = (other for other in islice(iter(known), COMPARED) if isinstance(other, str) and abs(len(other) - length) <= 2)
    return get_close_matches(word, alike, n=limit, cutoff=0.7)


class UnknownKeyError(UnknownWordError):
    """An unknown key. Similar ones are searched only when the message is read, since many programs catch this error."""

    def __init__(self, message: str, key: Any, known: Iterable[Any]) -> None:
        super().__init__(message)
        self._key = key
        self._known: Iterable[Any] | None = known

    @property
    def similar(self) -> list[str]:  # type: ignore[override]
        """Known words of similar spelling, the nearest first."""
        if self._known is not None:
            self._similar = near(self._key, self._known)
            self._known = None
        return self._similar

    @similar.setter
    def similar(self, words: list[str]) -> None:
        self._similar = words

    def _message(self) -> str:
        message = str(self.args[0])
        return f"{message}; did you mean {', '.join(self.similar)}?" if self.similar else message

    def __str__(self) -> str:
        return self._message()

    def __reduce__(self) -> tuple[object, ...]:
        # A pickled error does not contain the vocabulary.
        return (UnknownWordError, (self._message(), self.similar))
