"""Models under gensim's names: `Word2Vec` and `KeyedVectors`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rapidvec.gensim.models import callbacks, keyedvectors, word2vec
    from rapidvec.gensim.models.keyedvectors import KeyedVectors
    from rapidvec.gensim.models.word2vec import Word2Vec

__all__ = ["KeyedVectors", "Word2Vec", "callbacks", "keyedvectors", "word2vec"]

_HOME = {"KeyedVectors": "keyedvectors", "Word2Vec": "word2vec"}
_MODULES = ("callbacks", "keyedvectors", "word2vec")


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    if name in _HOME:
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"rapidvec.gensim.models has no {name!r}; gensim itself may have it")


def __dir__() -> list[str]:
    return sorted(__all__)
