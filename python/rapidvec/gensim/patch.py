"""Puts rapidvec in the place of gensim's Word2Vec, for programs that import gensim themselves."""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["patch", "unpatch"]


def patch() -> None: ...
def unpatch() -> None: ...
def gensims_own(name: str) -> Any: ...
