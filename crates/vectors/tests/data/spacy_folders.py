"""Writes folders of spaCy's vectors of both kinds with spaCy 3.8, and what spaCy reads from them.

    pip install spacy==3.8.18
    python spacy_folders.py
"""

import json
from pathlib import Path

import numpy as np
from spacy.vectors import Vectors
from spacy.vocab import Vocab

FOLDER = Path(__file__).parent / "spacy"
# "mark" is one of spaCy's symbols, which its list of texts leaves out.
WORDS = ["the", "mark", "한국", "new york"]
random = np.random.default_rng(3)


def save(name, vectors, vocab, expected):
    for word in expected:
        vocab.strings.add(word)
    vocab.vectors = vectors
    (FOLDER / name).mkdir(parents=True, exist_ok=True)
    vocab.to_disk(FOLDER / name / "vocab")
    (FOLDER / name / "vocab" / "lookups.bin").unlink()
    (FOLDER / f"{name}.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n")


def main():
    vocab = Vocab()
    vectors = Vectors(strings=vocab.strings, data=random.standard_normal((4, 5)).astype("f"), keys=WORDS, name="x")
    vectors.add("dup", row=1)
    vectors.add(12345678901234567890, row=2)  # a key without a text
    save("default", vectors, vocab, {word: vectors[word].tolist() for word in [*WORDS, "dup"]})
    vocab = Vocab()
    settings = {"minn": 3, "maxn": 4, "hash_count": 2, "hash_seed": 2166136261}
    data = random.standard_normal((50, 5)).astype("f")
    floret = Vectors(strings=vocab.strings, data=data, mode="floret", name="x", **settings)
    save("floret", floret, vocab, {word: floret[word].tolist() for word in WORDS if word != "mark"})


if __name__ == "__main__":
    main()
