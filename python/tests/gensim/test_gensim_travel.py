"""Models that travel: pickles, copies, joblib, and the files that gensim itself writes."""

import copy
import io
import pickle

import numpy as np
import pytest

from rapidvec.gensim.models import KeyedVectors, Word2Vec

SETTINGS = {"vector_size": 12, "min_count": 1, "workers": 1, "epochs": 2, "sample": 0}


def by_pickle(protocol):
    return lambda thing: pickle.loads(pickle.dumps(thing, protocol=protocol))


def by_buffers(thing):
    buffers = []
    data = pickle.dumps(thing, protocol=5, buffer_callback=buffers.append)
    assert len(data) < thing_bytes(thing), "arrays are not inside the pickle"
    return pickle.loads(data, buffers=[bytearray(buffer) for buffer in buffers])


def thing_bytes(thing):
    return len(pickle.dumps(thing, protocol=5))


def by_joblib(thing):
    joblib = pytest.importorskip("joblib")
    file = io.BytesIO()
    joblib.dump(thing, file)
    file.seek(0)
    return joblib.load(file)


WAYS = {
    "deepcopy": copy.deepcopy,
    "joblib": by_joblib,
    "buffers": by_buffers,
    **{f"pickle, protocol {protocol}": by_pickle(protocol) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)},
}


def same_vectors(one, other):
    assert one.vectors.tobytes() == other.vectors.tobytes()
    assert one.vectors.dtype == other.vectors.dtype
    assert list(one.index_to_key) == list(other.index_to_key)
    assert dict(one.key_to_index) == dict(other.key_to_index)
    assert one.expandos.keys() == other.expandos.keys()
    assert one.expandos["count"].tolist() == other.expandos["count"].tolist()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("settings", [{"sg": 1}, {"hs": 1, "negative": 0}], ids=["sampling", "tree"])
def test_a_model_arrives_with_the_same_bits_and_learns_the_same(texts, way, settings):
    model = Word2Vec(texts * 5, **SETTINGS, **settings)
    other = WAYS[way](model)
    assert other is not model and not np.shares_memory(other.wv.vectors, model.wv.vectors)
    same_vectors(model.wv, other.wv)
    output = "syn1" if "hs" in settings else "syn1neg"
    assert getattr(model, output).tobytes() == getattr(other, output).tobytes()
    before = model.wv.vectors.copy()
    for each in (model, other):
        each.train(texts * 5, total_examples=len(texts) * 5, epochs=1)
    assert not np.array_equal(before, model.wv.vectors)
    same_vectors(model.wv, other.wv)
    assert model.wv.most_similar("graph") == other.wv.most_similar("graph")


@pytest.mark.parametrize("way", WAYS)
def test_vectors_arrive_with_the_same_bits(texts, way):
    kv = Word2Vec(texts * 5, **SETTINGS).wv
    kv.fill_norms()
    other = WAYS[way](kv)
    same_vectors(kv, other)
    assert kv.most_similar("graph") == other.most_similar("graph")


@pytest.mark.parametrize("way", ["deepcopy", "joblib", "pickle, protocol 5"])
def test_a_new_model_whose_weights_nobody_has_seen_travels(texts, way):
    model = Word2Vec(**SETTINGS)
    model.build_vocab(texts)
    other = WAYS[way](model)
    for each in (model, other):
        each.train(texts, total_examples=len(texts), epochs=2)
    same_vectors(model.wv, other.wv)


@pytest.mark.parametrize("way", WAYS)
def test_counts_of_a_scan_travel(texts, way):
    model = Word2Vec(**SETTINGS)
    model.scan_vocab(texts)
    other = WAYS[way](model)
    assert other.raw_vocab == model.raw_vocab and other.raw_vocab["graph"] == 3
    other.raw_vocab["graph"] = 100
    other.prepare_vocab(min_count=4)
    assert other.wv.index_to_key[0] == "graph" and other.wv.get_vecattr("graph", "count") == 100
    assert not other.raw_vocab


@pytest.mark.parametrize("keeps", [True, False])
def test_counts_are_kept_when_asked(texts, keeps):
    model = Word2Vec(**SETTINGS)
    model.build_vocab(texts, keep_raw_vocab=keeps)
    assert len(model.raw_vocab) == (12 if keeps else 0)
    model.prepare_vocab(keep_raw_vocab=True)
    assert len(model.wv) == (12 if keeps else 0)


class Keeper(Word2Vec):
    """A class of a user's, with an attribute of its own."""

    def __init__(self, *args, note=None, **kwargs):
        self.note = note
        super().__init__(*args, **kwargs)


@pytest.mark.parametrize("way", WAYS)
def test_a_users_class_keeps_its_attributes(texts, way):
    other = WAYS[way](Keeper(texts, note={"a": [1]}, **SETTINGS))
    assert type(other) is Keeper and other.note == {"a": [1]}


def gensim_models():
    return pytest.importorskip("gensim.models")


@pytest.mark.parametrize("apart", [True, False], ids=["arrays in files of their own", "one file"])
@pytest.mark.parametrize("settings", [{}, {"sg": 1, "hs": 1, "negative": 0}], ids=["sampling", "tree"])
def test_models_that_gensim_saved_open(texts, tmp_path, apart, settings):
    theirs = gensim_models().Word2Vec(texts * 5, **SETTINGS, **settings)
    path = str(tmp_path / "theirs.model")
    theirs.save(path, sep_limit=0 if apart else 1 << 30)
    assert (len(list(tmp_path.glob("*.npy"))) >= 2) == apart
    model = Word2Vec.load(path)
    same_vectors(theirs.wv, model.wv)
    assert (model.epochs, model.window, model.sg, model.hs) == (theirs.epochs, theirs.window, theirs.sg, theirs.hs)
    output = "syn1" if settings else "syn1neg"
    assert getattr(model, output).tobytes() == getattr(theirs, output).tobytes()
    before = model.wv.vectors.copy()
    model.train(texts, total_examples=len(texts), epochs=1)
    assert np.isfinite(model.wv.vectors).all() and not np.array_equal(before, model.wv.vectors)
    same_vectors(theirs.wv, KeyedVectors.load(path))


@pytest.mark.parametrize("mmap", [None, "r"])
@pytest.mark.parametrize("apart", [True, False], ids=["arrays in files of their own", "one file"])
def test_vectors_that_gensim_saved_open(texts, tmp_path, apart, mmap):
    theirs = gensim_models().Word2Vec(texts * 5, **SETTINGS).wv
    path = str(tmp_path / "theirs.kv")
    theirs.save(path, sep_limit=0 if apart else 1 << 30)
    kv = KeyedVectors.load(path, mmap=mmap)
    same_vectors(theirs, kv)
    assert [word for word, _ in kv.most_similar("graph")] == [word for word, _ in theirs.most_similar("graph")]
