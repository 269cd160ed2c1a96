"""Models under gensim's names: `Word2Vec`, `FastText`, `KeyedVectors`, `Phrases`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rapidvec.gensim.models import callbacks, fasttext, keyedvectors, phrases, word2vec
    from rapidvec.gensim.models.fasttext import FastText
    from rapidvec.gensim.models.keyedvectors import KeyedVectors
    from rapidvec.gensim.models.phrases import Phrases
    from rapidvec.gensim.models.word2vec import Word2Vec

__all__ = ["FastText", "KeyedVectors", "Phrases", "Word2Vec", "callbacks", "fasttext", "keyedvectors", "phrases", "word2vec"]

_HOME = {"FastText": "fasttext", "KeyedVectors": "keyedvectors", "Phrases": "phrases", "Word2Vec": "word2vec"}
_MODULES = ("callbacks", "fasttext", "keyedvectors", "phrases", "word2vec")


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    if name in _HOME:
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"rapidvec.gensim.models has no {name!r}; gensim itself may have it")


def __dir__() -> list[str]:
    return sorted(__all__)
