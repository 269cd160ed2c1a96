"""Evaluation of vectors: analogies, similarities of pairs, and the distance between documents."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapidvec.gensim._statistics import Correlation, pearson, spearman

if TYPE_CHECKING:
    from rapidvec.gensim.models.keyedvectors import KeyedVectors as _Base
else:
    _Base = object

logger = logging.getLogger("rapidvec.keyedvectors")

Quadruple = tuple[str, str, str, str]
Section = dict[str, Any]

#: gensim's names of the methods of analogies.
_METHODS = {"most_similar": "add", "most_similar_cosmul": "mul"}


class Evaluation(_Base):
    """The part of `KeyedVectors` that evaluates."""

    def evaluate_word_analogies(
        self,
        analogies: Any,
        restrict_vocab: int | None = 300000,
        case_insensitive: bool = True,
        dummy4unknown: bool = False,
        similarity_function: str = "most_similar",
    ) -> tuple[float, list[Section]]:
        """Answers questions such as "Athens is to Greece as Baghdad is to ...".

        Parameters
        ----------
        analogies : str or path
            A file of lines with four words, in sections that begin with ": NAME".
        restrict_vocab : int, optional
            Use only the first words, and skip questions with others.
        case_insensitive : bool
            Whether "greece" counts as "Greece"; of several spellings the first is used.
        dummy4unknown : bool
            Whether questions with unknown words count as wrong; otherwise they are skipped.
        similarity_function : {"most_similar", "most_similar_cosmul"}
            The method that answers.

        Returns
        -------
        score : float
            The share of correct answers.
        sections : list of dict
            "section", "correct" and "incorrect" of each section, and of "Total accuracy".
        """
        words = self._evaluated(restrict_vocab, case_insensitive)
        questions, names, unknown = self._questions(analogies, words, case_insensitive, dummy4unknown)
        logger.info("Evaluating word analogies for top %i words in the model on %s", restrict_vocab or len(self), analogies)
        right = self._answers(questions, words, restrict_vocab, case_insensitive, similarity_function)
        sections = _sections(questions, names, right)
        for section in sections:
            self._log_evaluate_word_analogies(section)
        asked = sum(len(names_of) for names_of in questions)
        if asked + unknown:
            logger.info("Quadruplets with out-of-vocabulary words: %.1f%%", 100.0 * unknown / (asked + unknown))
        total = sections[-1]
        count = len(total["correct"]) + len(total["incorrect"])
        return (len(total["correct"]) / count if count else 0.0), sections

    def _evaluated(self, restrict_vocab: int | None, case_insensitive: bool) -> dict[Any, int]:
        """The rows of the words that are used; of several spellings, the first."""
        words: dict[Any, int] = {}
        for row, word in enumerate(self.index_to_key[:restrict_vocab]):
            words.setdefault(_spelt(word, case_insensitive), row)
        return words

    def _questions(
        self, path: Any, words: dict[Any, int], case_insensitive: bool, dummy4unknown: bool
    ) -> tuple[list[list[Quadruple]], list[str], int]:
        """The questions of each section, the sections' names, and how many questions have unknown words."""
        questions: list[list[Quadruple]] = []
        names: list[str] = []
        unknown = 0
        for number, line in enumerate(_lines(path, "utf8")):
            if line.startswith(": "):
                names.append(line[2:].strip())
                questions.append([])
                continue
            if not names:
                raise ValueError(f"Missing section header before line #{number} in {path}")
            parts = (line.upper() if case_insensitive else line).split()
            if len(parts) != 4:
                logger.info("Skipping invalid line #%i in %s", number, path)
                continue
            known = all(part in words for part in parts)
            unknown += not known
            if known or dummy4unknown:
                questions[-1].append((parts[0], parts[1], parts[2], parts[3]))
        return questions, names, unknown

    def _answers(
        self,
        questions: list[list[Quadruple]],
        words: dict[Any, int],
        restrict_vocab: int | None,
        case_insensitive: bool,
        similarity_function: str,
    ) -> dict[Quadruple, bool]:
        """Whether each question is answered correctly."""
        distinct = list(dict.fromkeys(question for section in questions for question in section))
        right = dict.fromkeys(distinct, False)
        known = [question for question in distinct if all(word in words for word in question)]
        if not known:
            return right
        if similarity_function in _METHODS:
            rows = self._answer_rows(known, words, restrict_vocab, case_insensitive, _METHODS[similarity_function])
            names = [self.index_to_key[row] if row >= 0 else None for row in rows]
            right.update({question: _spelt(name, case_insensitive) == question[3] for question, name in zip(known, names)})
            return right
        ask = getattr(self, similarity_function)
        for question in known:
            a, b, c, expected = question
            near = ask(positive=[words[b], words[c]], negative=[words[a]], topn=5, restrict_vocab=restrict_vocab)
            answers = (_spelt(word, case_insensitive) for word, _ in near)
            right[question] = next((word for word in answers if word in words and word not in (a, b, c)), None) == expected
        return right

    def _answer_rows(
        self, questions: list[Quadruple], words: dict[Any, int], restrict_vocab: int | None, case_insensitive: bool, method: str
    ) -> list[int]:
        """The row that answers each question; -1 if there is no answer."""
        last = min(restrict_vocab or len(self), len(self))
        variants: dict[int, list[int]] = {}
        if len(words) < last:
            for row, word in enumerate(self.index_to_key[:last]):
                if (first := words[_spelt(word, case_insensitive)]) != row:
                    variants.setdefault(first, []).append(row)
        rows = np.array([[words[word] for word in question] for question in questions], dtype=np.int64)
        answers: list[int] = self._row_search().analogies(rows, method=method, variants=variants, last=last).tolist()
        return answers

    @staticmethod
    def _log_evaluate_word_analogies(section: Section) -> float | None:
        """Logs the share of correct answers of a section, and returns it; None if it has no questions."""
        correct, incorrect = len(section["correct"]), len(section["incorrect"])
        if not correct + incorrect:
            return None
        score = correct / (correct + incorrect)
        logger.info("%s: %.1f%% (%i/%i)", section["section"], 100.0 * score, correct, correct + incorrect)
        return score

    log_accuracy = _log_evaluate_word_analogies

    def evaluate_word_pairs(
        self,
        pairs: Any,
        delimiter: str = "\t",
        encoding: str = "utf8",
        restrict_vocab: int | None = 300000,
        case_insensitive: bool = True,
        dummy4unknown: bool = False,
    ) -> tuple[Correlation, Correlation, float]:
        """Compares the similarities of pairs of words with human judgements.

        Parameters
        ----------
        pairs : str or path
            A file of lines with two words and a number.
        delimiter : str
            The separator between them.
        encoding : str
            The encoding of the file.
        restrict_vocab : int, optional
            Use only the first words.
        case_insensitive : bool
            Whether "king" is also found as "King".
        dummy4unknown : bool
            Whether pairs with unknown words count with similarity 0; otherwise they are skipped.

        Returns
        -------
        pearson, spearman : (statistic, pvalue)
            The correlations, each with its p-value.
        oov_ratio : float
            The percentage of pairs with unknown words.
        """
        words = self._evaluated(restrict_vocab, case_insensitive)
        given, got, unknown = [], [], 0
        for first, second, value in _pairs(pairs, delimiter, encoding, case_insensitive):
            if first in words and second in words:
                got.append(float(self.similarity(words[first], words[second])))
            else:
                unknown += 1
                if not dummy4unknown:
                    continue
                got.append(0.0)
            given.append(value)
        if not given:
            raise ValueError(
                f"No valid similarity judgements found in {pairs}: either invalid format or "
                f"all are out-of-vocabulary in {self}"
            )
        result = pearson(given, got), spearman(given, got)
        ratio = float(unknown) / (len(given) + (0 if dummy4unknown else unknown)) * 100
        self.log_evaluate_word_pairs(*result, ratio, pairs)
        return (*result, ratio)

    @staticmethod
    def log_evaluate_word_pairs(pearson: Any, spearman: Any, oov: float, pairs: Any) -> None:
        """Logs what `evaluate_word_pairs` found."""
        logger.info("Pearson correlation coefficient against %s: %.4f", pairs, pearson[0])
        logger.info("Spearman rank-order correlation coefficient against %s: %.4f", pairs, spearman[0])
        logger.info("Pairs with unknown words ratio: %.1f%%", oov)

    def wmdistance(self, document1: Any, document2: Any, norm: bool = True) -> float:
        """Returns the word mover's distance of two documents (Kusner and others, 2015).

        It is the minimum total distance that the words of one document have to move to become those of the other.

        Parameters
        ----------
        document1, document2 : list of keys
            Unknown keys are skipped.
        norm : bool
            Whether to divide the vectors by their lengths first.

        Returns
        -------
        float
            Infinity if a document has no known key.

        Raises
        ------
        ImportError
            If the package POT is not installed.
        """
        from ot import emd2

        documents = [[word for word in document if word in self] for document in (document1, document2)]
        lost = len(document1) - len(documents[0]), len(document2) - len(documents[1])
        if any(lost):
            logger.info("Removed %d and %d OOV words from document 1 and 2 (respectively).", *lost)
        if not all(documents):
            logger.warning("At least one of the documents had no words that were in the vocabulary.")
            return float("inf")
        words = list(dict.fromkeys(documents[0] + documents[1]))
        if len(words) == 1:
            return 0.0
        place = {word: i for i, word in enumerate(words)}
        shares = [np.bincount([place[word] for word in doc], minlength=len(words)) / len(doc) for doc in documents]
        if np.array_equal(shares[0], shares[1]):
            return 0.0
        vectors = np.array([self.get_vector(word, norm=norm) for word in words], dtype=np.float64)
        return float(emd2(shares[0], shares[1], _ways(vectors)))


def _spelt(word: Any, case_insensitive: bool) -> Any:
    """A word in the form in which words are compared."""
    return word.upper() if case_insensitive and isinstance(word, str) else word


def _ways(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """The pairwise distances (N, N) of some vectors (N, D)."""
    squares = (vectors * vectors).sum(axis=1)
    ways = np.sqrt(np.maximum(squares[:, None] + squares[None, :] - 2 * vectors @ vectors.T, 0))
    np.fill_diagonal(ways, 0)
    return ways


def _sections(questions: list[list[Quadruple]], names: list[str], right: dict[Quadruple, bool]) -> list[Section]:
    sections: list[Section] = []
    for name, asked in zip(names, questions):
        correct = [question for question in asked if right[question]]
        incorrect = [question for question in asked if not right[question]]
        sections.append({"section": name, "correct": correct, "incorrect": incorrect})
    together = {kind: [question for section in sections for question in section[kind]] for kind in ("correct", "incorrect")}
    return [*sections, {"section": "Total accuracy", **together}]


def _lines(path: Any, encoding: str) -> Iterator[str]:
    from rapidvec.gensim.utils import open as open_file

    with open_file(path, "r", encoding=encoding) as lines:
        yield from lines


def _pairs(path: Any, delimiter: str, encoding: str, upper: bool) -> Iterator[tuple[str, str, float]]:
    """The lines of a file of pairs; invalid lines are skipped and logged."""
    for number, line in enumerate(_lines(path, encoding)):
        if not line.strip() or line.startswith("#"):
            continue
        parts = [part.strip() for part in (line.upper() if upper else line).split(delimiter)]
        try:
            first, second, value = parts
            number_given = float(value)
        except ValueError:
            logger.info("Skipping invalid line #%d in %s", number, path)
            continue
        yield first, second, number_given
