"""Fast word vectors: train, open, search, evaluate and save them.

>>> import rapidvec
>>> sentences = [["the", "king", "rules"], ["the", "queen", "rules"]] * 200
>>> model = rapidvec.train(sentences, model="skipgram", vector_size=20, threads=1)
>>> [word for word, score in model.vectors.most_similar("king", 1)]
['queen']

=============================  ==============================================
to                             use
=============================  ==============================================
train in one call              `train`
train for a while, resume      `Trainer`
open vectors of any format     `open`
query them, embed texts        `Vectors`
join phrases to one word       `Phrases`
train on several machines      `rapidvec.ray`
replace gensim                 `rapidvec.gensim`, `Word2Vec`, `KeyedVectors`
=============================  ==============================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._native import __version__
from .errors import DivergedError, FormatError, InternalError, UnknownWordError, WorkerError
from .training import Model, Trainer, devices, train
from .vectors import Vectors, open

if TYPE_CHECKING:
    from . import gensim
    from .gensim.models import KeyedVectors, Phrases, Word2Vec

__all__ = [
    "DivergedError",
    "FormatError",
    "InternalError",
    "KeyedVectors",
    "Model",
    "Phrases",
    "Trainer",
    "UnknownWordError",
    "Vectors",
    "Word2Vec",
    "WorkerError",
    "__version__",
    "devices",
    "gensim",
    "open",
    "train",
]

#: Loaded on first use, so that importing rapidvec is quick.
_LAZY = {
    "KeyedVectors": ("rapidvec.gensim.models", "KeyedVectors"),
    "Phrases": ("rapidvec.gensim.models", "Phrases"),
    "Word2Vec": ("rapidvec.gensim.models", "Word2Vec"),
    "gensim": ("rapidvec.gensim", None),
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'rapidvec' has no attribute {name!r}")
    import importlib

    module, attribute = _LAZY[name]
    found = importlib.import_module(module)
    return found if attribute is None else getattr(found, attribute)


def __dir__() -> list[str]:
    return sorted(__all__)
