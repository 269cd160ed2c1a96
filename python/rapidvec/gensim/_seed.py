"""The numbers that a model's random choices start from."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rapidvec.gensim.models.word2vec import Word2Vec

_BITS = 64
_GOLDEN = 0x9E3779B97F4A7C15


def seed_of(model: Word2Vec) -> int:
    """The model's seed in 64 bits. For None, which wants other numbers in each model, one is drawn and kept."""
    if model.seed is not None:
        return model.seed & (2**_BITS - 1)
    drawn: int | None = model.__dict__.get("_drawn_seed")
    if drawn is None:
        drawn = model._drawn_seed = secrets.randbits(_BITS)
    return drawn


def seed_of_reading(model: Word2Vec) -> int:
    """A seed for this reading of the text: the model's for the first, then others, so that no draw is repeated."""
    turn = (model.train_count << 20) + model.epochs_done
    return (seed_of(model) + turn * _GOLDEN) & (2**_BITS - 1)
