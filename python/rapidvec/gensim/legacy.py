"""gensim's own files: `.model` and `.kv`, with the `.npy` files next to them.

They are pickles, read by a reader that does not execute anything, see `_unpickle.py`; this module turns the result into our objects.
It opens files of gensim 4, 3, 2 and 1, including those from Python 2.
"""

from __future__ import annotations

import logging
import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapidvec.errors import FormatError
from rapidvec.gensim._arrays import REAL
from rapidvec.gensim._metadata import objects
from rapidvec.gensim._unpickle import Inert, read
from rapidvec.gensim.utils import open as open_file

__all__ = ["load_keyed_vectors", "load_word2vec"]

logger = logging.getLogger("rapidvec.utils")

#: Attributes that are derived from other parts, or not taken over.
_APART = frozenset(
    "wv kv vocabulary trainables syn0 syn1 syn1neg vocab index2word syn0_lockf vectors_lockf cum_table random hashfxn iter "
    "vectors_vocab_lockf vectors_ngrams_lockf model_trimmed_post_training total_train_time_ neg_labels".split()
)

#: What gensim's `save` notes on an object and `load` leaves there. Programs that export `wv.__dict__` check that it is there.
_NOTES = ("__numpys", "__scipys", "__ignoreds", "__recursive_saveloads")

State = dict[str, Any]


def load_keyed_vectors(cls: Any, path: str, mmap: str | None = None) -> Any:
    """Reads the vectors of a file of gensim, also those of a whole model.

    Parameters
    ----------
    cls : type
        The class to make.
    path : str
        The file.
    mmap : {None, "r", "c"}
        How to open the `.npy` files.

    Raises
    ------
    FormatError
        If the file is damaged, or names anything that a model does not need.
    AttributeError
        If it contains something else.
    """
    made, state = _opened(path, mmap)
    if "KeyedVectors" not in made.name:
        if not isinstance(state.get("wv"), dict) and "syn0" not in state:
            raise AttributeError(f"Model of type {made.path} can't be loaded by {cls.__name__}")
        state = state.get("wv", state)
    return _vectors_of(cls, state)


def load_word2vec(cls: Any, path: str, mmap: str | None = None) -> Any:
    """Reads a `Word2Vec` of gensim; see `load_keyed_vectors`."""
    made, state = _opened(path, mmap)
    from rapidvec.gensim.models.fasttext import FastText

    if made.name == "FastText" and not issubclass(cls, FastText):
        cls = FastText
    expected = "FastText" if issubclass(cls, FastText) else "Word2Vec"
    if made.name != expected:
        opener = "KeyedVectors.load opens its vectors" if "KeyedVectors" in made.name or "wv" in state else "it is not a model of words"
        raise AttributeError(f"Model of type {made.path} can't be loaded by {cls.__name__}: {opener}")
    return _model_of(cls, state)


# The pickle and the files next to it.


def _opened(path: str, mmap: str | None) -> tuple[Inert, State]:
    """The outermost object of a file, and its attributes."""
    with open_file(path, "rb") as file:
        made = read(file, path)
    if not isinstance(made, Inert):
        raise FormatError(f"{path}: expected a model of gensim, got a pickled {type(made).__name__}")
    return made, _attributes(made, path, mmap, path)


def _attributes(made: Inert, prefix: str, mmap: str | None, path: str) -> State:
    """The attributes of an object and of those inside it; arrays next to the pickle are read."""
    if not isinstance(made.state, dict):
        raise FormatError(f"{path}: expected the attributes of {made.path}, got {type(made.state).__name__}")
    state = {str(name): value for name, value in made.state.items()}
    state.update({note: _names(state[note]) for note in _NOTES if note in state})
    for name in state.get("__numpys", ()):
        state[name] = _side_array(f"{prefix}.{name}", mmap)
    for name in state.get("__ignoreds", ()):
        state[name] = None
    for name, value in state.items():
        if isinstance(value, Inert) and name in ("wv", "kv", "vocabulary", "trainables"):
            state[name] = _attributes(value, f"{prefix}.{name}", mmap, path)
    return state


def _names(names: Any) -> list[str]:
    """Names of attributes, which must not be file names."""
    found = [name for name in names if isinstance(name, str)] if isinstance(names, (list, tuple)) else []
    for name in found:
        if not name.isidentifier():
            raise FormatError(f"the pickle names an array {name!r}")
    return found


def _side_array(path: str, mmap: str | None) -> NDArray[Any]:
    """An array in its own file."""
    if os.path.exists(path + ".npz"):
        with np.load(path + ".npz", allow_pickle=False) as packed:
            return np.asarray(packed["val"])
    return np.asanyarray(np.load(path + ".npy", mmap_mode=mmap if mmap in ("r", "c") else None, allow_pickle=False))  # type: ignore[arg-type]


# Our objects.


def _vectors_of(cls: Any, state: State) -> Any:
    """Makes a `KeyedVectors` from the attributes of any version."""
    vectors = _first(state, "vectors", "syn0")
    keys = _first(state, "index_to_key", "index2word", "index2entity")
    if not isinstance(keys, list):
        raise FormatError("expected a list of words, got none")
    if not isinstance(vectors, np.ndarray):
        vectors = np.zeros((0, int(state.get("vector_size") or 0)), dtype=REAL)
    kv = _empty(cls, vectors.shape[1] if vectors.ndim == 2 else int(state.get("vector_size") or 0), state)
    kv.index_to_key = keys
    kv.key_to_index = {key: row for row, key in enumerate(keys) if key is not None}
    kv.vectors = vectors
    kv.next_index = len(keys)
    kv.expandos = _expandos(state, keys)
    if isinstance(state.get("vectors_lockf"), np.ndarray):
        kv.vectors_lockf = state["vectors_lockf"]
    kv.__dict__.update({note: state[note] for note in _NOTES if note in state})
    if "mapfile_path" not in state:
        del kv.mapfile_path
    _take_ngrams(kv, state)
    return kv


def _empty(cls: Any, size: int, state: State) -> Any:
    """Vectors without words: with n-grams if these are a FastText's."""
    from rapidvec.gensim.models.fasttext import FastTextKeyedVectors

    if not isinstance(state.get("vectors_vocab"), np.ndarray):
        if issubclass(cls, FastTextKeyedVectors):
            raise AttributeError(f"Model without n-grams can't be loaded by {cls.__name__}: KeyedVectors.load opens it")
        return cls(size)
    if not issubclass(cls, FastTextKeyedVectors):
        cls = FastTextKeyedVectors
    sizes = [state.get(name) or 0 for name in ("min_n", "max_n", "bucket")]
    if not all(isinstance(number, (int, np.integer)) and 0 <= number < 2**32 for number in sizes):
        raise FormatError(f"expected the lengths of n-grams and the number of buckets, got {sizes}")
    return cls(size, *map(int, sizes))


def _take_ngrams(kv: Any, state: State) -> None:
    """Gives FastText's vectors their n-grams."""
    from rapidvec.gensim._subwords import NGramRows, no_rows

    if not isinstance(state.get("vectors_vocab"), np.ndarray):
        return
    kv.vectors_vocab = state["vectors_vocab"]
    if kv.vectors_vocab.shape != (len(kv), kv.vector_size):
        raise FormatError(f"expected {len(kv)} rows of {kv.vector_size} numbers for words, got {kv.vectors_vocab.shape}")
    rows, places = state.get("vectors_ngrams"), state.get("hash2index")
    if not isinstance(rows, np.ndarray):
        rows, places = no_rows(kv.vector_size).rows, {}
    if isinstance(places, dict):
        # Before gensim 4 there was a row for each bucket in use.
        is_row = all(isinstance(n, int) for item in places.items() for n in item)
        if not is_row or any(not (0 <= bucket < kv.bucket and 0 <= row < len(rows)) for bucket, row in places.items()):
            raise FormatError("expected a row of an n-gram for each bucket in use, got something else")
        buckets = np.array(sorted(places), dtype=np.uint32)
        kv._set_rows(NGramRows(rows[[places[bucket] for bucket in buckets.tolist()]], buckets))
    else:
        if rows.shape != (kv.bucket, kv.vector_size):
            raise FormatError(f"expected {kv.bucket} rows of {kv.vector_size} numbers for n-grams, got {rows.shape}")
        kv.vectors_ngrams = rows
    if not isinstance(state.get("vectors"), np.ndarray):
        kv.adjust_vectors()  # gensim leaves them out
    for name in ("vectors_vocab_lockf", "vectors_ngrams_lockf"):
        if isinstance(state.get(name), np.ndarray):
            setattr(kv, name, state[name])
    if state.get("compatible_hash") is False:
        logger.warning("n-grams beyond ASCII were hashed in another way in this model: vectors of such words differ")


def _first(state: State, *names: str) -> Any:
    return next((state[name] for name in names if state.get(name) is not None), None)


def _expandos(state: State, keys: list[Any]) -> dict[str, NDArray[Any]]:
    """The values by key: arrays in gensim 4, before that attributes of one object per word."""
    found = state.get("expandos")
    if isinstance(found, dict):
        return {name: values for name, values in found.items() if isinstance(values, np.ndarray)}
    vocab = state.get("vocab")
    if not isinstance(vocab, dict) or not vocab:
        return {}
    entries = [vocab[key].state if isinstance(vocab.get(key), Inert) else {} for key in keys]
    expandos: dict[str, NDArray[Any]] = {"count": np.array([int(entry.get("count", 0)) for entry in entries], dtype=np.int64)}
    for name in ("code", "point"):
        if all(name in entry for entry in entries):
            expandos[name] = objects([np.asarray(entry[name]) for entry in entries])
    return expandos


def _model_of(cls: Any, state: State) -> Any:
    """Makes a `Word2Vec` from the attributes of any version."""
    from rapidvec.gensim._saving import _bare
    from rapidvec.gensim.models.keyedvectors import KeyedVectors

    model = _bare(cls)
    model.corpus_total_words = None
    inner: State = {}
    for part in ("vocabulary", "trainables"):
        inner.update(state[part] if isinstance(state.get(part), dict) else {})
    everything = {**inner, **{name: value for name, value in state.items() if value is not None or name not in inner}}
    for name, value in everything.items():
        if name not in _APART and not isinstance(value, Inert) and not name.startswith("__") and name != "load":
            setattr(model, name, value)
    if "iter" in everything and "epochs" not in everything:
        model.epochs = everything["iter"]
    vectors = state.get("wv") if isinstance(state.get("wv"), dict) else state
    model.wv = _vectors_of(KeyedVectors, vectors)
    model.vector_size = model.wv.vector_size
    if hasattr(model, "_ngrams"):
        model._ngrams = model.wv._sizes()
    for name in ("syn1", "syn1neg"):
        if isinstance(everything.get(name), np.ndarray):
            setattr(model, name, everything[name])
    _lock_factors(model, everything)
    return model


def _lock_factors(model: Any, everything: State) -> None:
    if "vectors_lockf" in model.wv.__dict__:
        return
    factors = _first(everything, "vectors_lockf", "syn0_lockf")
    model.wv.vectors_lockf = factors if isinstance(factors, np.ndarray) else np.ones(1, dtype=REAL)
