"""Models of the fastText program: its `.bin` files."""

from __future__ import annotations

import codecs
import os
from typing import TYPE_CHECKING, Any

import numpy as np

from rapidvec import _native
from rapidvec.gensim._arrays import contiguous

if TYPE_CHECKING:
    from rapidvec.gensim.models.fasttext import FastText, FastTextKeyedVectors

#: fastText's numbers for its losses and models.
_HIERARCHICAL_SOFTMAX, _NEGATIVE_SAMPLING = 1, 2
_CBOW, _SKIP_GRAM, _CLASSIFIER = 1, 2, 3


def load_facebook_model(path: str | os.PathLike[str], encoding: str = "utf-8") -> FastText:
    """Opens a model of fastText (`.bin`, plain or compressed), which can be trained further.

    Parameters
    ----------
    path : str or path
        The file.
    encoding : str
        The encoding of its words. Bytes that are not valid in it are shown as `\\\\xe6`.

    Raises
    ------
    NotImplementedError
        If it is a classifier.
    FormatError
        If it is not a whole model.
    """
    from rapidvec.gensim.models.fasttext import FastText

    words, counts, own, rows, output, (min_n, max_n, bucket), how = _native.load_fasttext(os.fspath(path))
    window, epochs, min_count, negative, word_ngrams, loss, kind, _, sample, tokens = how
    if kind == _CLASSIFIER:
        raise NotImplementedError("Supervised fastText models are not supported")
    hs = int(loss == _HIERARCHICAL_SOFTMAX)
    model = FastText(
        vector_size=own.shape[1],
        window=window,
        epochs=epochs,
        negative=negative,
        hs=hs,
        sg=int(kind == _SKIP_GRAM),
        bucket=bucket,
        min_count=min_count,
        sample=sample,
        min_n=min_n,
        max_n=max_n,
    )
    model.corpus_total_words = tokens
    model.effective_min_count = min_count
    _fill(model.wv, words, counts, own, rows, encoding)
    setattr(model, "syn1" if hs else "syn1neg", output)
    if hs and negative:
        # The file has the output rows of one objective.
        model.syn1neg = np.zeros_like(output)
    return model


def load_facebook_vectors(path: str | os.PathLike[str], encoding: str = "utf-8") -> FastTextKeyedVectors:
    """Opens the vectors of a model of fastText; as `load_facebook_model`, for use without further training."""
    return load_facebook_model(path, encoding).wv


def _fill(wv: Any, words: list[bytes], counts: Any, own: Any, rows: Any, encoding: str) -> None:
    wv.index_to_key = _names(words, encoding)
    wv.key_to_index = {word: row for row, word in enumerate(wv.index_to_key)}
    wv.next_index = len(words)
    wv.expandos = {"count": counts.astype(np.int64)}
    wv._take(own, rows[: wv.bucket])


def _names(words: list[bytes], encoding: str) -> list[str]:
    """The words as strings. Two that become the same get marks, since a row has one word."""
    names = [word.decode(encoding, errors="backslashreplace") for word in words]
    if len(set(names)) == len(names):
        return names
    seen: set[str] = set()
    for row, name in enumerate(names):
        while name in seen:
            name += "\\"
        seen.add(name)
        names[row] = name
    return names


def save_facebook_model(
    model: FastText, path: str | os.PathLike[str], encoding: str = "utf-8", lr_update_rate: int = 100, word_ngrams: int = 1
) -> None:
    """Saves a model for the fastText program, which also gensim opens.

    Parameters
    ----------
    model : FastText
        The model.
    path : str or path
        The destination.
    encoding : str
        Must be UTF-8, which fastText's files have.
    lr_update_rate, word_ngrams : int
        Written unchanged.
    """
    if codecs.lookup(encoding).name != "utf-8":
        raise ValueError(f"encoding: expected UTF-8, which fastText's files have, got {encoding!r}")
    wv = model.wv
    ngrams = wv._rows_of_ngrams()
    output = model.syn1 if model.hs else model.syn1neg
    how = (
        int(model.window),
        int(model.epochs),
        int(model.min_count),
        int(model.negative),
        int(word_ngrams),
        _HIERARCHICAL_SOFTMAX if model.hs else _NEGATIVE_SAMPLING,
        _SKIP_GRAM if model.sg else _CBOW,
        int(lr_update_rate),
        float(model.sample),
        int(model.corpus_total_words or 0),
    )
    _native.save_fasttext(
        os.fspath(path),
        wv.index_to_key,
        np.asarray(wv.expandos["count"]).astype(np.uint64),
        contiguous(wv.vectors_vocab),
        contiguous(ngrams.rows) if wv.bucket else None,
        ngrams.buckets if wv.bucket else None,
        contiguous(output),
        wv._sizes(),
        how,
    )
