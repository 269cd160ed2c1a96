"""Training of words with n-grams: the trainer gets rows of words and of n-grams, and the vectors are composed of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from rapidvec import _native
from rapidvec.gensim._arrays import REAL, contiguous
from rapidvec.gensim._subwords import NGramRows
from rapidvec.gensim._training import Leg, _locked, _renumber


class SubwordLeg(Leg):
    """Epochs over one corpus with n-grams."""

    input = "vectors_vocab"

    def _renumber(self, corpus: _native.Corpus) -> int:
        return _renumber(corpus, self.model.wv, self.model.wv.index_to_key)

    def _more(self) -> dict[str, Any]:
        wv = self.model.wv
        more: dict[str, Any] = {"ngrams": wv._sizes(), "locked": _locked(wv, "vectors_vocab_lockf")}
        locked = _locked(wv, "vectors_ngrams_lockf", rows=wv.bucket) if wv.bucket else None
        if locked is not None:
            more["locked_ngrams"] = np.flatnonzero(locked).astype(np.uint32)
        if self.is_new:
            return more
        self.rows = wv._rows_of_ngrams()
        #: What the trainer reads and writes.
        self.copy = NGramRows(contiguous(self.rows.rows), self.rows.buckets)
        return {**more, "ngram_rows": self.copy.rows, "ngram_buckets": self.copy.buckets}

    def show(self) -> None:
        """Writes the weights into the model's arrays."""
        if self.training is None:
            return
        super().show()
        self._exchange(to_model=True)
        self._set_vectors(self.training.composed())

    def look(self) -> None:
        """Takes over what callbacks wrote."""
        if self.training is not None:
            self._exchange(to_model=False)
        super().look()

    def _exchange(self, to_model: bool) -> None:
        """Copies rows of n-grams between the trainer's copy and the model, which may have made or got another array meanwhile."""
        now = self.model.wv._rows_of_ngrams()
        if now.rows is self.copy.rows:
            return
        used = slice(None) if self.copy.buckets is None else self.copy.buckets
        place = used if now.buckets is None else slice(None)
        if to_model:
            now.rows[place] = self.copy.rows
        else:
            self.copy.rows[:] = now.rows[place]

    def put_back(self) -> None:
        """Gives the model its weights."""
        if self.training is not None and self.is_new:
            buckets, rows = self.training.ngrams()
            composed = self.training.composed()
            super().put_back()
            self.model.wv._set_rows(NGramRows(rows, buckets))
            self._set_vectors(composed)
            return
        super().put_back()

    def _set_vectors(self, composed: Any) -> None:
        wv = self.model.wv
        have = wv.__dict__.get("vectors")
        if have is not None and have.shape == composed.shape and have.dtype == REAL and have.flags.writeable:
            np.copyto(have, composed)
            wv.norms = None
        else:
            wv.vectors = composed
