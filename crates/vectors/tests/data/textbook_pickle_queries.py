"""The chapter's eight queries on a file of vectors, in NumPy: once in float16, once in float32.

    python3 textbook_pickle_queries.py textbook_cbow_params.pkl > textbook_pickle_queries.json

The formulas are the chapter's (`common/util.py` of the book): cosine with 1e-8 added to each norm, and for an analogy the
dot product of every stored vector with the unit vector of `b - a + c`. `float16` leaves the vectors as the file has them,
which is what the chapter's program does; `float32` widens them first.
"""
import json
import pickle
import sys

import numpy as np

NEAREST = ["you", "year", "car", "toyota"]
ANALOGIES = [
    ["king", "man", "queen"],
    ["take", "took", "go"],
    ["car", "cars", "child"],
    ["good", "better", "bad"],
]
TOP = 5
EPS = 1e-8


def cosine(x, y):
    return np.dot(x / (np.sqrt(np.sum(x**2)) + EPS), y / (np.sqrt(np.sum(y**2)) + EPS))


def top(scores, words, excluded):
    found = []
    # A stable sort: equal scores, which float16 has, keep the order of their ids.
    for i in np.argsort(-scores, kind="stable"):
        if words[i] not in excluded and not np.isnan(scores[i]):
            found.append({"word": words[i], "similarity": float(scores[i])})
        if len(found) == TOP:
            return found


def most_similar(word, ids, words, vectors):
    query = vectors[ids[word]]
    scores = np.zeros(len(words))
    for i in range(len(words)):
        scores[i] = cosine(vectors[i], query)
    return top(scores, words, [word])


def analogy(a, b, c, ids, words, vectors):
    query = vectors[ids[b]] - vectors[ids[a]] + vectors[ids[c]]
    query = query / np.sqrt(np.sum(query * query))
    return top(np.dot(vectors, query), words, [a, b, c])


def answers(ids, words, vectors):
    return {
        "most_similar": [{"query": w, "neighbours": most_similar(w, ids, words, vectors)} for w in NEAREST],
        "analogy": [{"query": q, "neighbours": analogy(*q, ids, words, vectors)} for q in ANALOGIES],
    }


def main():
    with open(sys.argv[1], "rb") as file:
        params = pickle.load(file)
    ids, words, vectors = params["word_to_id"], params["id_to_word"], params["word_vecs"]
    assert vectors.dtype == np.float16
    made_by = f"textbook_pickle_queries.py, Python {sys.version.split()[0]}, NumPy {np.__version__}"
    table = {
        "made_by": made_by,
        "float16": answers(ids, words, vectors),
        "float32": answers(ids, words, vectors.astype(np.float32)),
    }
    json.dump(table, sys.stdout, indent=1)
    print()


main()
