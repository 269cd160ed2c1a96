"""Words that are spelt almost like another."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

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
