"""Reads pickles without executing anything.

A pickle is a program: it names functions and calls them. This reader replaces every name in gensim's files by something
harmless: gensim's classes become `Inert` objects that keep their state, NumPy's constructors become functions of this module that check
their arguments, and any other name ends the reading before it is looked up. No module is imported because of a file.
"""

from __future__ import annotations

import pickle
import re
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from rapidvec.errors import FormatError

__all__ = ["Inert", "read"]

_DTYPE = re.compile(r"[|<>=]?(?:[fiuc](?:1|2|4|8|16)|b1|b|\?|[SU]\d{1,9}|O8?|O)")


class Inert:
    """An object of another program: only the name of its class and its state."""

    path = ""

    def __new__(cls, *args: Any, **kwargs: Any) -> Inert:
        made = object.__new__(cls)
        made.state = {}
        return made

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.state: Any

    def __setstate__(self, state: Any) -> None:
        self.state = state

    @property
    def name(self) -> str:
        """The name of the class, without its module."""
        return self.path.rsplit(".", 1)[-1]


def read(file: BinaryIO, where: str) -> Any:
    """Reads one pickle.

    Parameters
    ----------
    file : binary file
        At the start of the pickle.
    where : str
        Its name in errors.

    Raises
    ------
    FormatError
        If the pickle is truncated, or names anything that a model does not need.
    """
    try:
        return _resolved(_Reader(file, encoding="latin1").load(), {})
    except FormatError as error:
        raise FormatError(f"{where}: {error}") from None
    except (MemoryError, RecursionError, OverflowError, OSError) as error:
        if isinstance(error, OSError):
            raise
        raise FormatError(f"{where}: a pickle that exceeds the limits ({type(error).__name__})") from None
    except Exception as error:  # noqa: BLE001  (broken pickles raise nearly everything)
        raise FormatError(f"{where}: not a complete pickle of a model ({type(error).__name__}: {error})") from None


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """The replacement of a name in the pickle."""
        known = _STAND_INS.get((module, name))
        if known is not None:
            return known
        if module.split(".")[0] == "gensim" or module.startswith("numpy.random"):
            return _inert_class(f"{module}.{name}")
        raise FormatError(f"the pickle names {module}.{name}, which no model of gensim needs; nothing of it was executed")

    def persistent_load(self, pid: Any) -> Any:
        """Rejects references to things outside of the pickle."""
        raise FormatError("the pickle refers to something outside of it; nothing of it was executed")


def _inert_class(path: str) -> type[Inert]:
    return type("Inert", (Inert,), {"path": path})


# NumPy's constructors.


class _Dtype:
    """A type of numbers; only harmless ones are allowed."""

    def __init__(self, text: Any = "", *args: Any) -> None:
        if isinstance(text, bytes):
            text = text.decode("latin1")
        if not isinstance(text, str) or not _DTYPE.fullmatch(text):
            raise FormatError(f"the pickle has an array of type {text!r}")
        self.text = text
        self.order = "="

    def __setstate__(self, state: Any) -> None:
        order = state[1]
        self.order = order.decode("latin1") if isinstance(order, bytes) else order
        if self.order not in ("<", ">", "=", "|"):
            raise FormatError(f"the pickle has an array of byte order {self.order!r}")

    def numpy(self) -> np.dtype[Any]:
        """The type itself."""
        return np.dtype(self.text).newbyteorder(self.order) if self.order != "|" else np.dtype(self.text)  # type: ignore[arg-type]


class _Array:
    """An array whose content comes later in the pickle."""

    def __init__(self, *args: Any) -> None:
        self.value: Any = None

    def __setstate__(self, state: Any) -> None:
        _, shape, dtype, is_fortran, content = state
        self.value = _array_of(content, dtype, shape, "F" if is_fortran else "C")


def _array_of(content: Any, dtype: Any, shape: Any, order: str) -> Any:
    """An array made of bytes, or of a list of objects; it owns its memory."""
    if not isinstance(dtype, _Dtype):
        raise FormatError("the pickle has an array without a type")
    kind = dtype.numpy()
    if kind.hasobject:
        if not isinstance(content, list):
            raise FormatError("the pickle has an array of objects without objects")
        return (content, tuple(shape), order)
    if isinstance(content, str):
        content = content.encode("latin1")
    shape = tuple(int(size) for size in shape)
    expected = kind.itemsize
    for size in shape:
        expected *= size
    if any(size < 0 for size in shape) or expected != len(content):
        raise FormatError(f"the pickle has an array of shape {shape} in {len(content)} bytes: expected {expected}")
    return np.frombuffer(content, dtype=kind).reshape(shape, order=order).copy(order="C").astype(kind.newbyteorder("="), copy=False)  # type: ignore[call-overload]


def _reconstruct(*args: Any) -> _Array:
    return _Array()


def _from_buffer(content: Any, dtype: Any, shape: Any, order: str = "C") -> _Array:
    made = _Array()
    made.value = _array_of(bytes(content), dtype, shape, order)
    return made


def _scalar(dtype: Any, content: Any = b"") -> Any:
    if not isinstance(dtype, _Dtype) or dtype.numpy().hasobject:
        raise FormatError("the pickle has a number without a type")
    return _array_of(content, dtype, (), "C")[()]


# Python's own.


class _Dict(dict):  # type: ignore[type-arg]
    """A dictionary, whatever the arguments of its constructor."""

    def __init__(self, *args: Any) -> None:
        super().__init__()


def _encode(text: Any, encoding: Any = "latin1", *args: Any) -> bytes:
    """How protocol 2 writes bytes."""
    if not isinstance(text, str) or encoding not in ("latin1", "latin-1", "iso-8859-1"):
        raise FormatError("the pickle encodes something other than bytes")
    return text.encode("latin1")


def _reconstructor(kind: Any, *args: Any) -> Any:
    """How protocols 0 and 1 make objects."""
    if not (isinstance(kind, type) and issubclass(kind, Inert)):
        raise FormatError("the pickle makes an object of a class that is not one of gensim's")
    return kind()


def _stand_ins() -> dict[tuple[str, str], Any]:
    """Every allowed name, and its replacement."""
    names: dict[tuple[str, str], Any] = {
        ("_codecs", "encode"): _encode,
        ("collections", "defaultdict"): _Dict,
        ("collections", "OrderedDict"): _Dict,
        ("numpy", "dtype"): _Dtype,
        ("numpy", "ndarray"): _inert_class("numpy.ndarray"),
        ("numpy", "memmap"): _inert_class("numpy.memmap"),
    }
    for module in ("builtins", "__builtin__"):
        names[module, "set"] = set
        names[module, "frozenset"] = frozenset
        for name in ("int", "long", "float", "str", "unicode", "hash", "object"):
            names[module, name] = _inert_class(f"{module}.{name}")
    for module in ("copyreg", "copy_reg"):
        names[module, "_reconstructor"] = _reconstructor
    for module in ("numpy.core", "numpy._core"):
        names[f"{module}.multiarray", "_reconstruct"] = _reconstruct
        names[f"{module}.multiarray", "scalar"] = _scalar
        names[f"{module}.numeric", "_frombuffer"] = _from_buffer
        names[f"{module}.memmap", "memmap"] = _inert_class("numpy.memmap")
    for name in ("float16", "float32", "float64", "int32", "int64", "uint32", "uint64"):
        names["numpy", name] = _inert_class(f"numpy.{name}")
    return names


_STAND_INS = _stand_ins()


# Replace placeholders by arrays.


def _resolved(value: Any, done: dict[int, Any]) -> Any:
    """The value with real arrays in it; lists and dictionaries are changed in place, so that what is shared stays shared."""
    if isinstance(value, _Array):
        return _resolved_array(value, done)
    if isinstance(value, (list, dict, Inert)):
        if id(value) not in done:
            done[id(value)] = value
            _resolve_inside(value, done)
        return value
    if type(value) is tuple:
        return tuple(_resolved(item, done) for item in value)
    return value


def _resolve_inside(value: Any, done: dict[int, Any]) -> None:
    if isinstance(value, Inert):
        value.state = _resolved(value.state, done)
    elif isinstance(value, list):
        if not all(isinstance(item, (str, int, float)) for item in value):
            value[:] = [_resolved(item, done) for item in value]
    else:
        for key, item in value.items():
            if not isinstance(item, (str, int, float)):
                value[key] = _resolved(item, done)


def _resolved_array(made: _Array, done: dict[int, Any]) -> Any:
    if isinstance(made.value, tuple):
        content, shape, order = made.value
        objects: NDArray[np.object_] = np.empty(len(content), dtype=object)
        made.value = objects
        for row, item in enumerate(content):
            objects[row] = _resolved(item, done)
        made.value = objects.reshape(shape, order=order)  # type: ignore[call-overload]
    return made.value
