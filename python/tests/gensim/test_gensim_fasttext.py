"""FastText: words and n-grams, training from what the arrays have, files of every kind, and gensim's numbers."""

import copy
import pickle

import numpy as np
import pytest

from rapidvec.gensim.models import FastText, KeyedVectors, Word2Vec
from rapidvec.gensim.models.fasttext import (
    FastTextKeyedVectors,
    compute_ngrams,
    compute_ngrams_bytes,
    ft_hash_bytes,
    ft_ngram_hashes,
    load_facebook_model,
    load_facebook_vectors,
    save_facebook_model,
)

SETTINGS = {"vector_size": 6, "min_count": 1, "workers": 1, "bucket": 500, "sample": 0}
NEW = [["graph", "artificial", "trees"], ["artificial", "graphs"]]


def same(one, other):
    assert one.wv.index_to_key == other.wv.index_to_key
    for name in ("vectors", "vectors_vocab", "vectors_ngrams"):
        np.testing.assert_array_equal(getattr(one.wv, name), getattr(other.wv, name))
    np.testing.assert_array_equal(one.wv["unseen"], other.wv["unseen"])


def test_a_vector_is_the_mean_of_the_own_row_and_those_of_the_ngrams(texts):
    wv = FastText(texts, **SETTINGS).wv
    for word in ("computer", "eps"):
        row = wv.key_to_index[word]
        parts = np.vstack([wv.vectors_vocab[row], wv.vectors_ngrams[wv.buckets_word[row]]])
        np.testing.assert_allclose(wv[word], parts.mean(axis=0), rtol=1e-5, atol=1e-8)
    rows = wv.vectors_ngrams[ft_ngram_hashes("computing", 3, 6, 500)]
    np.testing.assert_allclose(wv["computing"], rows.mean(axis=0), rtol=1e-5, atol=1e-8)


def test_an_unseen_word_answers_wherever_a_word_does(texts):
    wv = FastText(texts, **SETTINGS).wv
    assert "computers" in wv and not wv.has_index_for("computers")
    assert wv.most_similar("computers", topn=3) == wv.most_similar(positive=["computers"], topn=3)
    assert wv.similarity("computers", "computers") == pytest.approx(1)
    assert wv[["graph", "graphs"]].shape == (2, 6)
    assert wv.get_sentence_vector(["graph", "graphs"]).shape == (6,)
    assert np.linalg.norm(wv.get_vector("graphs", norm=True)) == pytest.approx(1, rel=1e-5)
    assert len(wv.vectors_for_all(["graphs", "graph"])) == 2
    assert len(wv.vectors_for_all(["graphs", "graph"], allow_inference=False)) == 1


@pytest.mark.parametrize("settings", [{"bucket": 0}, {"max_n": 0}, {"word_ngrams": 0}])
def test_without_ngrams_an_unseen_word_is_unknown_and_training_is_that_of_word2vec(texts, settings):
    model = FastText(texts, **{**SETTINGS, **settings})
    assert "computers" not in model.wv
    with pytest.raises(KeyError, match="without ngrams"):
        model.wv["computers"]
    plain = Word2Vec(texts, **{name: value for name, value in SETTINGS.items() if name != "bucket"})
    np.testing.assert_array_equal(model.wv.vectors, plain.wv.vectors)


def test_rows_of_unused_buckets_take_no_memory_until_they_are_accessed(texts):
    wv = FastText(texts, **{**SETTINGS, "bucket": 2_000_000}).wv
    assert "unseen" in wv and wv["computers"].any()
    assert "vectors_ngrams" not in wv.__dict__
    before = wv["computers"].copy()
    assert wv.vectors_ngrams.shape == (2_000_000, 6)
    np.testing.assert_array_equal(wv["computers"], before)
    used = np.unique(np.concatenate(wv.buckets_word))
    assert wv.vectors_ngrams[used].any(axis=1).all()
    assert not wv.vectors_ngrams[np.setdiff1d(np.arange(1000), used)].any()


@pytest.mark.parametrize("settings", [{"sg": 1}, {"hs": 1, "negative": 0}])
def test_looking_at_the_arrays_before_training_changes_nothing(texts, settings):
    at_once = FastText(texts, **SETTINGS, **settings)
    looked = FastText(**SETTINGS, **settings)
    looked.build_vocab(texts)
    assert looked.wv.vectors.shape == (12, 6) and looked.wv.vectors_ngrams.shape == (500, 6)
    looked.train(texts, total_examples=len(texts), epochs=5)
    same(at_once, looked)


def test_training_starts_from_what_was_written_into_the_rows(texts):
    model = FastText(**SETTINGS)
    model.build_vocab(texts)
    model.wv.vectors_ngrams[:] = 1.0
    model.wv.vectors_vocab[:] = 1.0
    model.train(texts, total_examples=len(texts), epochs=1)
    assert np.abs(model.wv.vectors - 1).max() < 0.2
    assert (model.wv.vectors != 1).any()


def test_lock_factors_of_zero_keep_rows(texts):
    model = FastText(**SETTINGS)
    model.build_vocab(texts)
    words, ngrams = model.wv.vectors_vocab.copy(), model.wv.vectors_ngrams.copy()
    model.wv.vectors_vocab_lockf = np.ones(12, dtype=np.float32)
    model.wv.vectors_vocab_lockf[3] = 0
    model.wv.vectors_ngrams_lockf = np.zeros(1, dtype=np.float32)
    model.train(texts, total_examples=len(texts), epochs=5)
    np.testing.assert_array_equal(model.wv.vectors_ngrams, ngrams)
    moved = (model.wv.vectors_vocab != words).any(axis=1)
    assert not moved[3] and moved[:3].all()
    model.wv.vectors_ngrams_lockf[0] = 0.5
    with pytest.raises(ValueError, match="vectors_ngrams_lockf: expected 0 or 1"):
        model.train(texts, total_examples=len(texts), epochs=1)


@pytest.mark.parametrize("touched", [False, True])
def test_words_can_be_added(texts, touched):
    model = FastText(texts, **SETTINGS)
    if touched:
        assert model.wv.vectors_ngrams.any()
    old = model.wv.vectors_vocab.copy()
    model.build_vocab(NEW, update=True)
    assert len(model.wv) == 14 == len(model.wv.vectors) == len(model.wv.vectors_vocab) == len(model.syn1neg)
    np.testing.assert_array_equal(model.wv.vectors_vocab[:12], old)
    assert model.wv.vectors_ngrams[model.wv.buckets_word[12]].any(axis=1).all()
    model.train(NEW, total_examples=2, epochs=3)
    assert (model.wv.vectors_vocab[:12] != old).any()


def test_callbacks_see_vectors_and_what_they_write_is_trained_on(texts):
    class Look:
        seen = []

        def on_epoch_begin(self, model):
            model.wv.vectors_ngrams[:] = 2.0

        def on_epoch_end(self, model):
            self.seen.append((model.wv.vectors.copy(), model.wv["unseen"].copy()))

    look = Look()
    model = FastText(texts, callbacks=[look], **{**SETTINGS, "epochs": 2})
    assert len(look.seen) == 2
    np.testing.assert_array_equal(look.seen[1][0], model.wv.vectors)
    assert (model.wv["computers"] > 1).all()


@pytest.mark.parametrize("touched", [False, True])
@pytest.mark.parametrize("settings", [{}, {"hs": 1, "negative": 0}, {"bucket": 0}], ids=["sampling", "tree", "no n-grams"])
def test_copies_and_files_have_the_same_numbers(texts, tmp_path, settings, touched):
    model = FastText(texts, **{**SETTINGS, **settings})
    if touched and model.wv.bucket:
        assert model.wv.vectors_ngrams.any()
    path = tmp_path / "model"
    model.save(path)
    for other in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model), FastText.load(path), Word2Vec.load(path)):
        assert type(other) is FastText and other.wv._sizes() == model.wv._sizes()
        np.testing.assert_array_equal(other.wv.vectors, model.wv.vectors)
        np.testing.assert_array_equal(other.wv.vectors_vocab, model.wv.vectors_vocab)
        if model.wv.bucket:
            np.testing.assert_array_equal(other.wv["unseen"], model.wv["unseen"])
        other.build_vocab(NEW, update=True)
        other.train(NEW, total_examples=2, epochs=1)
    model.wv.save(path)
    assert type(KeyedVectors.load(path)) is type(FastTextKeyedVectors.load(path)) is FastTextKeyedVectors
    np.testing.assert_array_equal(KeyedVectors.load(path)["graph"], model.wv["graph"])


def test_the_wrong_class_says_so(texts, tmp_path):
    path = tmp_path / "model"
    Word2Vec(texts, min_count=1, vector_size=4).save(path)
    with pytest.raises(AttributeError, match="Word2Vec"):
        FastText.load(path)


def test_the_command_line_opens_it_with_its_ngrams(texts, tmp_path):
    import rapidvec

    model = FastText(texts, **SETTINGS)
    path = tmp_path / "model.safetensors"
    model.save(path)
    np.testing.assert_allclose(rapidvec.open(path)["computers"], model.wv["computers"], rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("settings", [{"sg": 1}, {"hs": 1, "negative": 0}, {"max_n": 0}])
def test_a_model_of_the_fasttext_program_comes_back(texts, tmp_path, settings):
    model = FastText(texts, **SETTINGS, **settings)
    path = tmp_path / "model.bin"
    save_facebook_model(model, path)
    other = load_facebook_model(path)
    assert (other.sg, other.hs, other.window, other.corpus_total_words) == (model.sg, model.hs, 5, 29)
    np.testing.assert_array_equal(other.wv.vectors, model.wv.vectors)
    np.testing.assert_array_equal(load_facebook_vectors(path)["graph"], model.wv["graph"])
    again = tmp_path / "again.bin"
    save_facebook_model(other, again)
    assert again.read_bytes() == path.read_bytes()
    other.train(texts, total_examples=len(texts), epochs=1)
    with pytest.raises(ValueError, match="UTF-8"):
        save_facebook_model(model, path, encoding="cp852")


def test_ngrams_need_words_that_are_strings():
    with pytest.raises(TypeError):
        FastText([[1, 2, 3]] * 5, **SETTINGS)


# Against gensim itself.


@pytest.fixture
def gensims():
    pytest.importorskip("gensim")
    from gensim.models import fasttext

    return fasttext


@pytest.mark.parametrize("word", ["night", "a", "고양이", "Übering", "naïve"])
def test_ngrams_and_hashes_are_gensims(gensims, word):
    for sizes in ((3, 6), (1, 3), (2, 2)):
        assert compute_ngrams(word, *sizes) == gensims.compute_ngrams(word, *sizes)
        assert sorted(compute_ngrams_bytes(word, *sizes)) == sorted(gensims.compute_ngrams_bytes(word, *sizes))
        assert ft_ngram_hashes(word, *sizes, 1000) == list(gensims.ft_ngram_hashes(word, *sizes, 1000))
    assert ft_hash_bytes(word.encode()) == gensims.ft_hash_bytes(word.encode())


def test_gensim_opens_ours_and_we_open_gensims(gensims, texts, tmp_path):
    ours = FastText(texts, **SETTINGS)
    save_facebook_model(ours, tmp_path / "ours.bin")
    opened = gensims.load_facebook_model(str(tmp_path / "ours.bin"))
    np.testing.assert_allclose(opened.wv.vectors, ours.wv.vectors, rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(opened.wv["computers"], ours.wv["computers"], rtol=1e-5, atol=1e-8)
    theirs = gensims.FastText(texts, **SETTINGS)
    theirs.save(str(tmp_path / "theirs.model"))
    gensims.save_facebook_model(theirs, str(tmp_path / "theirs.bin"))
    loaded = [FastText.load(tmp_path / "theirs.model"), Word2Vec.load(tmp_path / "theirs.model"), load_facebook_model(tmp_path / "theirs.bin")]
    for model in loaded:
        np.testing.assert_allclose(model.wv.vectors, theirs.wv.vectors, rtol=1e-5, atol=1e-8)
        np.testing.assert_array_equal(model.wv.vectors_ngrams, theirs.wv.vectors_ngrams)
        np.testing.assert_allclose(model.wv["computers"], theirs.wv["computers"], rtol=1e-5, atol=1e-8)
        np.testing.assert_array_equal(model.syn1neg, theirs.syn1neg)
        model.train(texts, total_examples=len(texts), epochs=1)


def test_vectors_are_shared_with_gensim(gensims, texts):
    ours = FastText(texts, **SETTINGS).wv
    theirs = ours.to_gensim()
    assert theirs.vectors_ngrams is ours.vectors_ngrams
    np.testing.assert_allclose(theirs["computers"], ours["computers"], rtol=1e-5, atol=1e-8)
    back = FastTextKeyedVectors.from_gensim(theirs)
    assert back.vectors_vocab is ours.vectors_vocab
    np.testing.assert_array_equal(back["computers"], ours["computers"])


def test_arguments_are_gensims_in_its_order(gensims):
    from inspect import signature

    for ours, theirs in ((FastText, gensims.FastText), (FastTextKeyedVectors, gensims.FastTextKeyedVectors)):
        names = list(signature(theirs.__init__).parameters)
        assert list(signature(ours.__init__).parameters)[: len(names)] == names


def test_a_model_of_gensim_whose_sizes_do_not_fit_is_rejected(gensims, texts, tmp_path):
    from rapidvec.errors import FormatError

    def broken(**changes):
        theirs = gensims.FastText(texts, **SETTINGS).wv
        theirs.__dict__.update(changes)
        path = tmp_path / "broken.kv"
        path.write_bytes(pickle.dumps(theirs))
        return path

    rows = np.ones((2, 6), dtype=np.float32)
    fine = FastTextKeyedVectors.load(broken(vectors_ngrams=rows, hash2index={7: 1, 3: 0}))
    np.testing.assert_array_equal(np.flatnonzero(fine.vectors_ngrams.any(axis=1)), [3, 7])
    for changes in ({"vectors_vocab": rows}, {"vectors_ngrams": rows}, {"bucket": "many"}, {"min_n": -1}, {"vectors_ngrams": rows, "hash2index": {3: 9}}):
        with pytest.raises(FormatError):
            FastTextKeyedVectors.load(broken(**changes))
