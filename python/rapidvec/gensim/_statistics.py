"""Correlation of two lists of numbers, with p-values.

With r over n pairs, t = r sqrt((n - 2) / (1 - r^2)) follows Student's distribution with n - 2 degrees of freedom; its two-sided tail
is the regularised incomplete beta function I_x(df / 2, 1 / 2) at x = df / (df + t^2), which is 1 - r^2 here.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, lgamma, log, log1p, nan
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Correlation(NamedTuple):
    """A correlation and its two-sided p-value."""

    statistic: float
    pvalue: float


def pearson(first: Sequence[float], second: Sequence[float]) -> Correlation:
    """The correlation of the numbers themselves."""
    x, y = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    x, y = x - x.mean(), y - y.mean()
    size = float(np.sqrt((x * x).sum() * (y * y).sum()))
    if len(x) < 2 or size == 0.0:
        return Correlation(nan, nan)
    r = max(-1.0, min(1.0, float((x * y).sum()) / size))
    degrees = len(x) - 2
    return Correlation(r, incomplete_beta(degrees / 2, 0.5, 1 - r * r) if degrees else 1.0)


def spearman(first: Sequence[float], second: Sequence[float]) -> Correlation:
    """The correlation of the ranks."""
    return pearson(ranks(first).tolist(), ranks(second).tolist())


def ranks(values: Any) -> NDArray[np.float64]:
    """The rank of each number from 1; equal ones share the mean of theirs."""
    _, which, counts = np.unique(np.asarray(values), return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return ((ends - counts + 1 + ends) / 2)[which]


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b)."""
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    if x > (a + 1) / (a + b + 2):  # the fraction converges fast on the other side
        return 1.0 - incomplete_beta(b, a, 1.0 - x)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    return front * _fraction(a, b, x)


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function, from the front (Lentz's method)."""
    tiny = 1e-300
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1)
    d = 1.0 / (d if abs(d) > tiny else tiny)
    value = d
    for m in range(1, 1000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for step in (even, odd):
            d = 1.0 + step * d
            c = 1.0 + step / c
            d = 1.0 / (d if abs(d) > tiny else tiny)
            c = c if abs(c) > tiny else tiny
            value *= d * c
        if abs(d * c - 1.0) < 1e-14:
            break
    return value
