"""Scans over vectors. Stands in, in NumPy, for native functions that are not there yet; to be deleted."""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np

from rapidvec import _native


def _norms(vectors: Any, threads: int = 0) -> Any:
    return np.linalg.norm(vectors, axis=1)


def _top_k(vectors: Any, norms: Any, query: Any, k: int, *, exclude: Any = (), first: int = 0, last: Any = None, threads: int = 0) -> Any:
    with np.errstate(all="ignore"):
        scores = np.nan_to_num(np.dot(vectors[first:last], query) / norms[first:last], nan=0)
    order = np.argsort(-scores, kind="stable")
    order = order[~np.isin(order + first, list(exclude))][:k]
    return order + first, scores[order]


def _analogies(vectors: Any, norms: Any, questions: Any, *, last: Any = None, threads: int = 0) -> Any:
    unit, found = vectors / norms[:, None], []
    for a, b, c, _ in questions:
        scores = unit[:last] @ (unit[b] - unit[a] + unit[c])
        scores[[a, b, c]] = -9
        found.append(int(scores.argmax()))
    return np.array(found)


def _huffman(counts: Any) -> Any:
    words = len(counts)
    heap: list[Any] = [(int(count), row, None, None) for row, count in enumerate(counts)]
    heapq.heapify(heap)
    for row in range(words - 1):
        a, b = heapq.heappop(heap), heapq.heappop(heap)
        heapq.heappush(heap, (a[0] + b[0], row + words, a, b))
    codes: list[Any] = [None] * words
    points: list[Any] = [None] * words
    stack: list[Any] = [(heap[0], [], [])]
    while stack:
        node, code, point = stack.pop()
        if node[1] < words:
            codes[node[1]], points[node[1]] = np.array(code, np.uint8), np.array(point, np.uint32)
        else:
            point = [*point, node[1] - words]
            stack += [(node[2], [*code, 0], point), (node[3], [*code, 1], point)]
    return codes, points


norms = getattr(_native, "norms", _norms)
top_k = getattr(_native, "top_k", _top_k)
analogies = getattr(_native, "analogies", _analogies)
huffman = getattr(_native, "huffman", _huffman)
