"""Vectors under keys: the result of training.

`KeyedVectors` is plain Python over NumPy arrays: `vectors` (V, D), the list `index_to_key`, the dictionary `key_to_index` and the
dictionary `expandos` of further arrays with one entry per key. All may be read, assigned and extended. Scans over all vectors run in
native code on all cores.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterable, Sequence
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapidvec import _native
from rapidvec.gensim import _kernels
from rapidvec.gensim._arrays import REAL
from rapidvec.gensim._evaluate import Evaluation
from rapidvec.gensim._events import Lifecycle
from rapidvec.gensim._metadata import objects
from rapidvec.gensim._search import Search
from rapidvec.gensim._spelling import UnknownKeyError
from rapidvec.gensim._stand_in import StandIn
from rapidvec.gensim._word2vec_format import Word2VecFormat
from rapidvec.gensim._word2vec_format import load as _load_word2vec_format

__all__ = [
    "REAL",
    "Doc2VecKeyedVectors",
    "EuclideanKeyedVectors",
    "KeyedVectors",
    "Word2VecKeyedVectors",
    "load_word2vec_format",
    "prep_vectors",
    "pseudorandom_weak_vector",
]

logger = logging.getLogger("rapidvec.keyedvectors")

Key = Any

_MOVED = {
    "vocab": "`vocab` is called key_to_index since gensim 4; counts are at get_vecattr(key, 'count')",
    "index2word": "`index2word` is called index_to_key since gensim 4",
    "index2entity": "`index2entity` is called index_to_key since gensim 4",
    "vectors_norm": "`vectors_norm` is get_normed_vectors() since gensim 4",
    "syn0": "`syn0` is called vectors since gensim 4",
    "syn0norm": "`syn0norm` is get_normed_vectors() since gensim 4",
    "wv": "these are the vectors themselves: leave `.wv` out",
}


class KeyedVectors(Lifecycle, Search, Evaluation, Word2VecFormat, metaclass=StandIn):
    """Vectors under keys, and queries on them.

    Parameters
    ----------
    vector_size : int
        The size of a vector.
    count : int, optional
        The number of rows to make at once, to be filled by `add_vector`.
    dtype : type, optional
        The type of the numbers, float32 if not given.
    mapfile_path : str, optional
        Kept as an attribute; without effect.

    Attributes
    ----------
    vectors : numpy.ndarray
        The vectors, of shape (V, D).
    index_to_key : list
        The key of each row.
    key_to_index : dict
        The row of each key.
    expandos : dict of str to numpy.ndarray
        Further values with one entry per key, for example "count".
    norms : numpy.ndarray or None
        The length of each vector, once computed.

    Examples
    --------
    >>> from rapidvec.gensim.models import KeyedVectors
    >>> kv = KeyedVectors(2)
    >>> kv.add_vectors(["east", "north", "south"], [[1, 0], [0, 1], [0, -1]])
    >>> kv.most_similar("north", topn=1)
    [('east', 0.0)]
    """

    norms: NDArray[Any] | None
    vectors_lockf: NDArray[Any]
    # Vectors from a file of older versions of gensim have none of their own.
    mapfile_path: str | os.PathLike[str] | None = None

    def __init__(
        self, vector_size: int, count: int = 0, dtype: Any = REAL, mapfile_path: str | os.PathLike[str] | None = None
    ) -> None:
        self.vector_size = vector_size
        self.index_to_key: list[Key] = [None] * count
        self.next_index = 0
        self.key_to_index: dict[Key, int] = {}
        self.vectors = np.zeros((count, vector_size), dtype=dtype)
        self.norms = None
        self.expandos: dict[str, NDArray[Any]] = {}
        self.mapfile_path = mapfile_path

    @property
    def vectors(self) -> NDArray[Any]:
        """The vectors, of shape (V, D). Any array can be assigned; that resets `norms`."""
        found: NDArray[Any] | None = self.__dict__.get("vectors")
        if found is None:
            self._make_first(*self.__dict__.pop("_unborn", (0, 0)))
            found = self.__dict__["vectors"]
        return found

    @vectors.setter
    def vectors(self, vectors: NDArray[Any]) -> None:
        self.__dict__["vectors"] = vectors
        self.__dict__["norms"] = None

    def _make_first(self, rows: int, seed: int) -> None:
        """Makes the rows of a new model, which were not accessed until now."""
        self.vectors = _native.random_vectors(rows, self.vector_size, seed)

    def __getattr__(self, name: str) -> Any:
        # Reached only for missing names, such as those of gensim 3.
        if name == "lifecycle_events":
            self.lifecycle_events = []
            return self.lifecycle_events
        if name in _MOVED:
            raise AttributeError(f"KeyedVectors: {_MOVED[name]}")
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __getstate__(self) -> dict[str, Any]:
        self.vectors  # noqa: B018  (makes rows that were not accessed yet)
        return {name: value for name, value in self.__dict__.items() if name != "_rows"}

    def __str__(self) -> str:
        return f"{type(self).__name__}<vector_size={self.vector_size}, {len(self)} keys>"

    def __len__(self) -> int:
        return len(self.index_to_key)

    def __contains__(self, key: Key) -> bool:
        return self.has_index_for(key)

    def __getitem__(self, key_or_keys: Any) -> NDArray[Any]:
        """Returns the vector of a key (D,), or the vectors of several keys (N, D).

        Parameters
        ----------
        key_or_keys : key, or list of keys
            Strings, or row numbers.

        Raises
        ------
        UnknownWordError
            A `KeyError`, if a key is unknown.
        """
        if isinstance(key_or_keys, (str, Integral)) or self._is_key(key_or_keys):
            return self.get_vector(key_or_keys)
        rows = [self.get_index(key) for key in key_or_keys]
        if not rows:
            raise ValueError("need at least one key, got none")
        return self.vectors[rows]

    def _is_key(self, key: Any) -> bool:
        """Whether an unusual object, such as a tuple, is a key."""
        try:
            return key in self.key_to_index
        except TypeError:
            return False

    def get_index(self, key: Key, default: int | None = None) -> int:
        """Returns the row of a key.

        Parameters
        ----------
        key : key
            A key, or a row number, which is returned unchanged.
        default : int, optional
            What to return for an unknown key.

        Raises
        ------
        UnknownWordError
            If the key is unknown and `default` is not given.
        """
        found = self.key_to_index.get(key, -1)
        if found >= 0:
            return found
        if isinstance(key, Integral) and 0 <= key < len(self.index_to_key):
            return int(key)
        if default is not None:
            return default
        raise UnknownKeyError(f"Key '{key}' not present", key, self.key_to_index)

    def has_index_for(self, key: Key) -> bool:
        """Whether there is a row for this key."""
        return self.get_index(key, -1) >= 0

    def get_vector(self, key: Key, norm: bool = False) -> NDArray[Any]:
        """Returns the vector of a key, as a read-only view of its row.

        Parameters
        ----------
        key : key
            A key, or a row number.
        norm : bool
            Whether to divide the vector by its length; it is a copy then.
        """
        row = self.get_index(key)
        if norm:
            self.fill_norms()
            assert self.norms is not None
            vector = self.vectors[row] / self.norms[row]
        else:
            vector = self.vectors[row]
        vector.setflags(write=False)
        return vector

    def word_vec(self, *args: Any, **kwargs: Any) -> NDArray[Any]:
        """gensim 3's name of `get_vector`."""
        warnings.warn("word_vec is called get_vector since gensim 4", DeprecationWarning, stacklevel=2)
        return self.get_vector(*args, **kwargs)

    # Changing the vectors.

    def add_vector(self, key: Key, vector: ArrayLike) -> int:
        """Adds one vector, in the next free row if there is one.

        Returns
        -------
        int
            The row.
        """
        row = self.next_index
        if row >= len(self) or self.index_to_key[row] is not None:
            row = len(self)
            warnings.warn(
                "Adding single vectors to a KeyedVectors which grows by one each time can be costly. "
                "Consider adding in batches or preallocating to the required size.",
                UserWarning,
                stacklevel=2,
            )
            self.add_vectors([key], [vector])
            self.allocate_vecattrs()
            self.next_index = row + 1
        else:
            self.index_to_key[row] = key
            self.key_to_index[key] = row
            self.vectors[row] = vector
            self.norms = None
            self.next_index += 1
        return row

    def add_vectors(
        self, keys: Any, weights: Any, extras: dict[str, NDArray[Any]] | None = None, replace: bool = False
    ) -> None:
        """Appends keys and their vectors.

        Parameters
        ----------
        keys : key, or list of keys
            New keys are appended in this order.
        weights : array_like
            The vectors (N, D), or one vector (D,) for a single key.
        extras : dict of str to numpy.ndarray, optional
            Values for `expandos`, one per key.
        replace : bool
            Whether existing keys get the new vector; otherwise they keep theirs.

        Raises
        ------
        ValueError
            If the numbers of vectors and keys differ, or a vector has another size.
        """
        if isinstance(keys, (str, Integral)):
            keys, weights = [keys], np.asarray(weights).reshape(1, -1)
        else:
            keys = list(keys)
        weights = self._as_rows(weights, len(keys))
        self._fill_attributes(extras)
        rows = np.array([self.get_index(key, -1) for key in keys], dtype=np.int64)
        new = rows < 0
        start = len(self)
        self._append(keys, weights, new)
        for attr, values in (extras or {}).items():
            self.expandos[attr][start:] = np.asarray(values)[new]
        if replace:
            known = ~new
            self.vectors[rows[known]] = weights[known]
            for attr, values in (extras or {}).items():
                self.expandos[attr][rows[known]] = np.asarray(values)[known]
        self.norms = None

    def _as_rows(self, weights: Any, count: int) -> NDArray[Any]:
        """The vectors to add as (count, D) of this object's type."""
        rows = np.asarray(weights, dtype=self.vectors.dtype)
        if rows.ndim != 2 and count:
            raise ValueError(f"weights: expected {count} vectors of {self.vector_size} numbers, got an array of shape {rows.shape}")
        if count and rows.shape != (count, self.vector_size):
            raise ValueError(
                f"weights: expected {count} vectors of {self.vector_size} numbers, got {rows.shape[0]} of {rows.shape[1]}"
            )
        return rows.reshape(count, self.vector_size)

    def _fill_attributes(self, extras: dict[str, NDArray[Any]] | None) -> None:
        if extras:
            self.allocate_vecattrs(list(extras), [np.asarray(values).dtype.type for values in extras.values()])

    def _append(self, keys: list[Key], weights: NDArray[Any], new: NDArray[np.bool_]) -> None:
        """Appends the new keys."""
        if not new.any():
            return
        at = len(self)
        for key, is_new in zip(keys, new.tolist()):
            if is_new:
                self.key_to_index[key] = len(self.index_to_key)
                self.index_to_key.append(key)
        self.vectors = np.vstack((self.vectors[:at], weights[new].astype(self.vectors.dtype, copy=False)))
        self.allocate_vecattrs()
        if self.next_index == at:
            self.next_index = len(self)

    def __setitem__(self, keys: Any, weights: Any) -> None:
        """`add_vectors` with `replace=True`: known keys get the new vector, unknown ones are added."""
        self.add_vectors(keys, weights, replace=True)

    def resize_vectors(self, seed: int = 0) -> None:
        """Makes as many rows as there are keys; new rows are random."""
        rows, have = len(self.index_to_key), self.vectors
        if have.shape == (rows, self.vector_size):
            return
        self.vectors = prep_vectors((rows, self.vector_size), have, seed=seed)
        self.norms = None
        self.allocate_vecattrs()

    # Further values with one entry per key.

    def allocate_vecattrs(self, attrs: Sequence[str] | None = None, types: Sequence[type] | None = None) -> None:
        """Makes arrays in `expandos`, with one entry per key, or lengthens them.

        Parameters
        ----------
        attrs : list of str, optional
            The names; all existing ones if not given.
        types : list of type, optional
            Their types.

        Raises
        ------
        TypeError
            If an existing array has a conflicting type.
        """
        if attrs is None:
            attrs = list(self.expandos)
            types = [self.expandos[attr].dtype.type for attr in attrs]
        for attr, kind in zip(attrs, types or ()):
            self._allocate(attr, _attribute_type(kind))

    def _allocate(self, attr: str, kind: type) -> None:
        have = self.expandos.get(attr)
        if have is None:
            self.expandos[attr] = np.zeros(len(self), dtype=kind)
            return
        if not np.issubdtype(kind, have.dtype.type):
            raise TypeError(
                f"Can't allocate type {kind} for attribute {attr}, conflicts with its existing type {have.dtype.type}"
            )
        if len(have) != len(self):
            longer = np.zeros(len(self), dtype=have.dtype)
            common = min(len(have), len(self))
            longer[:common] = have[:common]
            self.expandos[attr] = longer

    def set_vecattr(self, key: Key, attr: str, val: Any) -> None:
        """Sets the value `attr` of a key. The first value decides the type of the whole array.

        Raises
        ------
        TypeError
            If the value does not fit the type of the existing values.
        """
        self.allocate_vecattrs(attrs=[attr], types=[type(val)])
        self.expandos[attr][self.get_index(key)] = val

    def get_vecattr(self, key: Key, attr: str) -> Any:
        """Returns the value `attr` of a key, for example "count".

        Raises
        ------
        KeyError
            If the key or the attribute is unknown.
        """
        row = self.get_index(key)
        if attr in ("code", "point", "sample_int") and attr not in self.expandos:
            self._derive(attr)
        return self.expandos[attr][row]

    def _derive(self, attr: str) -> None:
        """Computes values that are only needed on request: a word's path in the tree of hierarchical softmax."""
        if attr == "sample_int" or "count" not in self.expandos:
            return
        codes, points = _kernels.huffman(self.expandos["count"].astype(np.uint64))
        for name, values in (("code", codes), ("point", points)):
            self.expandos[name] = objects(values)

    def sort_by_descending_frequency(self) -> None:
        """Sorts the keys, the most frequent first, with their vectors and values."""
        if not len(self) or "count" not in self.expandos:
            return
        order = np.argsort(self.expandos["count"], kind="stable")[::-1]
        keys = self.index_to_key
        self.index_to_key = [keys[i] for i in order.tolist()]
        self.key_to_index = {key: row for row, key in enumerate(self.index_to_key)}
        for name, values in self.expandos.items():
            self.expandos[name] = values[order]
        if "vectors" in self.__dict__ and len(self.vectors):
            logger.warning("sorting after vectors have been allocated is expensive & error-prone")
            self.vectors = self.vectors[order]
            self.norms = None

    # Lengths.

    def fill_norms(self, force: bool = False) -> None:
        """Computes the lengths of the vectors, if they are not known.

        Parameters
        ----------
        force : bool
            Compute them again, after vectors were changed in place.
        """
        if self.norms is None or len(self.norms) != len(self.vectors) or force:
            self.norms = np.sqrt(np.einsum("ij,ij->i", self.vectors, self.vectors))

    def get_normed_vectors(self) -> NDArray[Any]:
        """Returns the vectors divided by their lengths, as a new array (V, D)."""
        self.fill_norms()
        assert self.norms is not None
        return self.vectors / self.norms[:, np.newaxis]

    def unit_normalize_all(self) -> None:
        """Divides every vector by its length, in place. The model should not be trained further afterwards."""
        self.fill_norms()
        assert self.norms is not None
        self.vectors /= self.norms[:, np.newaxis]
        self.norms = np.ones(len(self.vectors), dtype=self.vectors.dtype)

    def init_sims(self, replace: bool = False) -> None:
        """gensim 3's name of `fill_norms`, or with `replace` of `unit_normalize_all`."""
        warnings.warn("init_sims is called fill_norms since gensim 4", DeprecationWarning, stacklevel=2)
        self.fill_norms()
        if replace:
            self.unit_normalize_all()

    # Subsets, other programs, files.

    def vectors_for_all(self, keys: Iterable[Key], allow_inference: bool = True, copy_vecattrs: bool = False) -> KeyedVectors:
        """Returns the vectors of these keys as a new object; unknown keys are skipped.

        Parameters
        ----------
        keys : iterable of keys
            Duplicates are ignored.
        allow_inference : bool
            Whether keys without a row get the vector of their n-grams, if there are n-grams.
        copy_vecattrs : bool
            Whether to take over `expandos` too.
        """
        is_known = self.__contains__ if allow_inference else self.has_index_for
        wanted = [key for key in dict.fromkeys(keys) if is_known(key)]
        rows = [self.get_index(key, -1) for key in wanted]
        chosen = KeyedVectors(self.vector_size, dtype=self.vectors.dtype)
        chosen.index_to_key = wanted
        chosen.key_to_index = {key: row for row, key in enumerate(wanted)}
        if -1 in rows:
            chosen.vectors = np.array([self.get_vector(key) for key in wanted], dtype=self.vectors.dtype)
        elif rows:
            chosen.vectors = self.vectors[rows]
        chosen.next_index = len(wanted)
        if copy_vecattrs:
            # A key without a row has the zeros of a new one.
            has_row = np.array(rows, dtype=np.int64) >= 0
            for attr, values in self.expandos.items():
                copied = chosen.expandos[attr] = np.zeros(len(wanted), dtype=values.dtype)
                copied[has_row] = values[[row for row in rows if row >= 0]]
        else:
            chosen.expandos = {"count": np.ones(len(wanted), dtype=np.int64)}
        return chosen

    def to_gensim(self) -> Any:
        """Returns gensim's `KeyedVectors` over the same memory, for programs that require it.

        Returns
        -------
        gensim.models.KeyedVectors
            Its `vectors` are this object's array; keys and values are shared too.
        """
        from rapidvec.gensim.patch import gensims_own

        theirs = gensims_own("KeyedVectors")(self.vector_size)
        _share(self, theirs)
        return theirs

    @classmethod
    def from_gensim(cls, theirs: Any) -> KeyedVectors:
        """Returns a gensim `KeyedVectors` as this class, over the same memory."""
        ours = cls(theirs.vector_size)
        _share(theirs, ours)
        return ours

    def save(self, fname_or_handle: Any, *args: Any, **kwargs: Any) -> None:
        """Saves everything to one file, which `load` and the command line open.

        Parameters
        ----------
        fname_or_handle : str, path or binary file
            The destination. gensim's other arguments are accepted; only `ignore` has an effect.
        """
        from rapidvec.gensim._saving import save_keyed_vectors

        save_keyed_vectors(self, fname_or_handle, *args, **kwargs)

    @classmethod
    def load(cls, fname: str | os.PathLike[str], mmap: str | None = None) -> Any:
        """Opens what `save` wrote, any model of the command line, or what gensim's `save` wrote.

        Parameters
        ----------
        fname : str or path
            The file. gensim's pickles are read without executing anything.
        mmap : {None, "r", "c"}
            "r": the vectors stay in the file and are read-only.

        Returns
        -------
        KeyedVectors
        """
        from rapidvec.gensim._saving import load_keyed_vectors

        return load_keyed_vectors(cls, fname, mmap)


Word2VecKeyedVectors = KeyedVectors
Doc2VecKeyedVectors = KeyedVectors
EuclideanKeyedVectors = KeyedVectors


def _attribute_type(kind: type) -> type:
    """The type of the array that keeps values of this type."""
    if kind is int or kind is bool:
        return np.int64
    if kind is float:
        return np.float64
    if isinstance(kind, type) and issubclass(kind, np.generic) and not issubclass(kind, np.flexible):
        return kind
    return np.object_


def _share(source: Any, target: Any) -> None:
    """Gives `target` the arrays, keys and values of `source`."""
    for name in ("vector_size", "index_to_key", "key_to_index", "vectors", "norms", "expandos", "next_index"):
        setattr(target, name, getattr(source, name))
    if hasattr(source, "vectors_lockf"):
        target.vectors_lockf = source.vectors_lockf


def load_word2vec_format(*args: Any, **kwargs: Any) -> KeyedVectors:
    """`KeyedVectors.load_word2vec_format`."""
    return KeyedVectors.load_word2vec_format(*args, **kwargs)


def pseudorandom_weak_vector(size: int, seed_string: str | None = None, hashfxn: Any = hash) -> NDArray[np.float32]:
    """Returns a small random vector, the same for the same `seed_string`."""
    seed = None if seed_string is None else hashfxn(seed_string) & 0xFFFFFFFF
    values = np.random.default_rng(seed).random(size, dtype=REAL)
    return (values - REAL(0.5)) / REAL(size)


def prep_vectors(
    target_shape: tuple[int, int], prior_vectors: NDArray[Any] | None = None, seed: int = 0, dtype: Any = REAL
) -> NDArray[Any]:
    """Returns an array of this shape: the rows of `prior_vectors`, then random ones."""
    rows, size = target_shape
    prior = np.zeros((0, size), dtype=dtype) if prior_vectors is None else prior_vectors
    if len(prior) >= rows:
        return prior[:rows]
    more = _native.random_vectors(rows - len(prior), size, seed & 0xFFFFFFFF, len(prior))
    return np.vstack((prior, more.astype(prior.dtype, copy=False)))
