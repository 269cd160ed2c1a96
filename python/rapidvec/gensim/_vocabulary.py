"""The vocabulary of a model: counting, selecting and numbering words, and the weights that belong to them.

This works on the distinct words only; native code counts the text.
"""

from __future__ import annotations

import logging
import warnings
from collections import defaultdict
from collections.abc import Sequence
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapidvec import _native
from rapidvec.gensim import _feed
from rapidvec.gensim._arrays import REAL
from rapidvec.gensim._seed import seed_of
from rapidvec.gensim.utils import TrimRule, keep_vocab_item

if TYPE_CHECKING:
    from rapidvec.gensim.models.word2vec import Word2Vec
    from rapidvec.gensim.models.word2vec import Word2Vec as _Base
else:
    _Base = object

logger = logging.getLogger("rapidvec.word2vec")

#: The approximate memory of a word without its vectors, in bytes: its string and its entries in a list and a dictionary.
WORD_BYTES, WORD_BYTES_HS = 500, 700


class VocabularyBuilding(_Base):
    """The part of `Word2Vec` that makes its vocabulary."""

    def build_vocab(
        self,
        corpus_iterable: Any = None,
        corpus_file: Any = None,
        update: bool = False,
        progress_per: int = 10000,
        keep_raw_vocab: bool = False,
        trim_rule: TrimRule | None = None,
        **kwargs: Any,
    ) -> None:
        """Counts the words of a text and makes the vocabulary.

        Parameters
        ----------
        corpus_iterable : iterable of iterables of str
            The sentences; may be a generator, since they are read once.
        corpus_file : str or path
            Instead of `corpus_iterable`, a file with one sentence per line.
        update : bool
            Whether to add to the vocabulary: existing words keep their rows.
        progress_per : int
            The number of sentences between two lines in the log.
        keep_raw_vocab : bool
            Whether to keep the counts of all words in `raw_vocab`.
        trim_rule : callable, optional
            `trim_rule(word, count, min_count)` decides which words stay, by returning a RULE of `rapidvec.gensim.utils`.
        **kwargs
            Passed to `prepare_vocab`.
        """
        _feed.check(corpus_iterable, corpus_file, passes=1)
        self.corpus_total_words, self.corpus_count = self.scan_vocab(
            corpus_iterable=corpus_iterable, corpus_file=corpus_file, progress_per=progress_per, trim_rule=trim_rule
        )
        self._prepare(update, keep_raw_vocab, trim_rule, **kwargs)
        self.add_lifecycle_event("build_vocab", update=update, trim_rule=str(trim_rule))

    def _prepare(self, update: bool, keep_raw_vocab: bool, trim_rule: TrimRule | None, **kwargs: Any) -> None:
        report = self.prepare_vocab(update=update, keep_raw_vocab=keep_raw_vocab, trim_rule=trim_rule, **kwargs)
        self.estimate_memory(vocab_size=report["num_retained_words"])
        self.prepare_weights(update=update)

    def build_vocab_from_freq(
        self,
        word_freq: dict[Any, int],
        keep_raw_vocab: bool = False,
        corpus_count: int | None = None,
        trim_rule: TrimRule | None = None,
        update: bool = False,
    ) -> None:
        """Makes the vocabulary from known counts.

        Parameters
        ----------
        word_freq : dict of str to int
            The counts.
        keep_raw_vocab, trim_rule, update
            As for `build_vocab`.
        corpus_count : int, optional
            The number of sentences, kept as `corpus_count`.
        """
        logger.info("Processing provided word frequencies")
        self.raw_vocab = word_freq
        self.corpus_count = corpus_count or 0
        logger.info("collected %i unique word types from the provided frequencies", len(word_freq))
        self._prepare(update, keep_raw_vocab, trim_rule)

    def scan_vocab(
        self,
        corpus_iterable: Any = None,
        corpus_file: Any = None,
        progress_per: int = 10000,
        workers: int | None = None,
        trim_rule: TrimRule | None = None,
    ) -> tuple[int, int]:
        """Counts the words of a text into `raw_vocab`.

        Returns
        -------
        total_words, corpus_count : int
            The numbers of words and sentences.
        """
        logger.info("collecting all words and their counts")
        if corpus_file is None:
            logger.info("PROGRESS: at sentence #0, processed 0 words, keeping 0 word types")
        if self.max_vocab_size:
            sentences = corpus_iterable if corpus_file is None else _feed.LineSentence(corpus_file)
            self.raw_vocab, tokens, count = _feed.scan_pruned(sentences, self.max_vocab_size, trim_rule)
        else:
            corpus = _feed.read(
                corpus_iterable, corpus_file, threads=workers or self.workers or 0, progress_per=progress_per
            )
            # A dictionary of them is made when somebody looks at `raw_vocab`.
            self._counted = (corpus.keys(), corpus.counts().astype(np.int64))
            self.__dict__.pop("raw_vocab", None)
            tokens, count = corpus.tokens, corpus.sentences
            self._keep_for_training(corpus, corpus_iterable, corpus_file)
        logger.info(
            "collected %i word types from a corpus of %i raw words and %i sentences", len(self._word_counts()[0]), tokens, count
        )
        return tokens, count

    def _word_counts(self) -> tuple[list[Any], NDArray[np.int64]]:
        """All words of the scan, or of a `raw_vocab` that somebody has looked at or set, with their counts."""
        if "raw_vocab" not in self.__dict__ and "_counted" in self.__dict__:
            return self._counted
        raw = self.raw_vocab or {}
        return list(raw), np.fromiter(raw.values(), dtype=np.int64, count=len(raw))

    def prepare_vocab(
        self,
        update: bool = False,
        keep_raw_vocab: bool = False,
        trim_rule: TrimRule | None = None,
        min_count: int | None = None,
        sample: float | None = None,
        dry_run: bool = False,
    ) -> dict[str, int]:
        """Selects words from `raw_vocab`.

        Parameters
        ----------
        update, keep_raw_vocab, trim_rule
            As for `build_vocab`.
        min_count, sample : optional
            Override those of the model.
        dry_run : bool
            Only report what would happen.

        Returns
        -------
        dict of str to int
            "drop_unique", "retain_total", "downsample_unique", "downsample_total", "num_retained_words".
        """
        if update and not len(self.wv):
            raise RuntimeError(
                "You cannot do an online vocabulary-update of a model which has no prior vocabulary. "
                "First build the vocabulary of your model with a corpus before doing an online update."
            )
        min_count = self.min_count if min_count is None else min_count
        sample = self.sample if sample is None else sample
        words, counts = self._word_counts()
        self.effective_min_count = _effective_min_count(counts, min_count, self.max_final_vocab)
        kept = _kept(words, counts, self.effective_min_count, trim_rule)
        choose = self._extend if update else self._begin
        retained = choose(words, counts, kept, dry_run)
        if not dry_run:
            self._without_words_hint = _hint(counts, self.effective_min_count)
            if not keep_raw_vocab:
                logger.info("deleting the raw counts dictionary of %i items", len(words))
                self.raw_vocab = defaultdict(int)
            else:
                self.raw_vocab  # noqa: B018  (made now, if it was not)
            self.__dict__.pop("_counted", None)
        report = self._thinned(retained, counts[kept], sample, dry_run)
        return {
            "drop_unique": len(words) - int(kept.sum()),
            "retain_total": int(counts[kept].sum()),
            **report,
            "num_retained_words": len(retained),
        }

    def _begin(self, words: list[Any], counts: NDArray[np.int64], kept: NDArray[np.bool_], dry_run: bool) -> list[Any]:
        """Starts a vocabulary."""
        logger.info("Creating a fresh vocabulary")
        rows = np.flatnonzero(kept)
        self._report_kept(counts, rows)
        if not dry_run:
            if self.sorted_vocab:
                rows = rows[np.argsort(counts[rows], kind="stable")[::-1]]
            self._take_words([words[row] for row in rows.tolist()], counts[rows])
            if self.null_word:
                self.add_null_word()
        return [words[row] for row in np.flatnonzero(kept).tolist()]

    def _report_kept(self, counts: NDArray[np.int64], rows: NDArray[np.int64]) -> None:
        """Records how many words and how much text are left."""
        words, total, left = len(counts), int(counts.sum()), int(counts[rows].sum())
        share = len(rows) * 100 / max(words, 1)
        self.add_lifecycle_event(
            "prepare_vocab",
            msg=(
                f"effective_min_count={self.effective_min_count} retains {len(rows)} unique words "
                f"({share:.2f}% of original {words}, drops {words - len(rows)})"
            ),
        )
        share = left * 100 / max(total, 1)
        self.add_lifecycle_event(
            "prepare_vocab",
            msg=(
                f"effective_min_count={self.effective_min_count} leaves {left} word corpus "
                f"({share:.2f}% of original {total}, drops {total - left})"
            ),
        )

    def _take_words(self, words: list[Any], counts: NDArray[np.int64]) -> None:
        """Makes these the words of `wv`, without vectors yet."""
        self.wv.index_to_key = words
        self.wv.key_to_index = dict(zip(words, range(len(words))))
        self.wv.expandos = {"count": counts}
        self.__dict__.pop("cum_table", None)

    def _extend(self, words: list[Any], counts: NDArray[np.int64], kept: NDArray[np.bool_], dry_run: bool) -> list[Any]:
        """Adds to the vocabulary."""
        logger.info("Updating model with new vocabulary")
        chosen = [(words[row], int(counts[row])) for row in np.flatnonzero(kept).tolist()]
        known = [(word, count) for word, count in chosen if self.wv.has_index_for(word)]
        new = [(word, count) for word, count in chosen if not self.wv.has_index_for(word)]
        if not dry_run:
            self._append_words(new)
            column = self.wv.expandos["count"]
            for word, count in known:
                column[self.wv.key_to_index[word]] += count
        total = max(len(words), 1)
        self.add_lifecycle_event(
            "prepare_vocab",
            msg=(
                f"added {len(new)} new unique words ({len(new) * 100 / total:.2f}% of original {len(words)}) and increased "
                f"the count of {len(known)} pre-existing words ({len(known) * 100 / total:.2f}% of original {len(words)})"
            ),
        )
        return [word for word, _ in chosen]

    def _append_words(self, new: list[tuple[Any, int]]) -> None:
        wv, first = self.wv, len(self.wv)
        for word, _ in new:
            wv.key_to_index[word] = len(wv.index_to_key)
            wv.index_to_key.append(word)
        for derived in ("code", "point"):
            wv.expandos.pop(derived, None)
        wv.expandos.setdefault("count", np.ones(first, dtype=np.int64))
        wv.allocate_vecattrs()
        wv.expandos["count"][first:] = [count for _, count in new]
        self.__dict__.pop("cum_table", None)

    def _thinned(
        self, retained: list[Any], counts: NDArray[np.int64], sample: float, dry_run: bool
    ) -> dict[str, int]:
        """Reports the effect of subsampling, and stores each word's probability of being kept."""
        total = int(counts.sum())
        chances = keep_chances(counts, sample, total)
        left, thinned = float((chances * counts).sum()), int((chances < 1).sum())
        logger.info("sample=%g downsamples %i most-common words", sample, thinned)
        self.add_lifecycle_event(
            "prepare_vocab",
            msg=(
                f"downsampling leaves estimated {left} word corpus "
                f"({left * 100.0 / max(total, 1):.1f}%% of prior {total})"
            ),
        )
        if not dry_run and retained:
            column = self.wv.expandos.setdefault("sample_int", np.zeros(len(self.wv), dtype=np.uint32))
            rows = list(map(self.wv.key_to_index.__getitem__, retained))
            column[rows] = (chances * (2**32 - 1)).astype(np.uint32)
        return {"downsample_unique": thinned, "downsample_total": int(left)}

    def add_null_word(self) -> None:
        """Adds the word "\\0" with count 1."""
        self._append_words([("\0", 1)])

    def create_binary_tree(self) -> None:
        """Computes the code and the inner nodes of each word in the tree of hierarchical softmax, as values of `wv`."""
        self.wv.expandos.pop("code", None)
        self.wv._derive("code")

    def make_cum_table(self, domain: int = 2**31 - 1) -> None:
        """Computes `cum_table`: for each row the share of negatives that are this row or one before, times `domain`."""
        shares = np.cumsum(self.wv.expandos["count"].astype(np.float64) ** self.ns_exponent)
        self.cum_table = np.round(shares / shares[-1] * domain).astype(np.uint32)

    def estimate_memory(self, vocab_size: int | None = None, report: dict[str, int] | None = None) -> dict[str, int]:
        """Returns about how much memory the model needs, in bytes, by part.

        Parameters
        ----------
        vocab_size : int, optional
            The number of words; by default that of the vocabulary.
        report : dict, optional
            A dictionary to fill with the numbers.
        """
        words = vocab_size or len(self.wv)
        matrix = words * self.vector_size * np.dtype(REAL).itemsize
        report = {} if report is None else report
        report["vocab"] = words * (WORD_BYTES_HS if self.hs else WORD_BYTES)
        report["vectors"] = matrix
        if self.hs:
            report["syn1"] = matrix
        if self.negative:
            report["syn1neg"] = matrix
        report["total"] = sum(report.values())
        logger.info(
            "estimated required memory for %i words and %i dimensions: %i bytes", words, self.vector_size, report["total"]
        )
        return report

    # Weights. Those of a new model are made on first access; the trainer makes the same ones on its own.

    def prepare_weights(self, update: bool = False) -> None:
        """Makes the weights of a new vocabulary, or with `update` those of added words."""
        if update:
            self.update_weights()
        else:
            self.init_weights()

    def init_weights(self) -> None:
        """Sets all weights to those of a new model; the vocabulary stays."""
        logger.info("resetting layer weights")
        self.wv.__dict__.pop("vectors", None)
        self.wv._unborn = (len(self.wv), seed_of(self))
        self.wv.norms = None
        self.wv.vectors_lockf = np.ones(1, dtype=REAL)
        for name in ("syn1", "syn1neg"):
            self.__dict__.pop(name, None)
        self._unborn = True

    def update_weights(self) -> None:
        """Adds the weights of words that were added to the vocabulary."""
        logger.info("updating layer weights")
        wv, rows = self.wv, len(self.wv)
        if "vectors" not in wv.__dict__:
            wv._unborn = (rows, seed_of(self))
            return
        have = len(wv.vectors)
        more = _native.random_vectors(rows - have, wv.vectors.shape[1], seed_of(self), have)
        wv.vectors = np.vstack((wv.vectors, more))
        wv.norms = None
        self._lengthen_outputs()

    def _lengthen_outputs(self) -> None:
        """Adds output rows of zeros for words that have none."""
        rows = len(self.wv)
        for name in ("syn1", "syn1neg"):
            matrix = self.__dict__.get(name)
            if matrix is not None:
                setattr(self, name, np.vstack((matrix, np.zeros((rows - len(matrix), matrix.shape[1]), dtype=REAL))))

    def seeded_vector(self, seed_string: str, vector_size: int) -> NDArray[np.float32]:
        """gensim 3's name of `pseudorandom_weak_vector`."""
        from rapidvec.gensim.models.keyedvectors import pseudorandom_weak_vector

        warnings.warn("seeded_vector is called pseudorandom_weak_vector since gensim 4", DeprecationWarning, stacklevel=2)
        return pseudorandom_weak_vector(vector_size, seed_string=seed_string, hashfxn=self.hashfxn)

    def reset_from(self, other_model: Word2Vec) -> None:
        """Takes the vocabulary of another model, shared with it, and new weights.

        Parameters
        ----------
        other_model : Word2Vec
            Neither model should add words afterwards.
        """
        theirs = other_model.wv
        self.wv = self._new_vectors()
        self.wv.index_to_key = theirs.index_to_key
        self.wv.key_to_index = theirs.key_to_index
        self.wv.expandos = theirs.expandos
        self.cum_table = other_model.cum_table
        self.corpus_count = other_model.corpus_count
        self.corpus_total_words = other_model.corpus_total_words
        self.init_weights()


def keep_chances(counts: NDArray[np.int64], sample: float, total: int) -> NDArray[np.float64]:
    """The probability that subsampling keeps an occurrence of each word."""
    threshold = sample_threshold(sample, total)
    if not threshold:
        return np.ones(len(counts))
    with np.errstate(divide="ignore", invalid="ignore"):
        chances = (np.sqrt(counts / threshold) + 1) * (threshold / counts)
    return np.minimum(np.nan_to_num(chances, nan=1.0, posinf=1.0), 1.0)


def sample_threshold(sample: float, total: int) -> float:
    """The count above which words are subsampled; if `sample` is at least 1 it is this count, otherwise a share of the text."""
    if not sample or sample < 0:
        return 0.0
    if sample < 1.0:
        return sample * total
    return float(int(sample * (3 + sqrt(5)) / 2))


def _effective_min_count(counts: NDArray[np.int64], min_count: int, max_final_vocab: int | None) -> int:
    """The minimum count that leaves at most `max_final_vocab` words, if it is higher than `min_count`."""
    if max_final_vocab is None or max_final_vocab >= len(counts):
        return min_count
    least = int(np.sort(counts)[::-1][max_final_vocab]) + 1
    logger.info("max_final_vocab=%d and min_count=%d resulted in calc_min_count=%d", max_final_vocab, min_count, least)
    return max(least, min_count)


def _kept(
    words: Sequence[Any], counts: NDArray[np.int64], min_count: int, trim_rule: TrimRule | None
) -> NDArray[np.bool_]:
    if trim_rule is None:
        return counts >= min_count
    decisions = (keep_vocab_item(word, count, min_count, trim_rule) for word, count in zip(words, counts.tolist()))
    return np.fromiter(decisions, dtype=np.bool_, count=len(words))


def _hint(counts: NDArray[np.int64], min_count: int) -> str:
    """Advice if no word is left."""
    if not len(counts):
        return "; the text has no words"
    return (
        f"; the text has {len(counts)} distinct words, but none occurs {min_count} times: "
        f"min_count={int(counts.max())} or less keeps some"
    )
