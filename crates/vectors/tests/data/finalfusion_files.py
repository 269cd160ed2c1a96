"""Writes finalfusion's files of every kind with finalfusion 0.7.1, and what it reads from them.

    pip install finalfusion==0.7.1
    python finalfusion_files.py

`expected.json` has, for each file, the words and their vectors times their lengths, as finalfusion gives them.
"""

import json
from pathlib import Path

import numpy as np
from finalfusion import Embeddings, load_finalfusion
from finalfusion.metadata import Metadata
from finalfusion.norms import Norms
from finalfusion.storage import NdArray, QuantizedArray
from finalfusion.storage.quantized import PQ
from finalfusion.subword import ExplicitIndexer, FastTextIndexer, FinalfusionHashIndexer
from finalfusion.vocab import ExplicitVocab, FastTextVocab, FinalfusionBucketVocab, SimpleVocab

FOLDER = Path(__file__).parent / "finalfusion"
WORDS = ["the", "of", "한국", "new york"]
SIZE = 6
random = np.random.default_rng(1)


def rows(count):
    return random.standard_normal((count, SIZE)).astype(np.float32)


def scaled(count=len(WORDS), more=0):
    """Rows of words at length 1, with `more` rows of n-grams; and the lengths."""
    words = rows(count)
    lengths = np.linalg.norm(words, axis=1)
    return np.concatenate([words / lengths[:, None], rows(more)]), lengths


def quantised(lengths, projection):
    tables = random.standard_normal((3, 5, SIZE // 3)).astype(np.float32)
    codes = random.integers(0, 5, (len(WORDS), 3)).astype(np.uint8)
    rotation = np.linalg.qr(rows(SIZE))[0].astype(np.float32) if projection else None
    return QuantizedArray(PQ(tables, rotation), codes, rows(len(WORDS))[:, 0] if lengths else None)


def main():
    matrix, lengths = scaled()
    metadata = Metadata({"common_parameters": {"dims": SIZE}})
    fasttext, its_lengths = scaled(more=20)
    hashed, other_lengths = scaled(more=16)
    ngrams = ["<th", "the", "he>"]
    listed, more_lengths = scaled(more=len(ngrams))
    files = {
        "lengths": Embeddings(NdArray(matrix), SimpleVocab(WORDS), Norms(lengths), metadata),
        "plain": Embeddings(NdArray(rows(len(WORDS))), SimpleVocab(WORDS)),
        "quantised": Embeddings(quantised(False, False), SimpleVocab(WORDS)),
        "rotated": Embeddings(quantised(True, True), SimpleVocab(WORDS), Norms(lengths)),
        "fasttext": Embeddings(
            NdArray(fasttext), FastTextVocab(WORDS, FastTextIndexer(20, 3, 6)), Norms(its_lengths)
        ),
        "hashed": Embeddings(
            NdArray(hashed), FinalfusionBucketVocab(WORDS, FinalfusionHashIndexer(4, 3, 6)), Norms(other_lengths)
        ),
        "listed": Embeddings(
            NdArray(listed), ExplicitVocab(WORDS, ExplicitIndexer(ngrams, 3, 3)), Norms(more_lengths)
        ),
    }
    expected = {}
    for name, embeddings in files.items():
        path = str(FOLDER / f"{name}.fifu")
        embeddings.write(path)
        read = load_finalfusion(path)
        vectors = np.array([read.storage[i] for i in range(len(WORDS))])
        if read.norms is not None:
            vectors = vectors * np.asarray(read.norms)[:, None]
        expected[name] = {"words": read.vocab.words, "vectors": vectors.tolist()}
    unknown = load_finalfusion(str(FOLDER / "fasttext.fifu"))
    ids = unknown.vocab.subword_indices("thenew")
    expected["fasttext"]["thenew"] = np.mean([unknown.storage[i] for i in ids], axis=0).tolist()
    (FOLDER / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
