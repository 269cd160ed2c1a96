"""Arithmetic on single vectors in single precision, shared by all queries."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

REAL = np.float32


def contiguous(array: NDArray[Any]) -> NDArray[np.float32]:
    """The array as the native scans need it: float32, C-contiguous; not copied if it is so already."""
    return np.ascontiguousarray(array, dtype=REAL)


def unit(vector: NDArray[Any]) -> NDArray[Any]:
    """The vector divided by its length; a vector of zeros is returned unchanged."""
    length = np.sqrt(np.dot(vector, vector))
    return vector / length if length > 0 else vector


def cosine(first: NDArray[Any], second: NDArray[Any]) -> Any:
    """The cosine of two vectors as a float32. It is summed in double precision, so that it is exactly 1 for a vector and itself."""
    x, y = first.astype(np.float64), second.astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        return REAL(np.dot(x, y) / np.sqrt(np.dot(x, x) * np.dot(y, y)))
