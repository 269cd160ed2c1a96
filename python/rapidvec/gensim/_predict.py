"""Predictions of a trained model for words and sentences."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapidvec.gensim._arrays import REAL

if TYPE_CHECKING:
    from rapidvec.gensim.models.word2vec import Word2Vec as _Base
else:
    _Base = object

logger = logging.getLogger("rapidvec.word2vec")


class Prediction(_Base):
    """The part of `Word2Vec` that predicts."""

    def predict_output_word(self, context_words_list: Iterable[Any], topn: int = 10) -> list[tuple[Any, Any]] | None:
        """Returns the most probable words for a context, with their probabilities.

        Parameters
        ----------
        context_words_list : list of words or row numbers
            The words of the context; unknown words are skipped.
        topn : int
            How many words to return.

        Returns
        -------
        list of (word, probability), or None
            None if no word is known.

        Raises
        ------
        RuntimeError
            If the model was not trained with negative sampling.
        """
        if not self.negative:
            raise RuntimeError(
                "We have currently only implemented predict_output_word for the negative sampling scheme, "
                "so you need to have run word2vec with negative > 0 for this to work."
            )
        if getattr(self, "syn1neg", None) is None:
            raise RuntimeError("Parameters required for predicting the output words not found.")
        rows = [self.wv.get_index(word) for word in context_words_list if self.wv.has_index_for(word)]
        if not rows:
            logger.warning("All the input context words are out-of-vocabulary for the current model.")
            return None
        hidden = self.wv.vectors[rows].sum(axis=0)
        if self.cbow_mean:
            hidden = hidden / REAL(len(rows))
        scores = np.dot(hidden, self.syn1neg.T)
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        best = np.argsort(-shares, kind="stable")[:topn]
        return [(self.wv.index_to_key[row], shares[row]) for row in best.tolist()]

    def score(
        self,
        sentences: Iterable[Sequence[Any]],
        total_sentences: int = int(1e6),
        chunksize: int = 100,
        queue_factor: int = 2,
        report_delay: float = 1,
    ) -> NDArray[np.float32]:
        """Returns the log probability of sentences, by hierarchical softmax.

        Each word is scored against the words in its full window, as Taddy (2015) does to classify documents.

        Parameters
        ----------
        sentences : iterable of lists of words
            Unknown words are skipped.
        total_sentences : int
            The maximum number of sentences to score.
        chunksize, queue_factor, report_delay
            Accepted for compatibility, without effect.

        Raises
        ------
        RuntimeError
            If the model was not trained with `hs=1`.
        """
        logger.info(
            "scoring sentences with %s workers on %i vocabulary and %i features, using sg=%s hs=%s sample=%s and negative=%s",
            self.workers,
            len(self.wv),
            self.layer1_size,
            self.sg,
            self.hs,
            self.sample,
            self.negative,
        )
        if not self.wv.key_to_index:
            raise RuntimeError("you must first build vocabulary before scoring new data")
        if not self.hs:
            raise RuntimeError(
                "We have currently only implemented score for the hierarchical softmax scheme, "
                "so you need to have run word2vec with hs=1 and negative=0 for this to work."
            )
        return np.array([self._score(sentence) for sentence in islice(sentences, total_sentences)], dtype=REAL)

    def _score(self, sentence: Sequence[Any]) -> float:
        """The log probability of one sentence."""
        rows = [self.wv.key_to_index[word] for word in sentence if word in self.wv.key_to_index]
        total = 0.0
        for place, row in enumerate(rows):
            around = rows[max(0, place - self.window) : place] + rows[place + 1 : place + 1 + self.window]
            if around or not self.sg:
                total += self._path_score(row, self._hidden(around))
        return total

    def _hidden(self, rows: list[int]) -> NDArray[Any]:
        """The hidden vectors (N, D) of a position: for skip-gram one for each context word, for CBOW one of all (zeros without context)."""
        vectors = self.wv.vectors[rows]
        if self.sg:
            return vectors
        together = vectors.sum(axis=0, keepdims=True)
        return together / REAL(max(len(rows), 1)) if self.cbow_mean else together

    def _path_score(self, row: int, hidden: NDArray[Any]) -> float:
        """The log probability of a word: that of all branches on its path from the root of the tree."""
        code, point = (self.wv.get_vecattr(row, name) for name in ("code", "point"))
        turns = 1.0 - 2.0 * np.asarray(code, dtype=np.float64)
        scores = hidden @ self.syn1[point].T
        return -float(np.logaddexp(0.0, -turns * scores).sum())
