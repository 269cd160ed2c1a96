"""Stands in for a native function that is not there yet; to be deleted."""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np

from rapidvec import _native


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


huffman = getattr(_native, "huffman", _huffman)
