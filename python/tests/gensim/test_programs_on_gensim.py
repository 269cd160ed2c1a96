"""What programs that stand on gensim do with its objects, beyond their methods. `bench/python/dependents.py` runs the programs' own tests."""

import copy
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import rapidvec.gensim
from rapidvec.gensim.models import KeyedVectors, Word2Vec
from rapidvec.gensim.patch import gensims_own


@pytest.fixture(params=["today's", "older"])
def files(request, texts, tmp_path):
    """A model and its vectors as gensim saves them; older versions know of no mapped files."""
    gensim = pytest.importorskip("gensim")
    model = gensim.models.word2vec.Word2Vec(texts, min_count=1, vector_size=8)
    if request.param == "older":
        del model.wv.mapfile_path
    model.save(str(tmp_path / "model"))
    model.wv.save(str(tmp_path / "vectors"))
    return tmp_path


@pytest.mark.parametrize("name", ["model", "vectors"])
def test_loaded_vectors_have_the_attributes_that_gensim_gives_them(files, name):
    """spec2vec writes `wv.__dict__` as JSON, and wants exactly these names."""
    from gensim.models import keyedvectors, word2vec

    theirs, ours = [
        (one.load(str(files / name)).wv if name == "model" else other.load(str(files / name)))
        for one, other in ((word2vec.Word2Vec, keyedvectors.KeyedVectors), (Word2Vec, KeyedVectors))
    ]
    assert set(vars(ours)) == set(vars(theirs))
    for note in ("__numpys", "__scipys", "__ignoreds", "__recursive_saveloads"):
        assert vars(ours)[note] == vars(theirs)[note]
    assert ours.mapfile_path is None


def test_vectors_can_be_built_from_the_attributes_of_others(texts):
    """As spec2vec does: everything but the numbers in one file, the numbers in another."""
    model = Word2Vec(texts, min_count=1, vector_size=8, workers=1)
    attributes = copy.deepcopy(model).wv.__dict__
    weights = attributes.pop("vectors")
    attributes.pop("vectors_lockf", None)
    attributes.pop("expandos", None)
    made = KeyedVectors(8)
    made.__dict__ = attributes
    made.vectors = weights
    np.testing.assert_array_equal(made["trees"], model.wv["trees"])
    assert made.most_similar("trees") == model.wv.most_similar("trees")


def test_no_seed_gives_other_numbers_in_each_model(texts):
    """PecanPy passes `seed=None` unless its user asks for a seed."""
    settings = {"min_count": 1, "vector_size": 8, "workers": 1, "seed": None}
    first, second = Word2Vec(texts, **settings), Word2Vec(texts, **settings)
    assert first.seed is None
    assert not np.array_equal(first.wv["trees"], second.wv["trees"])


def test_a_model_without_a_seed_is_saved_and_trained_further(texts, tmp_path):
    model = Word2Vec(texts, min_count=1, vector_size=8, workers=1, seed=None)
    model.save(str(tmp_path / "model"))
    again = Word2Vec.load(str(tmp_path / "model"))
    assert again.seed is None
    np.testing.assert_array_equal(again.wv["trees"], model.wv["trees"])
    again.build_vocab([["a", "new", "word"]], update=True)
    again.train([["a", "new", "word"]], total_examples=1, epochs=1)
    assert np.isfinite(again.wv["new"]).all() and again.random.rand() >= 0


def test_a_model_without_a_seed_learns_from_the_weights_that_it_shows(texts):
    shown, unseen = (Word2Vec(min_count=1, vector_size=8, workers=1, seed=None) for _ in range(2))
    shown._drawn_seed = unseen._drawn_seed = 3
    for model in (shown, unseen):
        model.build_vocab(texts)
    assert shown.wv.vectors.any()  # an array from here on; the other's weights are made by the trainer
    for model in (shown, unseen):
        model.train(texts, total_examples=len(texts), epochs=2)
    np.testing.assert_array_equal(shown.wv.vectors, unseen.wv.vectors)


def test_workers_of_minus_one_are_all_cores(texts):
    """As in scikit-learn. WEFE asks for it; gensim then trains nothing."""
    model = Word2Vec(texts, min_count=1, vector_size=8, workers=-1)
    assert model.workers == Word2Vec().workers >= 1
    assert model.train_count == 1


@pytest.fixture
def patched():
    pytest.importorskip("gensim")
    rapidvec.gensim.patch()
    yield
    rapidvec.gensim.unpatch()


def test_vectors_of_gensims_own_classes_still_count_as_such(texts, patched):
    """WEFE takes any `KeyedVectors`, also those that gensim's Doc2Vec or a program that imported FastText before the patch has."""
    import gensim

    theirs = gensims_own("FastTextKeyedVectors")(8, 3, 6, 10)
    assert isinstance(theirs, gensim.models.KeyedVectors) and issubclass(type(theirs), gensim.models.KeyedVectors)
    assert isinstance(theirs, gensim.models.fasttext.FastTextKeyedVectors)
    assert not isinstance([], gensim.models.KeyedVectors)

    class Own(gensim.models.KeyedVectors):
        pass

    assert not isinstance(theirs, Own) and not issubclass(type(theirs), Own)
    assert isinstance(Own(3), gensim.models.KeyedVectors)


def test_all_models_of_words_are_replaced_and_put_back(texts):
    gensim = pytest.importorskip("gensim")
    from gensim.models import doc2vec  # noqa: F401

    names = ("Word2Vec", "FastText", "KeyedVectors", "Phrases")
    theirs = [getattr(gensim.models, name) for name in names]
    modules = {name: sys.modules[f"gensim.models.{name}"] for name in ("word2vec", "fasttext", "keyedvectors", "phrases")}
    rapidvec.gensim.patch()
    try:
        assert all(getattr(gensim.models, name).__module__.startswith("rapidvec.") for name in names)
        from gensim.models.fasttext import load_facebook_model
        from gensim.models.phrases import Phrases

        assert load_facebook_model.__module__.startswith("rapidvec.") and Phrases is gensim.models.Phrases
        model = gensim.models.FastText(texts, min_count=1, vector_size=8, bucket=100)
        assert isinstance(model, gensim.models.Word2Vec) and isinstance(model.wv, gensim.models.KeyedVectors)
        joined = Phrases(texts, min_count=1, threshold=0.1)
        assert isinstance(joined, gensim.models.Phrases) and not isinstance(joined, gensim.models.FastText)
    finally:
        rapidvec.gensim.unpatch()
    assert [getattr(gensim.models, name) for name in names] == theirs
    assert all(getattr(gensim.models, name) is module is sys.modules[f"gensim.models.{name}"] for name, module in modules.items())
    assert not isinstance(model, gensim.models.FastText)


def test_nothing_of_gensims_is_ours_without_the_patch(texts):
    gensim = pytest.importorskip("gensim")
    theirs = gensim.models.word2vec.Word2Vec(texts, min_count=1, vector_size=8)
    assert not isinstance(theirs.wv, KeyedVectors) and not isinstance(theirs, Word2Vec)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pipe with a name")
def test_vectors_are_written_into_devices_and_pipes(texts, tmp_path):
    """PecanPy's tests write to `os.devnull`. What is no file is not replaced by one."""
    model = Word2Vec(texts, min_count=1, vector_size=8, workers=1)
    for binary in (False, True):
        model.wv.save_word2vec_format(os.devnull, binary=binary)
    model.save(os.devnull)
    assert not os.path.isfile(os.devnull)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as reader:
        read = reader.submit(pipe.read_bytes)
        model.wv.save_word2vec_format(str(pipe))
        (tmp_path / "vectors.txt").write_bytes(read.result(timeout=60))
    again = KeyedVectors.load_word2vec_format(str(tmp_path / "vectors.txt"))
    np.testing.assert_array_equal(again["trees"], model.wv["trees"])
