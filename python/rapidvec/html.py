"""Displays for notebooks: models, vectors and neighbours as HTML.

Notebooks show `rapidvec.Model` and `rapidvec.Vectors` with `model` and `vectors` automatically. `neighbours` shows the answers of a query:

>>> from rapidvec.html import neighbours
>>> neighbours([("queen", 0.71), ("prince", 0.65)])
<rapidvec.html.HTML: 2 rows>

The HTML needs neither scripts nor the network. Text has the colour of the surrounding page, so it can be read on light and dark pages.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .training import Loss, Model
    from .vectors import Vectors

__all__ = ["HTML", "model", "neighbours", "vectors"]

#: Visible on white and on black: the contrast to both is above 3.
_BLUE = "#3b82d6"
_ORANGE = "#d9772b"

#: Words in the map, and rows in tables of words.
_MAP_WORDS = 60
_ROWS = 10

#: The number of letters of a word that are shown.
_LETTERS = 24

#: The maximum number of points of a curve.
_POINTS = 200

_TABLE = "border-collapse:collapse;border:0;margin:0;color:inherit;font:inherit"
_CELL = "padding:1px 10px 1px 0;text-align:left;border:0"


class HTML:
    """A piece of HTML that notebooks show. `str` gives its source."""

    def __init__(self, source: str, summary: str) -> None:
        self._source = source
        self._summary = summary

    def __str__(self) -> str:
        return self._source

    def _repr_html_(self) -> str:
        return self._source

    def __repr__(self) -> str:
        return f"<rapidvec.html.HTML: {self._summary}>"


def model(shown: Model) -> str:
    """A model: its settings, the curve of its losses, a map of its most frequent words."""
    settings = shown.settings
    title = f"{settings.get('model', 'model')}, {_size(shown.vectors)}"
    facts = {**_facts(shown), **{_spaced(name): value for name, value in settings.items() if name not in ("model", "vector_size")}}
    parts = [_table(facts), _figure("loss", _curve(shown.losses, shown.held_out)), _figure("most frequent words", _map(shown.vectors))]
    return _page(title, parts)


def vectors(shown: Vectors) -> str:
    """Vectors: their number, the first words with their counts, a map."""
    facts: dict[str, Any] = {"words": f"{len(shown):,}", "numbers per vector": shown.vector_size, "memory": _megabytes(shown)}
    parts = [_table(facts), _words(shown), _figure("first words", _map(shown))]
    return _page(_size(shown), parts)


def neighbours(hits: Iterable[tuple[str, float]] | Mapping[str, Iterable[tuple[str, float]]]) -> HTML:
    """The answers of a query as a table with a bar for each.

    Parameters
    ----------
    hits
        The result of `rapidvec.Vectors.most_similar` or a similar method for one word, or a dictionary of several results by title. The first 100 rows of each are shown.

    Returns
    -------
    HTML
    """
    lists = {key: list(value) for key, value in hits.items()} if isinstance(hits, Mapping) else {"": list(hits)}
    tables = [_bars(title, rows[:100]) for title, rows in list(lists.items())[:20]]
    return HTML(_flow(tables), f"{sum(map(len, lists.values()))} rows")


# ---- tables


def _page(title: str, parts: Sequence[str]) -> str:
    return f'<div class="rapidvec"><div style="font-weight:600;margin:2px 0 6px">{escape(title)}</div>{_flow(parts)}</div>'


def _flow(parts: Sequence[str]) -> str:
    """Parts side by side, or below each other on a narrow page."""
    shown = "".join(f"<div>{part}</div>" for part in parts if part)
    return f'<div style="display:flex;flex-wrap:wrap;gap:8px 32px;align-items:flex-start">{shown}</div>'


def _figure(title: str, svg: str) -> str:
    return f'<div style="opacity:.75">{escape(title)}</div>{svg}' if svg else ""


def _table(facts: Mapping[str, Any]) -> str:
    rows = "".join(
        f'<tr style="background:none"><td style="{_CELL};opacity:.75">{escape(_cut(name))}</td><td style="{_CELL}">{escape(_text(value))}</td></tr>'
        for name, value in list(facts.items())[:40]
    )
    return f'<table style="{_TABLE}">{rows}</table>'


def _words(shown: Vectors) -> str:
    """The first words, with their counts if they are known."""
    counts = shown.counts
    if counts is None:
        return _bars("first words", [(word, None) for word in shown.words[:_ROWS]])
    most = max(int(counts[:_ROWS].max(initial=0)), 1)
    return _bars("count", [(word, int(count)) for word, count in zip(shown.words[:_ROWS], counts)], most)


def _bars(title: str, rows: Iterable[tuple[str, float | None]], full: float = 1.0) -> str:
    """A table of words and numbers; the length of a bar is the number's share of `full`."""
    head = f'<tr style="background:none"><th colspan="3" style="{_CELL};opacity:.75;font-weight:400">{escape(_cut(title))}</th></tr>'
    body = "".join(
        f'<tr style="background:none"><td style="{_CELL}">{escape(_cut(word))}</td><td style="{_CELL};text-align:right">{_number(number)}</td>'
        f'<td style="{_CELL};min-width:100px">{_bar(number, full)}</td></tr>'
        for word, number in rows
    )
    return f'<table style="{_TABLE}">{head if title else ""}{body}</table>'


def _bar(number: float | None, full: float) -> str:
    if number is None or not math.isfinite(number):
        return ""
    share = min(abs(number) / full, 1) * 100
    colour = _BLUE if number >= 0 else _ORANGE
    return f'<div style="height:9px;width:{share:.0f}px;background:{colour}"></div>'


def _facts(shown: Model) -> dict[str, Any]:
    metadata = shown.vectors.metadata
    tokens = _of(metadata, "corpus", "tokens")
    seconds = shown.losses[-1].seconds if shown.losses else None
    facts = {
        "words": f"{len(shown):,}",
        "numbers per vector": shown.vectors.vector_size,
        "text": None if tokens is None else f"{tokens:,} words",
        "training": None if seconds is None else f"{seconds:.3g} s",
    }
    return {name: value for name, value in facts.items() if value is not None}


def _of(metadata: Mapping[str, Any], name: str, key: str) -> Any:
    part = metadata.get(name)
    return part.get(key) if isinstance(part, Mapping) else None


def _size(shown: Vectors) -> str:
    return f"{len(shown):,} words x {shown.vector_size}"


def _megabytes(shown: Vectors) -> str:
    return f"{len(shown) * shown.vector_size * 4 / 1e6:,.1f} MB as float32"


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _cut(f"{value:g}" if isinstance(value, float) else str(value), 60)


def _number(number: float | None) -> str:
    if number is None:
        return ""
    return f"{number:,}" if isinstance(number, int) else f"{number:.3f}"


def _cut(text: Any, letters: int = _LETTERS) -> str:
    """A text in one short line, without characters that change its direction or are invisible."""
    line = "".join(letter if letter.isprintable() else " " for letter in str(text)[: letters + 1])
    return line if len(line) <= letters else line[: letters - 1] + "\u2026"


# ---- pictures


def _curve(losses: Sequence[Loss], held_out: Mapping[int, float]) -> str:
    """The losses over the words, as a line; the losses on held-out text, at the ends of epochs, as points."""
    epoch = max((point.words for point in losses), default=0)  # points count the words of their epoch
    words = [(point.epoch - 1) * epoch + point.words for point in losses]
    line = _thinned([(float(at), point.loss) for at, point in zip(words, losses) if math.isfinite(point.loss)])
    ends = {point.epoch: float(at) for at, point in zip(words, losses)}
    points = [(ends[number], loss) for number, loss in sorted(held_out.items()) if number in ends and math.isfinite(loss)]
    if len(line) < 2:
        return ""
    width, height, left, bottom = 320, 170, 44, 22
    values = [loss for _, loss in line + points]
    x = _scale([0.0, max(at for at, _ in line + points)], left, width - 6)
    y = _scale([min(values), max(values)], height - bottom, 8)
    axis = f"M{left} 4V{height - bottom}H{width - 4}"
    path = "".join(f"{'L' if place else 'M'}{x(at):.1f} {y(loss):.1f}" for place, (at, loss) in enumerate(line))
    return (
        f'<svg role="img" aria-label="loss" viewBox="0 0 {width} {height}" width="{width}" height="{height}" font-size="10" fill="currentColor">'
        f'<path d="{axis}" fill="none" stroke="currentColor" stroke-opacity=".4"/>'
        f'<path d="{path}" fill="none" stroke="{_BLUE}" stroke-width="1.5"/>'
        + "".join(
            f'<circle cx="{x(at):.1f}" cy="{y(loss):.1f}" r="3" fill="{_ORANGE}"><title>held-out {loss:.4g}</title></circle>'
            for at, loss in points[:_POINTS]
        )
        + f'<text x="{left - 4}" y="14" text-anchor="end">{max(values):.3g}</text>'
        f'<text x="{left - 4}" y="{height - bottom}" text-anchor="end">{min(values):.3g}</text>'
        f'<text x="{width - 4}" y="{height - 8}" text-anchor="end">{words[-1]:,} words</text>'
        + (f'<text x="{left}" y="{height - 8}" fill="{_ORANGE}">held-out text</text>' if points else "")
        + "</svg>"
    )


def _thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """At most `_POINTS` points, including the first and the last."""
    if len(points) <= _POINTS:
        return points
    return [points[round(place * (len(points) - 1) / (_POINTS - 1))] for place in range(_POINTS)]


def _map(shown: Vectors) -> str:
    """The most frequent words in the plane that keeps most of their variance; labels that would overlap are not drawn."""
    words = shown.words[:_MAP_WORDS]
    places = _plane(np.stack([shown[word] for word in words])) if len(words) > 2 else None
    if places is None:
        return ""
    width, height = 420, 260
    x, y = _scale(places[:, 0], 10, width - 70), _scale(places[:, 1], height - 10, 14)
    taken: list[tuple[float, float, float]] = []
    marks = []
    for word, (across, up) in zip(words, places):
        at, line, label = x(across), y(up), _cut(word, 14)
        marks.append(f'<circle cx="{at:.0f}" cy="{line:.0f}" r="2" fill="{_BLUE}"><title>{escape(_cut(word))}</title></circle>')
        end = at + 6 + 6 * _columns(label)
        if all(end < start or at > stop or abs(line - other) > 10 for start, stop, other in taken):
            taken.append((at, end, line))
            marks.append(f'<text x="{at + 4:.0f}" y="{line + 3:.0f}">{escape(label)}</text>')
    return (
        f'<svg role="img" aria-label="map of words" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-size="10" fill="currentColor" style="border:1px solid rgba(128,128,128,.4)">{"".join(marks)}</svg>'
    )


def _columns(label: str) -> int:
    """The width of a label in narrow letters; Hangul, Han and Kana are twice as wide."""
    return sum(2 if ord(letter) >= 0x1100 else 1 for letter in label)


def _plane(rows: NDArray[np.float32]) -> NDArray[np.float64] | None:
    """The first two principal components of unit vectors, N x 2; None if there are no vectors."""
    units = np.asarray(rows, dtype=np.float64)
    if units.shape[1] < 2 or not np.isfinite(units).all():
        return None
    units = units / np.maximum(np.linalg.norm(units, axis=1, keepdims=True), 1e-12)
    left, sizes, _ = np.linalg.svd(units - units.mean(axis=0), full_matrices=False)
    return np.apply_along_axis(_without_outliers, 0, left[:, :2] * sizes[:2])


def _scale(values: Sequence[float] | NDArray[np.float64], start: float, end: float) -> Any:
    """A function from the range of values to that from `start` to `end`."""
    low, high = float(np.min(values)), float(np.max(values))
    span = high - low
    return lambda value: start + (end - start) * ((float(value) - low) / span if span > 0 else 0.5)


def _without_outliers(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values with outliers moved to the edge, so that they do not compress the others."""
    low, high = np.quantile(values, [0.05, 0.95])
    margin = 0.3 * (high - low)
    return np.asarray(np.clip(values, low - margin, high + margin))
