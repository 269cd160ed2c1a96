"""Records WEAT's score and effect size as wefe computes them, for the tests of crates/vectors/src/measure/weat.rs.

    pip install wefe
    python crates/vectors/tests/data/weat_wefe.py > crates/vectors/tests/data/weat_wefe.json
"""

import json
import sys
from importlib.metadata import version

import numpy as np
from gensim.models import KeyedVectors
from wefe.metrics import WEAT
from wefe.query import Query
from wefe.word_embedding_model import WordEmbeddingModel

SIZE = 10
GROUPS = {
    "flowers": ["rose", "tulip", "daisy", "lily", "orchid"],
    "insects": ["ant", "wasp", "flea", "moth", "locust"],
    "good": ["love", "peace", "happy", "friend"],
    "bad": ["war", "hate", "ugly", "enemy", "grief"],
}
CASES = [("flowers", "insects", "good", "bad"), ("insects", "flowers", "good", "bad"), ("good", "bad", "flowers", "insects")]

rng = np.random.default_rng(2017)
words = [word for group in GROUPS.values() for word in group]
numbers = rng.normal(size=(len(words), SIZE)).astype(np.float32)
numbers[:5] += 0.5 * numbers[10:14].mean(axis=0)  # flowers lean towards the good words
numbers = numbers.round(4)
vectors = KeyedVectors(SIZE)
vectors.add_vectors(words, numbers)
model = WordEmbeddingModel(vectors, "made up")

cases = []
for x, y, a, b in CASES:
    groups = [GROUPS[name] for name in (x, y, a, b)]
    found = WEAT().run_query(Query(groups[:2], groups[2:], [x, y], [a, b]), model)
    cases.append(dict(zip("xyab", groups)) | {"score": float(found["weat"]), "effect_size": float(found["effect_size"])})
json.dump({"wefe": version("wefe"), "words": words, "vectors": [round(float(x), 4) for x in numbers.ravel()], "cases": cases}, sys.stdout)
print()
