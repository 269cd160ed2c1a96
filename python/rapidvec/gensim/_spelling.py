"""Words that are spelt almost like another."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

from rapidvec.errors import UnknownWordError

#: So many of the first words are compared; they are the frequent ones where the vocabulary is sorted.
COMPARED = 50_000


def near(word: Any, known: Iterable[Any], limit: int = 3) -> list[str]:
    """Returns up to `limit` of the `known` words that are spelt almost like `word`, the nearest first."""
    if not isinstance(word, str) or not word:
        return []
    from difflib import get_close_matches

    length = len(word)
    alike = (other for other in islice(iter(known), COMPARED) if isinstance(other, str) and abs(len(other) - length) <= 2)
    return get_close_matches(word, alike, n=limit, cutoff=0.7)


class UnknownKeyError(UnknownWordError):
    """A key that is not there. Similar ones are looked for when somebody reads the message, since many programs try and catch."""

    def __init__(self, message: str, key: Any, known: Iterable[Any]) -> None:
        super().__init__(message)
        self._key = key
        self._known: Iterable[Any] | None = known

    @property
    def similar(self) -> list[str]:  # type: ignore[override]
        """Known words that are spelt almost alike, the nearest first."""
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
        # A pickled error travels without the vocabulary.
        return (UnknownWordError, (self._message(), self.similar))
