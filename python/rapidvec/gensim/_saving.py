"""Models as files: one safetensors file that the command line opens too.

Words, counts, vectors and output weights are stored as the command line stores them. Everything else in a Python object is JSON under
"gensim" in the metadata; arrays in it are tensors "gensim.0", "gensim.1", ..., as 32-bit words. Where the rules of the file are too
strict (keys that are not strings, equal keys, other types of numbers, NaN), it gets a substitute, and the exact values are in further arrays.
"""

from __future__ import annotations

import json
import logging
import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapidvec import _native
from rapidvec.gensim import _metadata
from rapidvec.gensim._arrays import REAL, contiguous
from rapidvec.gensim._word2vec_format import is_device

logger = logging.getLogger("rapidvec.utils")

#: What is stored elsewhere, or computed again.
_APART_KV = frozenset({"vectors", "index_to_key", "key_to_index", "norms", "_unborn", "_rows"})
_APART_NGRAMS = frozenset({"vectors_vocab", "vectors_ngrams", "_sparse"})
_APART_MODEL = frozenset({"wv", "syn1", "syn1neg", "cum_table", "random", "hashfxn", "_unborn"})


# Writing.


def save_keyed_vectors(kv: Any, where: Any, *args: Any, ignore: Any = (), **kwargs: Any) -> None:
    """Writes a `KeyedVectors`."""
    kv.add_lifecycle_event("saving", fname_or_handle=str(where))
    extra = _metadata.Arrays()
    about = {"class": _kind_of_vectors(kv), "wv": _about_vectors(kv, frozenset(ignore), extra)}
    _write(where, kv, None, about, extra)


def save_word2vec(model: Any, where: Any, *args: Any, ignore: Any = (), **kwargs: Any) -> None:
    """Writes a `Word2Vec`."""
    model.add_lifecycle_event("saving", fname_or_handle=str(where))
    state = model.__getstate__()
    ignored = frozenset(ignore)
    extra = _metadata.Arrays()
    about = {
        "class": "FastText" if _has_ngrams(model.wv) else "Word2Vec",
        "wv": _about_vectors(model.wv, ignored, extra),
        "model": _metadata.encode_attributes(state, _APART_MODEL | ignored, extra),
    }
    output = state.get("syn1neg") if "syn1neg" not in ignored else None
    if state.get("syn1") is not None and "syn1" not in ignored:
        about["syn1"] = extra.add(state["syn1"])
    if output is not None and not _fits(output, len(model.wv)):
        about["syn1neg"] = extra.add(output)
        output = None
    _write(where, model.wv, output, about, extra)


def _has_ngrams(kv: Any) -> bool:
    """Whether these are `FastTextKeyedVectors`, also without n-grams."""
    return hasattr(kv, "_sparse")


def _kind_of_vectors(kv: Any) -> str:
    return "FastTextKeyedVectors" if _has_ngrams(kv) else "KeyedVectors"


def _about_vectors(kv: Any, ignored: frozenset[str], extra: _metadata.Arrays) -> dict[str, Any]:
    """What the other parts of the file lack of a `KeyedVectors`."""
    without = _APART_KV | _APART_NGRAMS | ignored | {"expandos"}
    about: dict[str, Any] = {"attributes": _metadata.encode_attributes(kv.__getstate__(), without, extra)}
    if _has_ngrams(kv) and _subwords(kv) is None:
        rows = kv._rows_of_ngrams()
        about["ngrams"] = [extra.add(array) for array in (kv.vectors_vocab, rows.rows)]
        about["buckets"] = None if rows.buckets is None else extra.add(rows.buckets)
    counts = kv.expandos.get("count")
    plain = _are_plain_counts(counts, len(kv))
    about["expandos"] = _metadata.encode_attributes(kv.expandos, frozenset({"count", "code", "point"} if plain else {"code", "point"}), extra)
    about["counts"] = str(counts.dtype) if plain and counts is not None else None
    if not _are_plain_keys(kv.index_to_key):
        about["keys"] = _metadata.encode(kv.index_to_key, extra)
    if not _fits(kv.vectors, len(kv)):
        about["vectors"] = extra.add(kv.vectors)
    return about


def _subwords(kv: Any) -> Any:
    """N-grams as the file has them; None if there are none, or it cannot hold them."""
    if not _has_ngrams(kv) or not kv.bucket or not _are_plain_keys(kv.index_to_key) or not _fits(kv.vectors, len(kv)):
        return None
    own, ngrams = kv.vectors_vocab, kv._rows_of_ngrams()
    if own.shape != kv.vectors.shape or not _fits(own, len(kv)) or not _fits(ngrams.rows, len(ngrams.rows)):
        return None
    return kv._sizes(), ngrams.buckets, contiguous(ngrams.rows), contiguous(own)


def _are_plain_counts(counts: Any, words: int) -> bool:
    return counts is not None and counts.dtype.kind in "iu" and len(counts) == words and (counts >= 0).all()


def _are_plain_keys(keys: list[Any]) -> bool:
    """Whether the file can hold these keys: distinct strings, valid in UTF-8."""
    if not all(type(key) is str for key in keys) or len(set(keys)) != len(keys):
        return False
    try:
        "".join(keys).encode()
    except UnicodeEncodeError:
        return False
    return True


def _fits(matrix: NDArray[Any], words: int) -> bool:
    """Whether the file can hold this matrix: float32, finite, one row per word."""
    return matrix.dtype == REAL and matrix.ndim == 2 and matrix.shape[0] == words > 0 and matrix.size > 0 and bool(np.isfinite(matrix).all())


def _write(where: Any, kv: Any, output: Any, about: dict[str, Any], extra: _metadata.Arrays) -> None:
    keys = kv.index_to_key if "keys" not in about["wv"] else [str(row) for row in range(len(kv))]
    counts = kv.expandos["count"].astype(np.uint64) if about["wv"]["counts"] else np.zeros(len(keys), dtype=np.uint64)
    vectors: Any = kv.vectors
    if "vectors" in about["wv"]:
        about["wv"]["words"] = len(keys)
        keys, counts = keys or ["0"], counts if len(keys) else np.zeros(1, dtype=np.uint64)
        vectors = _stand_in(vectors, len(keys))
    metadata = {"gensim": json.dumps(about)}
    parts = keys, counts, vectors, output, metadata, extra, _subwords(kv)
    if hasattr(where, "write"):
        _to_handle(where, *parts)
    elif is_device(where):
        with open(where, "wb") as handle:
            _to_handle(handle, *parts)
    else:
        _save(os.fspath(where), *parts)
        logger.info("saved %s", where)


def _stand_in(vectors: NDArray[Any], rows: int) -> NDArray[np.float32]:
    """Vectors that the file can hold, as a substitute."""
    if vectors.ndim == 2 and len(vectors) == rows and vectors.size:
        return np.clip(np.nan_to_num(contiguous(vectors)), -3e38, 3e38)
    return np.zeros((rows, vectors.shape[-1] if vectors.ndim == 2 and vectors.shape[-1] else 1), dtype=REAL)


def _save(
    path: str,
    keys: list[Any],
    counts: Any,
    vectors: Any,
    output: Any,
    metadata: dict[str, str],
    extra: _metadata.Arrays,
    subwords: Any,
) -> None:
    output = None if output is None else contiguous(output)
    _native.save_model(path, keys, counts, contiguous(vectors), output, metadata, extra.tensors(), subwords=subwords)


def _to_handle(handle: Any, *parts: Any) -> None:
    """Writes to an open file, through a temporary one."""
    import tempfile
    from shutil import copyfileobj

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model")
        _save(path, *parts)
        with open(path, "rb") as written:
            copyfileobj(written, handle)


# Reading.


def load_keyed_vectors(cls: Any, fname: Any, mmap: str | None) -> Any:
    """Reads a `KeyedVectors`; of a file with a whole model, its vectors."""
    path = os.fspath(fname)
    if _is_pickle(path):
        from rapidvec.gensim import legacy

        kv = legacy.load_keyed_vectors(cls, path, mmap)
    else:
        parts = _native.load_model(path, mmap=mmap == "r")
        kv = _vectors_of(cls, parts, _about(parts[4]))
    kv.add_lifecycle_event("loaded", fname=path)
    return kv


def load_word2vec(cls: Any, fname: Any, mmap: str | None) -> Any:
    """Reads a `Word2Vec`."""
    path = os.fspath(fname)
    if _is_pickle(path):
        from rapidvec.gensim import legacy

        model = legacy.load_word2vec(cls, path, mmap)
    else:
        model = _model_of(cls, _native.load_model(path, mmap=mmap == "r"))
    model.add_lifecycle_event("loaded", fname=path)
    return model


def _is_pickle(path: str) -> bool:
    from rapidvec.gensim.utils import open as open_file

    with open_file(path, "rb") as file:
        head = file.read(16)
    # Protocol 2 and later begin like this; safetensors begins with the length of its header, then "{".
    return head[:1] == b"\x80" and head[8:9] != b"{" or head[:1] in b"c(" and head[8:9] != b"{"


def _about(metadata: dict[str, str]) -> dict[str, Any]:
    about: dict[str, Any] = json.loads(metadata.get("gensim", "{}"))
    return about


def _vectors_of(cls: Any, parts: Any, about: dict[str, Any]) -> Any:
    """Makes a `KeyedVectors` from the parts of a file."""
    words, counts, vectors, _, _, extra, subwords = parts
    more = about.get("wv", {})
    if "vectors" in more:
        vectors = _metadata.array(more["vectors"], extra)
        words, counts = words[: more["words"]], counts[: more["words"]]
    if "keys" in more:
        words = _metadata.decode(more["keys"], extra)
    kv = _bare_vectors(cls, vectors.shape[1] if vectors.ndim == 2 else 0, subwords, about)
    kv.__dict__.update(_metadata.decode_attributes(more.get("attributes", {}), extra))
    kv.index_to_key = words
    kv.key_to_index = {key: row for row, key in enumerate(words) if key is not None}
    kv.vectors = vectors
    kv.norms = None
    kv.expandos = _metadata.decode_attributes(more.get("expandos", {}), extra)
    kind = more.get("counts", "int64")
    if kind is not None:
        kv.expandos["count"] = counts.astype(kind)
    if _has_ngrams(kv):
        _take_ngrams(kv, subwords, more, extra)
    return kv


def _bare_vectors(cls: Any, size: int, subwords: Any, about: dict[str, Any]) -> Any:
    """Vectors without words: with n-grams if the file has them."""
    from rapidvec.gensim.models.fasttext import FastTextKeyedVectors

    is_of_words = about.get("class") in ("KeyedVectors", "Word2Vec") or (not about and subwords is None)
    if is_of_words:
        if issubclass(cls, FastTextKeyedVectors):
            raise AttributeError(f"Model of type KeyedVectors can't be loaded by {cls.__name__}: the file has no n-grams")
        return cls(size)
    if not issubclass(cls, FastTextKeyedVectors):
        cls = FastTextKeyedVectors
    return cls(size, *(subwords[0] if subwords else (0, 0, 0)))


def _take_ngrams(kv: Any, subwords: Any, more: dict[str, Any], extra: dict[str, Any]) -> None:
    """Gives the vectors their n-grams."""
    from rapidvec.gensim._subwords import NGramRows

    if "ngrams" in more:
        kv.vectors_vocab, rows = (_metadata.array(found, extra) for found in more["ngrams"])
        buckets = more["buckets"] and _metadata.array(more["buckets"], extra)
    elif subwords is not None:
        _, buckets, rows, kv.vectors_vocab = subwords
    else:
        return
    kv._set_rows(NGramRows(rows, buckets))


def _model_of(cls: Any, parts: Any) -> Any:
    """Makes a `Word2Vec` from the parts of a file."""
    from rapidvec.gensim.models.fasttext import FastText
    from rapidvec.gensim.models.keyedvectors import KeyedVectors

    metadata, extra = parts[4], parts[5]
    about = _about(metadata)
    whole = "Word2Vec" if parts[6] is None else "FastText"
    kind = about.get("class") or (whole if "config" in metadata and parts[3] is not None else "KeyedVectors")
    if kind == "FastText" and not issubclass(cls, FastText):
        cls = FastText
    if kind not in ("Word2Vec", "FastText") or (issubclass(cls, FastText) and kind != "FastText"):
        raise AttributeError(
            f"Model of type {kind} can't be loaded by {cls.__name__}; {kind}.load opens it, with vectors that cannot be trained further"
        )
    model = _bare(cls)
    model.wv = _vectors_of(KeyedVectors, parts, about)
    if "model" in about:
        model.__dict__.update(_metadata.decode_attributes(about["model"], extra))
    else:
        _settings_of_command_line(model, json.loads(metadata["config"]))
    if kind == "FastText":
        model._ngrams = model.wv._sizes()
    if parts[3] is not None:
        model.syn1neg = parts[3]
    for name in ("syn1", "syn1neg"):
        if name in about:
            setattr(model, name, _metadata.array(about[name], extra))
    if model.hs and not model.negative and "syn1" not in model.__dict__ and "syn1neg" in model.__dict__:
        model.syn1 = model.__dict__.pop("syn1neg")
    return model


def _bare(cls: Any) -> Any:
    """An object with the attributes of a model without words; subclasses may need arguments, so their constructors are not called."""
    from rapidvec.gensim.models.fasttext import FastText
    from rapidvec.gensim.models.word2vec import Word2Vec

    model = cls.__new__(cls)
    model.__dict__.update((FastText if issubclass(cls, FastText) else Word2Vec)().__dict__)
    model.__dict__.pop("lifecycle_events", None)
    return model


def _settings_of_command_line(model: Any, config: dict[str, Any]) -> None:
    """Takes over the settings of a model that the command line trained."""
    model.vector_size = model.layer1_size = config.get("vector_size", model.wv.vector_size)
    model.sg = int(config.get("model") == "skipgram")
    model.hs = int(bool(config.get("hierarchical_softmax", False)))
    model.negative = 0 if model.hs else config.get("negatives", 5)
    model.window = config.get("window", 5)
    model.shrink_windows = config.get("dynamic_window", True)
    model.cbow_mean = int(config.get("context_sum", "mean") == "mean")
    model.ns_exponent = config.get("power", 0.75)
    model.sample = config.get("subsample", 1e-3)
    model.epochs = config.get("epochs", 5)
    model.alpha = model.min_alpha_yet_reached = config.get("learning_rate", 0.025)
    model.min_alpha = config.get("min_learning_rate", 0.0001)
    model.seed = config.get("seed", 1)
    model.shuffle = config.get("shuffle", True)
    model.train_count = 1
