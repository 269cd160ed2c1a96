"""Python values as JSON and arrays, without pickle.

Numbers, strings, None and lists are JSON's own. The rest is a dictionary with one name: {"tuple": [...]}, {"set": [...]},
{"dict": [[key, value], ...]}, {"bytes": "hex"}, {"float": "nan"}, {"scalar": [type, [...]]}, {"array": [number, type, shape]},
{"objects": [shape, [...]]}.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

logger = logging.getLogger("rapidvec.utils")


class NotStored(TypeError):  # noqa: N818
    """A value that cannot be stored in a file."""


class Arrays:
    """Arrays of any type as 32-bit words."""

    def __init__(self) -> None:
        self._arrays: list[NDArray[np.uint32]] = []

    def add(self, array: NDArray[Any]) -> list[Any]:
        """Adds an array; returns a reference to it."""
        if array.dtype.hasobject:
            raise NotStored(array.dtype)
        content = np.ascontiguousarray(array).tobytes()
        content += b"\0" * (-len(content) % 4)
        self._arrays.append(np.frombuffer(content, dtype=np.uint32))
        return [len(self._arrays) - 1, array.dtype.str, list(array.shape)]

    def tensors(self) -> dict[str, NDArray[np.uint32]]:
        """The arrays under their names in the file."""
        return {f"gensim.{number}": array for number, array in enumerate(self._arrays)}


def array(found: list[Any], extra: dict[str, NDArray[Any]]) -> NDArray[Any]:
    """The array that `Arrays.add` added; it is writable."""
    number, kind, shape = found
    dtype = np.dtype(kind)
    if dtype.hasobject:
        raise ValueError(f"gensim.{number}: expected an array of numbers or text, got {kind}")
    size = int(np.prod(shape, dtype=np.int64))
    content = np.ascontiguousarray(extra[f"gensim.{number}"]).view(np.uint8)
    if size * dtype.itemsize > content.size:
        raise ValueError(f"gensim.{number}: expected {size * dtype.itemsize} bytes, got {content.size}")
    return content[: size * dtype.itemsize].view(dtype).reshape(shape).copy()


def encode(value: Any, arrays: Arrays) -> Any:
    """A value as JSON.

    Raises
    ------
    NotStored
        If it is of a type that is not stored.
    """
    if value is None or isinstance(value, (bool, str)) or type(value) is int:
        return value
    if type(value) is float:
        return value if isfinite(value) else {"float": repr(value)}
    if type(value) is list:
        return [encode(item, arrays) for item in value]
    if isinstance(value, np.ndarray):
        return _encode_array(value, arrays)
    if isinstance(value, np.generic):
        return {"scalar": [value.dtype.str, np.frombuffer(value.tobytes(), dtype=np.uint8).tolist()]}
    if type(value) in (tuple, set, frozenset):
        return {type(value).__name__: [encode(item, arrays) for item in value]}
    if type(value) in (dict, defaultdict):
        return {"dict": [[encode(key, arrays), encode(item, arrays)] for key, item in value.items()]}
    if type(value) is bytes:
        return {"bytes": value.hex()}
    raise NotStored(type(value))


def objects(values: Any) -> NDArray[np.object_]:
    """A one-dimensional array of these objects, even if they are arrays of equal length."""
    column = np.empty(len(values), dtype=object)
    for row, value in enumerate(values):
        column[row] = value
    return column


def _encode_array(value: NDArray[Any], arrays: Arrays) -> Any:
    if value.dtype.hasobject:
        if value.dtype != np.object_:
            raise NotStored(value.dtype)
        return {"objects": [list(value.shape), [encode(item, arrays) for item in value.ravel().tolist()]]}
    return {"array": arrays.add(value)}


def decode(value: Any, extra: dict[str, NDArray[Any]]) -> Any:
    """Decodes a value that `encode` made."""
    if isinstance(value, list):
        return [decode(item, extra) for item in value]
    if not isinstance(value, dict):
        return value
    ((name, content),) = value.items()
    if name == "array":
        return array(content, extra)
    if name == "float":
        return float(content)
    if name == "bytes":
        return bytes.fromhex(content)
    if name == "scalar":
        return np.frombuffer(bytes(content[1]), dtype=np.dtype(content[0]))[0]
    if name == "dict":
        return {decode(key, extra): decode(item, extra) for key, item in content}
    if name == "objects":
        return objects([decode(item, extra) for item in content[1]]).reshape(content[0])
    kinds: dict[str, Any] = {"tuple": tuple, "set": set, "frozenset": frozenset}
    return kinds[name](decode(item, extra) for item in content)


def encode_attributes(attributes: dict[str, Any], without: frozenset[str], arrays: Arrays) -> dict[str, Any]:
    """The attributes of an object; attributes that are not stored are logged."""
    encoded = {}
    for name, value in attributes.items():
        if name in without:
            continue
        try:
            encoded[name] = encode(value, arrays)
        except NotStored as error:
            logger.warning("not storing attribute %s: %s has no place in the file", name, error)
    return encoded


def decode_attributes(attributes: dict[str, Any], extra: dict[str, NDArray[Any]]) -> dict[str, Any]:
    """Decodes what `encode_attributes` made."""
    return {name: decode(value, extra) for name, value in attributes.items()}
