"""Replaces gensim's models of words by those of rapidvec, for programs that import gensim themselves."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

__all__ = ["patch", "unpatch"]

_REPLACED = ("word2vec", "keyedvectors", "fasttext", "phrases")
_PROVIDED = ("models", *(f"models.{name}" for name in _REPLACED), "models.callbacks", "utils", "downloader")
#: The classes that `gensim.models` has.
_CLASSES = {"Word2Vec": "word2vec", "KeyedVectors": "keyedvectors", "FastText": "fasttext", "Phrases": "phrases"}
#: The classes whose place ours takes, in their modules.
_HOMES = {**_CLASSES, "FastTextKeyedVectors": "fasttext"}

#: What `unpatch` has to restore: gensim's modules that were replaced, or nothing if gensim is not installed. None: not patched.
_originals: dict[str, ModuleType] | None = None


class _Front(ModuleType):
    """Our module under gensim's name; other names come from gensim."""

    def __init__(self, name: str, ours: ModuleType, theirs: ModuleType) -> None:
        super().__init__(name, ours.__doc__)
        self._ours = ours
        self._theirs = theirs
        self.__dict__.update({public: getattr(ours, public) for public in getattr(ours, "__all__", ())})

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_theirs"], name)


def patch() -> None:
    """Makes `gensim.models.Word2Vec`, `FastText`, `KeyedVectors` and `Phrases` those of rapidvec, in this process.

    Call it before other modules import names from gensim. If gensim is not installed, `import gensim` finds rapidvec.
    gensim's other models (Doc2Vec) keep working with gensim's own classes, but cannot be saved until `unpatch` is called.

    Examples
    --------
    >>> import rapidvec.gensim
    >>> rapidvec.gensim.patch()
    >>> from gensim.models import Word2Vec
    >>> Word2Vec.__module__
    'rapidvec.gensim.models.word2vec'
    >>> rapidvec.gensim.unpatch()
    """
    global _originals
    if _originals is not None:
        return
    if find_spec("gensim") is None:
        _provide()
        _originals = {}
        return
    models = import_module("gensim.models")
    originals = {name: import_module(f"gensim.models.{name}") for name in _REPLACED}
    for name, theirs in originals.items():
        front = _Front(theirs.__name__, import_module(f"rapidvec.gensim.models.{name}"), theirs)
        sys.modules[theirs.__name__] = front
        setattr(models, name, front)
    for name, module in _HOMES.items():
        ours = getattr(getattr(models, module), name)
        ours.stands_in_for = getattr(originals[module], name)
        if name in _CLASSES:
            setattr(models, name, ours)
    _originals = originals


def unpatch() -> None:
    """Undoes `patch`. Objects made meanwhile are not changed."""
    global _originals
    if _originals is None:
        return
    if not _originals:
        for name in ("gensim", *(f"gensim.{part}" for part in _PROVIDED)):
            sys.modules.pop(name, None)
    else:
        models = sys.modules["gensim.models"]
        for name, module in _HOMES.items():
            getattr(getattr(models, module), name).stands_in_for = None
        for name, theirs in _originals.items():
            sys.modules[theirs.__name__] = theirs
            setattr(models, name, theirs)
        for name, module in _CLASSES.items():
            setattr(models, name, getattr(_originals[module], name))
    _originals = None


def gensims_own(name: str) -> Any:
    """gensim's own class, patched or not.

    Raises
    ------
    ImportError
        If gensim is not installed.
    """
    home = _HOMES[name]
    if _originals:
        return getattr(_originals[home], name)
    if _originals is not None or find_spec("gensim") is None:
        raise ImportError("gensim is not installed: pip install gensim")
    return getattr(import_module(f"gensim.models.{home}"), name)


def _provide() -> None:
    """Lets `import gensim` find rapidvec.gensim."""
    ours = import_module("rapidvec.gensim")
    sys.modules["gensim"] = ours
    for part in _PROVIDED:
        sys.modules[f"gensim.{part}"] = import_module(f"rapidvec.gensim.{part}")
