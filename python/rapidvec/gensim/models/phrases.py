"""Phrases: words that stand together more often than chance would have it, joined to one token each. gensim's names.

Pairs of words are counted by compiled code on all cores; scores and results are those of gensim 4.4.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from inspect import signature
from math import log
from typing import Any

from rapidvec import _native
from rapidvec.gensim import _phrase_files
from rapidvec.gensim._events import Lifecycle
from rapidvec.gensim._stand_in import StandIn

__all__ = ["ENGLISH_CONNECTOR_WORDS", "FrozenPhrases", "Phraser", "Phrases", "npmi_scorer", "original_scorer"]

logger = logging.getLogger("rapidvec.phrases")

NEGATIVE_INFINITY = float("-inf")

#: English articles, prepositions and conjunctions that may stand within a phrase, such as `bank_of_america`.
ENGLISH_CONNECTOR_WORDS = frozenset("a an the for of with without at from to in on by and or".split())

Scorer = Callable[..., float]


def original_scorer(
    worda_count: float, wordb_count: float, bigram_count: float, len_vocab: float, min_count: float, corpus_word_count: float
) -> float:
    """The score of word2vec's paper: `(bigram_count - min_count) / (worda_count * wordb_count) * len_vocab`.

    Parameters
    ----------
    worda_count, wordb_count, bigram_count : int
        How often the words occur, and how often the second follows the first.
    len_vocab : int
        Distinct words and pairs.
    min_count : int
        Subtracted from the count of the pair.
    corpus_word_count : int
        Not used.
    """
    product = worda_count * wordb_count
    if product == 0:
        return NEGATIVE_INFINITY
    return (bigram_count - min_count) / float(product) * len_vocab


def npmi_scorer(
    worda_count: float, wordb_count: float, bigram_count: float, len_vocab: float, min_count: float, corpus_word_count: float
) -> float:
    """Normalised pointwise mutual information, from -1 to 1: `ln(p(ab) / (p(a) p(b))) / -ln p(ab)`.

    Parameters
    ----------
    worda_count, wordb_count, bigram_count : int
        How often the words occur, and how often the second follows the first.
    len_vocab : int
        Not used.
    min_count : int
        Pairs seen fewer times are never phrases.
    corpus_word_count : int
        Tokens of the text.
    """
    if bigram_count < min_count:
        return NEGATIVE_INFINITY
    total = float(corpus_word_count)
    first, second, together = worda_count / total, wordb_count / total, bigram_count / total
    try:
        return log(together / (first * second)) / -log(together)
    except ValueError:  # a count of zero
        return NEGATIVE_INFINITY


_SCORERS: dict[str, Scorer] = {"default": original_scorer, "npmi": npmi_scorer}


def _is_single(sentences: Any) -> tuple[bool, Any]:
    """Whether this is one sentence instead of many, and the same again, unread. What is empty counts as a sentence."""
    reader = iter(sentences)
    first = next(reader, None)
    if first is None:
        return True, sentences
    unread = chain([first], reader) if reader is sentences else sentences
    return isinstance(first, str), unread


class _Joined:
    """Sentences with their phrases joined, each time they are iterated."""

    def __init__(self, model: _PhrasesTransformation, sentences: Any) -> None:
        self.obj = model
        self.corpus = sentences

    def __iter__(self) -> Iterator[list[str]]:
        for sentence in self.corpus:
            yield self.obj[sentence]

    def __len__(self) -> int:
        return len(self.corpus)


class _PhrasesTransformation(Lifecycle, metaclass=StandIn):
    """What `Phrases` and `FrozenPhrases` have in common: finding phrases in sentences."""

    def __init__(self, connector_words: Iterable[str]) -> None:
        self.connector_words = frozenset(connector_words)

    def score_candidate(self, word_a: str, word_b: str, in_between: list[str]) -> tuple[str | None, float | None]:
        """The phrase that two words make and its score, or twice None. Subclasses say how."""
        raise NotImplementedError("ABSTRACT METHOD")

    def analyze_sentence(self, sentence: Iterable[str]) -> Iterator[tuple[str, float | None]]:
        """Yields the tokens of a sentence, phrases joined with their scores, other words with None."""
        waiting: list[str] = []  # a word, and the connector words after it
        for word in sentence:
            if word in self.connector_words:
                if waiting:
                    waiting.append(word)
                else:
                    yield word, None
                continue
            if waiting:
                phrase, score = self.score_candidate(waiting[0], word, waiting[1:])
                if phrase is not None and score is not None:
                    yield phrase, score
                    waiting = []
                    continue
                for left in waiting:
                    yield left, None
            waiting = [word]
        for left in waiting:
            yield left, None

    def __getitem__(self, sentence: Any) -> Any:
        """Joins the phrases of a sentence (a list of tokens), or of many sentences (an iterable, which is read when the result is)."""
        is_single, sentences = _is_single(sentence)
        if is_single:
            return [token for token, _ in self.analyze_sentence(sentences)]
        return _Joined(self, sentences)

    def find_phrases(self, sentences: Iterable[Iterable[str]]) -> dict[str, float]:
        """The phrases that occur in these sentences, with their scores."""
        found: dict[str, float] = {}
        for sentence in sentences:
            found.update((token, score) for token, score in self.analyze_sentence(sentence) if score is not None)
        return found

    def save(self, fname: Any, *_args: Any, **_kwargs: Any) -> None:
        """Writes the object to a file, from which `load` makes it again.

        A scorer of your own is stored by its name: it has to be a function of a module that is imported when the file is loaded.
        """
        _phrase_files.save(self, fname)

    @classmethod
    def load(cls, fname: Any, *_args: Any, **_kwargs: Any) -> Any:
        """Reads a file of `save`, or one of gensim of any version. Nothing in the file is executed.

        Raises
        ------
        FormatError
            If the file is damaged, or has something else in it.
        """
        return _phrase_files.load(cls, fname)


class Phrases(_PhrasesTransformation):
    """Finds phrases in sentences.

    Parameters
    ----------
    sentences : iterable of iterables of str, optional
        The text; more can be added by `add_vocab`.
    min_count : float
        Words and pairs seen fewer times are ignored.
    threshold : float
        A phrase has a score above this.
    max_vocab_size : int
        Of more distinct words and pairs, the rarest are dropped after counting.
    delimiter : str
        What joins the words of a phrase.
    progress_per : int
        Accepted, without effect.
    scoring : {"default", "npmi"} or callable
        The formula: a function with the parameters of `original_scorer`.
    connector_words : iterable of str
        Words that may stand within a phrase, and do not begin or end one.

    Examples
    --------
    >>> from rapidvec.gensim.models.phrases import Phrases
    >>> sentences = [["new", "york", "is", "large"], ["i", "love", "new", "york"]] * 3
    >>> Phrases(sentences, min_count=1, threshold=2)[["in", "new", "york"]]
    ['in', 'new_york']
    """

    def __init__(
        self,
        sentences: Any = None,
        min_count: float = 5,
        threshold: float = 10.0,
        max_vocab_size: int = 40_000_000,
        delimiter: str = "_",
        progress_per: int = 10_000,
        scoring: str | Scorer = "default",
        connector_words: Iterable[str] = frozenset(),
    ) -> None:
        super().__init__(connector_words=connector_words)
        if min_count <= 0:
            raise ValueError(f"min_count must be at least 1, got {min_count}")
        if scoring == "npmi" and not -1 <= threshold <= 1:
            raise ValueError(f"threshold must be from -1 to 1 for npmi scoring, got {threshold}")
        if scoring != "npmi" and threshold <= 0:
            raise ValueError(f"threshold must be above 0, got {threshold}")
        self.scoring = _scorer(scoring)
        self.min_count = min_count
        self.threshold = threshold
        self.max_vocab_size = max_vocab_size
        self.vocab: dict[str, int] = {}
        self.min_reduce = 1
        self.delimiter = delimiter
        self.progress_per = progress_per
        self.corpus_word_count = 0
        if sentences is not None:
            self.add_vocab(sentences)

    def __str__(self) -> str:
        return (
            f"{type(self).__name__}<{len(self.vocab)} vocab, min_count={self.min_count}, "
            f"threshold={self.threshold}, max_vocab_size={self.max_vocab_size}>"
        )

    def add_vocab(self, sentences: Any) -> None:
        """Counts the words and pairs of more sentences.

        Parameters
        ----------
        sentences : iterable of iterables of str
            The text. It is read once.
        """
        text = _native.Corpus.from_sentences(sentences)
        vocab = self.vocab
        for word, count in zip(text.keys(), text.counts().tolist(), strict=True):
            if word not in self.connector_words:
                vocab[word] = vocab.get(word, 0) + count
        # As in gensim, a pair and a word of the same spelling share a count.
        pairs, counts = text.pairs(sorted(self.connector_words), delimiter=self.delimiter)
        for pair, count in zip(pairs, counts.tolist(), strict=True):
            vocab[pair] = vocab.get(pair, 0) + count
        self.corpus_word_count += text.tokens
        self._prune()
        logger.info("collected %i token types (unigram + bigrams) from a corpus of %i words", len(vocab), self.corpus_word_count)

    def _prune(self) -> None:
        """Drops the rarest words and pairs until there are few enough."""
        while len(self.vocab) > self.max_vocab_size:
            before = len(self.vocab)
            self.vocab = {token: count for token, count in self.vocab.items() if count > self.min_reduce}
            logger.warning(
                "dropped %i words and pairs seen %i times or less, to keep at most %i", before - len(self.vocab), self.min_reduce, self.max_vocab_size
            )
            self.min_reduce += 1

    def score_candidate(self, word_a: str, word_b: str, in_between: list[str]) -> tuple[str | None, float | None]:
        """The phrase that two words make, with the connector words between them, and its score; twice None if it is not a phrase."""
        first, second = self.vocab.get(word_a, 0), self.vocab.get(word_b, 0)
        if first <= 0 or second <= 0:
            return None, None
        phrase = self.delimiter.join([word_a, *in_between, word_b])
        together = self.vocab.get(phrase, 0)
        if together <= 0:
            return None, None
        score = self.scoring(
            worda_count=first,
            wordb_count=second,
            bigram_count=together,
            len_vocab=len(self.vocab),
            min_count=self.min_count,
            corpus_word_count=self.corpus_word_count,
        )
        return (phrase, score) if score > self.threshold else (None, None)

    def export_phrases(self) -> dict[str, float]:
        """All phrases with their scores: entries of `vocab` that two words make."""
        found: dict[str, float] = {}
        for token in self.vocab:
            parts = token.split(self.delimiter)
            if len(parts) < 2:
                continue
            phrase, score = self.score_candidate(parts[0], parts[-1], parts[1:-1])
            if phrase is not None and score is not None:
                found[phrase] = score
        return found

    def freeze(self) -> FrozenPhrases:
        """The phrases alone, without the counts: smaller and faster, but nothing can be added."""
        return FrozenPhrases(self)


class FrozenPhrases(_PhrasesTransformation):
    """Phrases that were found, without the counts that they were found by.

    Parameters
    ----------
    phrases_model : Phrases
        The object with the counts.
    """

    def __init__(self, phrases_model: Phrases) -> None:
        super().__init__(connector_words=phrases_model.connector_words)
        self.threshold = phrases_model.threshold
        self.min_count = phrases_model.min_count
        self.delimiter = phrases_model.delimiter
        self.scoring = phrases_model.scoring
        self.phrasegrams = phrases_model.export_phrases()

    def __str__(self) -> str:
        return f"{type(self).__name__}<{len(self.phrasegrams)} phrases, min_count={self.min_count}, threshold={self.threshold}>"

    def score_candidate(self, word_a: str, word_b: str, in_between: list[str]) -> tuple[str | None, float | None]:
        """The phrase that two words make and its score; twice None if it is not among the phrases."""
        phrase = self.delimiter.join([word_a, *in_between, word_b])
        score = self.phrasegrams.get(phrase)
        return (phrase, score) if score is not None and score > self.threshold else (None, None)


#: The name of `FrozenPhrases` in gensim 3.
Phraser = FrozenPhrases


def _scorer(scoring: str | Scorer) -> Scorer:
    """The function for a name, or the function given."""
    if isinstance(scoring, str):
        if scoring not in _SCORERS:
            raise ValueError(f"scoring must be default, npmi or a function, got {scoring!r}")
        return _SCORERS[scoring]
    if not callable(scoring):
        raise TypeError(f"scoring must be default, npmi or a function, got {type(scoring).__name__}")
    missing = set(_phrase_files.PARAMETERS) - set(signature(scoring).parameters)
    if missing:
        raise ValueError(f"scoring function lacks the parameters {', '.join(sorted(missing))}")
    return scoring
