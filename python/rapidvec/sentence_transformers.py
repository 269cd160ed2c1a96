"""Word vectors as a static embedding model, which sentence-transformers and model2vec open.

>>> import tempfile, rapidvec
>>> from rapidvec.sentence_transformers import export_static_embedding
>>> vectors = rapidvec.Vectors.from_arrays(["king", "queen"], [[1, 0], [0, 2]])
>>> folder = tempfile.mkdtemp()
>>> [path.name for path in export_static_embedding(vectors, folder, overwrite=True)]
['config_sentence_transformers.json', 'modules.json', 'model.safetensors', 'tokenizer.json']

``sentence_transformers.SentenceTransformer(folder)`` and ``model2vec.StaticModel.from_pretrained(folder)`` then give each text the mean of the vectors of its
words, which has the direction of ``vectors.embed(text)``. Neither of them, nor torch, is needed to write the folder.

The model's row 0 is the vector of unknown words, ``[UNK]``: zeros. So an unknown word shortens the mean of sentence-transformers but does not change its direction;
model2vec skips unknown words.
"""

from __future__ import annotations

import json
import os
import struct
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from .vectors import Vectors

__all__ = ["export_static_embedding"]

#: The alignment of the numbers in a file, in bytes; the format requires at least 8.
_ALIGNMENT = 64

#: Rows that are scaled and written at a time.
_ROWS = 1 << 16

#: Modules of sentence-transformers; newer versions also accept this older name, older ones only this.
_MODULE = "sentence_transformers.models.StaticEmbedding"


def export_static_embedding(
    vectors: Vectors,
    folder: str | os.PathLike[str],
    *,
    lower: bool = False,
    weighting: str = "mean",
    a: float = 1e-3,
    overwrite: bool = False,
) -> list[Path]:
    """Write vectors as a folder that sentence-transformers (3.2 or newer) and model2vec open.

    Parameters
    ----------
    vectors
        The word vectors. Words with white space are never found, since texts are split there.
    folder
        The folder; it is created if it is missing.
    lower
        Convert texts to lower case before their words are looked up.
    weighting : {"mean", "sif"}
        As for `rapidvec.Vectors.embed`: unit vectors, or unit vectors times ``a / (a + frequency)``, which needs counts.
    a
        See `weighting`.
    overwrite
        Replace files of these names.

    Returns
    -------
    list of pathlib.Path
        The files that were written.

    Raises
    ------
    FileExistsError
        If one of the files exists and `overwrite` is false.
    ValueError
        For a weighting that does not exist, or "sif" without counts.
    """
    weights = _weights(vectors, weighting, a)
    unknown = _unknown(vectors)
    root = Path(folder)
    module = root / "0_StaticEmbedding"
    small = {
        root / "config_sentence_transformers.json": _config(),
        root / "modules.json": [{"idx": 0, "name": "0", "path": module.name, "type": _MODULE}],
        module / "tokenizer.json": _tokenizer(vectors.words, unknown, lower),
    }
    numbers = module / "model.safetensors"
    paths = sorted([*small, numbers], key=lambda path: (len(path.parts), path.name))
    if not overwrite:
        _refuse_existing(paths)
    module.mkdir(parents=True, exist_ok=True)
    for path, content in small.items():
        with _replacing(path) as file:
            file.write(json.dumps(content, ensure_ascii=False, indent=None if path.name == "tokenizer.json" else 2).encode())
    with _replacing(numbers) as file:
        _write_matrix(file, vectors.matrix(), weights)
    return paths


def _weights(vectors: Vectors, weighting: str, a: float) -> NDArray[np.float64]:
    """The factor of each unit vector."""
    if weighting == "mean":
        return np.ones(len(vectors))
    if weighting != "sif":
        raise ValueError(f'weighting must be "mean" or "sif", got {weighting!r}')
    if not (a > 0 and np.isfinite(a)):
        raise ValueError(f"a must be a positive number, got {a!r}")
    counts = vectors.counts
    if counts is None or not counts.any():
        raise ValueError('weighting "sif" needs word counts, which these vectors do not have')
    return np.asarray(a / (a + counts / counts.sum()))


def _unknown(vectors: Vectors) -> str:
    """The token of unknown words, which must not be a word."""
    name = "[UNK]"
    while name in vectors:
        name = f"[{name}]"
    return name


def _config() -> dict[str, Any]:
    return {"model_type": "SentenceTransformer", "prompts": {}, "default_prompt_name": None, "similarity_fn_name": "cosine"}


def _tokenizer(words: list[str], unknown: str, lower: bool) -> dict[str, Any]:
    """The tokenizer in the format of Hugging Face's tokenizers: words separated by white space, ids in the order of the rows."""
    special = {"id": 0, "content": unknown, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [special],
        "normalizer": {"type": "Lowercase"} if lower else None,
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "post_processor": None,
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": {word: row for row, word in enumerate([unknown, *words])}, "unk_token": unknown},
    }


def _write_matrix(file: IO[bytes], matrix: NDArray[np.float32], weights: NDArray[np.float64]) -> None:
    """Writes a row of zeros and the weighted unit vectors as the tensor ``embedding.weight`` in the format safetensors."""
    rows, columns = matrix.shape[0] + 1, matrix.shape[1]
    tensor = {"dtype": "F32", "shape": [rows, columns], "data_offsets": [0, rows * columns * 4]}
    header = json.dumps({"__metadata__": {"format": "pt"}, "embedding.weight": tensor}, separators=(",", ":")).encode()
    header += b" " * (-(8 + len(header)) % _ALIGNMENT)
    file.write(struct.pack("<Q", len(header)))
    file.write(header)
    file.write(bytes(columns * 4))
    for first in range(0, len(matrix), _ROWS):
        file.write(_units(matrix[first : first + _ROWS], weights[first : first + _ROWS]).astype("<f4").tobytes())


def _units(rows: NDArray[np.float32], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows scaled to length `weights`; rows of zeros are not changed."""
    lengths = np.linalg.norm(rows.astype(np.float64), axis=1)
    factors = np.divide(weights, lengths, out=np.zeros(len(rows)), where=lengths > 0)
    return np.asarray(rows * factors[:, None])


# ---- files


def _refuse_existing(paths: list[Path]) -> None:
    for path in paths:
        if path.exists():
            raise FileExistsError(f"{path} exists; pass overwrite=True to replace it")


class _replacing:
    """Opens a sibling of a file for writing, which replaces the file when everything is written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sibling = path.with_name(f".{path.name}.{os.getpid()}.tmp")

    def __enter__(self) -> IO[bytes]:
        self._file: IO[bytes] = self._sibling.open("wb")
        return self._file

    def __exit__(self, error: object, *_: object) -> None:
        self._file.close()
        if error is None:
            os.replace(self._sibling, self._path)
        else:
            self._sibling.unlink(missing_ok=True)
