"""Writes evaluate_gensim.json: what gensim makes of small files of questions and pairs, and of the well-known ones.

    pip install gensim==4.4.0
    RAPIDVEC_SHARED=../shared python crates/vectors/tests/data/evaluate_gensim.py

`small` holds words, vectors and texts in full. `large` is of the files in $RAPIDVEC_SHARED/eval, with vectors that `made_up` (here and in
tests/evaluate.rs) makes of whole numbers, so that both sides have the same bits; only results are recorded.
"""

import json
import os
import tempfile
from pathlib import Path

import gensim
import numpy as np
import scipy
import scipy.stats
from gensim.models import KeyedVectors

HERE = Path(__file__).resolve().parent
SIZE = 20

# Words in several cases, more than five variants of one, a zero vector, words past every limit.
WORDS = ["man", "king", "Woman", "queen", "woman", "QUEEN", "paris", "France", "rome", "Italy", "Paris", "PARIS", "pAris", "paRis",
         "parIs", "pariS", "car", "cars", "child", "children", "zero", "straße", "STRASSE", "city", "berlin", "germany"]
QUESTIONS = """: family
man king woman queen
MAN KING WOMAN QUEEN
Man King Queen woman
man man woman woman
: capitals of countries
paris France rome Italy
rome Italy paris France
Paris France berlin Germany
France paris Italy Paris
paris paris paris paris
paris city paris paris
: gram1 plural
car cars child children
car cars lorry lorries
straße city strasse city

: nobody asks
unknown words only here
"""
PAIRS = """# people said
man\tking\t7.5
Woman\tqueen\t7.5
car\tchild\t1
paris\tParis\t10
rome\tItaly\t8.25
zero\tcar\t0.5
unknown\tcar\t3
berlin\tgermany\t9
city\tstrasse\t4
man\twoman\t6
"""


def small_vectors():
    """Numbers that are exact in f32; variants of `paris` lie near it, in an order."""
    rows = []
    for i, word in enumerate(WORDS):
        row = [((i * 37 + j * 101 + i * j * 13) % 61) - 30 for j in range(6)]
        if word.lower() == "paris":
            row = [((6 * 37 + j * 101 + 6 * j * 13) % 61) - 30 + (i % 7) * (1 if j == i % 6 else 0) for j in range(6)]
        rows.append([0] * 6 if word == "zero" else row)
    return rows


def keyed(words, rows):
    vectors = KeyedVectors(len(rows[0]))
    vectors.add_vectors(words, np.array(rows, dtype=np.float32))
    return vectors


def analogies(vectors, path, **options):
    _, sections = vectors.evaluate_word_analogies(str(path), **options)
    return [[s["section"], len(s["correct"]), len(s["correct"]) + len(s["incorrect"])] for s in sections]


def pairs(vectors, path, delimiter, **options):
    pearson, spearman, unknown = vectors.evaluate_word_pairs(str(path), delimiter=delimiter, **options)
    return [float(x) for x in (pearson[0], pearson[1], spearman[0], spearman[1], unknown)]


def every_option(limits):
    for restrict in limits:
        for case_sensitive in (False, True):
            for count_unknown in (False, True):
                yield restrict, case_sensitive, count_unknown


def in_gensims_names(restrict, case_sensitive, count_unknown):
    return {"restrict_vocab": restrict, "case_insensitive": not case_sensitive, "dummy4unknown": count_unknown}


def small():
    vectors, cases = keyed(WORDS, small_vectors()), []
    with tempfile.TemporaryDirectory() as folder:
        questions, judged = Path(folder, "q"), Path(folder, "p")
        questions.write_text(QUESTIONS, encoding="utf-8")
        judged.write_text(PAIRS, encoding="utf-8")
        for options in every_option([300000, 20, 11, 8]):
            named = in_gensims_names(*options)
            cases.append({"options": options, "analogies": analogies(vectors, questions, **named),
                          "pairs": pairs(vectors, judged, "\t", **named)})
    return {"words": WORDS, "vectors": small_vectors(), "questions": QUESTIONS, "pairs": PAIRS, "cases": cases}


def noise(i, j):
    return (i * 7919 + j * 104729 + i * j * 31) % 65521 - 32760  # no two words alike


def made_up(questions, judged):
    """The words of the files in order of appearance, with vectors in which some analogies hold."""
    rows, section = {}, 0
    def add(word, base, shift):
        if word not in rows:
            i = len(rows)
            rows[word] = [noise(i, j) if base is None else base[j] + noise(shift, j) + noise(i, j) // 2 for j in range(SIZE)]
    for line in questions.read_text().splitlines():
        if line.startswith(": "):
            section += 1
            continue
        a, b, c, d = line.split()
        for one, other in ((a, b), (c, d)):
            add(one, None, 0)
            add(other, rows[one], 5000 + section)
    for path in judged:
        for line in path.read_text().splitlines():
            for word in line.split()[:2]:
                add(word, None, 0)
    return list(rows), list(rows.values())


def large():
    folder = Path(os.environ["RAPIDVEC_SHARED"], "eval")
    files = [folder / "ws353.txt", folder / "SimLex999.txt"]
    vectors, cases = keyed(*made_up(folder / "questions-words.txt", files)), []
    for options in every_option([300000, 700]):
        named = in_gensims_names(*options)
        cases.append({"options": options, "analogies": analogies(vectors, folder / "questions-words.txt", **named),
                      "ws353": pairs(vectors, files[0], "\t", **named), "SimLex999": pairs(vectors, files[1], " ", **named)})
    return {"cases": cases}


def correlations():
    """Numbers alone: ties, few and many of them, p-values from 1 down to 1e-200."""
    cases = []
    for n in (2, 3, 4, 5, 10, 40, 353, 3000):
        x = [float((i * 7919) % 101 - 50) for i in range(n)]
        for share in (0, 1, 30):
            y = [share * a / 10 + float((i * 104729) % 97) for i, a in enumerate(x)]
            with np.errstate(all="ignore"):
                results = [scipy.stats.pearsonr(x, y), scipy.stats.spearmanr(x, y)]
            cases.append({"n": n, "share": share, "results": [[float(r.statistic), float(r.pvalue)] for r in results]})
    return cases


if __name__ == "__main__":
    result = {"gensim": gensim.__version__, "scipy": scipy.__version__, "small": small(), "large": large(), "correlations": correlations()}
    text = json.dumps(result, indent=1, ensure_ascii=False)
    (HERE / "evaluate_gensim.json").write_text(text.replace("NaN", "null") + "\n", encoding="utf-8")
