"""gensim's downloads: this package does not use the network, and explains how to open files instead."""

from __future__ import annotations

from typing import Any, NoReturn

__all__ = ["info", "load"]

_ADVICE = (
    "rapidvec downloads nothing. Get the file yourself, for example from https://github.com/piskvorky/gensim-data/releases, and open "
    "it: KeyedVectors.load_word2vec_format(path, binary=...) of rapidvec.gensim.models, or rapidvec.open(path). "
    "With gensim installed, KeyedVectors.from_gensim(gensim.downloader.load({name!r})) takes its vectors over without copying them."
)


def load(name: str, return_path: bool = False) -> NoReturn:
    """Raises, and says how to open the file instead.

    Raises
    ------
    NotImplementedError
        Always.
    """
    raise NotImplementedError(_ADVICE.format(name=name))


def info(name: str | None = None, show_only_latest: bool = True, name_only: bool = False) -> Any:
    """Raises as `load` does."""
    raise NotImplementedError(_ADVICE.format(name=name))
