"""Training: what it returns, what it changes, and what callbacks see."""

import logging
import threading
import time

import numpy as np
import pytest

from rapidvec.gensim.models import KeyedVectors, Word2Vec
from rapidvec.gensim.models.callbacks import CallbackAny2Vec

SETTINGS = {"vector_size": 4, "min_count": 1, "workers": 1, "sample": 0}


class Recorder(CallbackAny2Vec):
    def __init__(self):
        self.calls = []
        self.losses = []

    def on_train_begin(self, model):
        self.calls.append("train begin")

    def on_train_end(self, model):
        self.calls.append("train end")

    def on_epoch_begin(self, model):
        self.calls.append("epoch begin")

    def on_epoch_end(self, model):
        self.calls.append("epoch end")
        self.losses.append(model.get_latest_training_loss())


def test_callbacks_are_called_in_order(texts):
    recorder = Recorder()
    model = Word2Vec(texts, callbacks=[recorder], compute_loss=True, epochs=2, **SETTINGS)
    assert recorder.calls == ["train begin", *["epoch begin", "epoch end"] * 2, "train end"]
    assert 0 < recorder.losses[0] < recorder.losses[1] == model.get_latest_training_loss()
    assert model.epoch_losses == pytest.approx([recorder.losses[0], recorder.losses[1] - recorder.losses[0]])


def test_callbacks_need_not_derive_from_anything(texts):
    class Bare:
        ended = 0

        def on_epoch_end(self, model):
            self.ended += 1

    bare = Bare()
    Word2Vec(texts, callbacks=[bare], epochs=3, **SETTINGS)
    assert bare.ended == 3


def test_callbacks_do_not_change_what_is_learned(texts):
    plain = Word2Vec(texts, **SETTINGS)
    watched = Word2Vec(texts, callbacks=[Recorder()], **SETTINGS)
    assert np.array_equal(plain.wv.vectors, watched.wv.vectors)
    assert np.array_equal(plain.syn1neg, watched.syn1neg)


def test_callbacks_see_each_epoch_and_what_they_write_is_trained_on(texts):
    class Writer(CallbackAny2Vec):
        seen = []

        def on_epoch_end(self, model):
            self.seen.append(model.wv["human"].copy())
            model.wv.most_similar("human")
            model.wv.vectors[:] = 7
            model.syn1neg[:] = 0

    model = Word2Vec(texts, callbacks=[Writer()], epochs=2, **{**SETTINGS, "alpha": 1e-6, "min_alpha": 1e-6})
    assert not np.array_equal(Writer.seen[0], Writer.seen[1])
    assert np.allclose(Writer.seen[1], 7, atol=1e-3)
    assert np.allclose(model.wv.vectors, 7)


def test_callbacks_may_assign_arrays(texts):
    class Assigner(CallbackAny2Vec):
        def on_epoch_end(self, model):
            self.array = np.full(model.wv.vectors.shape, 3, dtype=np.float64)
            model.wv.vectors = self.array

    assigner = Assigner()
    settings = {**SETTINGS, "alpha": 1e-6, "min_alpha": 1e-6}
    model = Word2Vec(texts, callbacks=[assigner], epochs=3, **settings)
    assert model.wv.vectors is assigner.array
    assert np.allclose(model.wv.vectors, 3)

    class Wrong(CallbackAny2Vec):
        def on_epoch_end(self, model):
            model.wv.vectors = np.zeros((3, 3), dtype=np.float32)

    with pytest.raises(ValueError, match=r"expected an array of shape \(12, 4\), got \(3, 3\)"):
        Word2Vec(texts, callbacks=[Wrong()], **settings)


def test_a_callback_that_raises_ends_training_and_leaves_a_whole_model(texts):
    class Stop(CallbackAny2Vec):
        def on_epoch_end(self, model):
            if model.epochs_done == 2:
                raise LookupError("enough")

    model = Word2Vec(**SETTINGS)
    model.build_vocab(texts)
    fresh = model.wv.vectors.copy()
    with pytest.raises(LookupError, match="enough"):
        model.train(texts, total_examples=9, epochs=50, callbacks=[Stop()])
    assert model.epochs_done == 2
    assert model.train_count == 1
    assert not np.array_equal(fresh, model.wv.vectors)
    assert len(model.wv.most_similar("human")) == 10
    assert model.train(texts, total_examples=9, epochs=1)[1] == 29


def test_a_callback_may_save_the_model(texts, tmp_path):
    class Saver(CallbackAny2Vec):
        def on_epoch_end(self, model):
            model.save(str(tmp_path / "model"))
            model.wv.save_word2vec_format(str(tmp_path / "vectors"))

    model = Word2Vec(texts, callbacks=[Saver()], **SETTINGS)
    loaded = Word2Vec.load(str(tmp_path / "model"))
    assert np.array_equal(loaded.wv.vectors, model.wv.vectors)
    assert loaded.train(texts, total_examples=9, epochs=1)[1] == 29


def test_train_returns_trained_and_raw_words(texts):
    model = Word2Vec(texts, **{**SETTINGS, "min_count": 3})
    assert model.corpus_total_words == 29
    assert model.train(texts, total_examples=9, epochs=3) == (3 * 13, 3 * 29)
    trained, raw = Word2Vec(texts, vector_size=4, min_count=1).train(texts, total_examples=9, epochs=20)
    assert 0 < trained < raw == 20 * 29


def test_training_in_steps_is_training_in_the_constructor(texts):
    for settings in ({"sg": 1}, {"sg": 0}, {"hs": 1, "negative": 0}, {"hs": 1, "negative": 3}):
        at_once = Word2Vec(texts, **SETTINGS, **settings)
        in_steps = Word2Vec(**SETTINGS, **settings)
        in_steps.build_vocab(texts)
        assert in_steps.wv.vectors.shape == (12, 4)
        in_steps.train(texts, total_examples=9, epochs=5)
        assert np.array_equal(at_once.wv.vectors, in_steps.wv.vectors)


def test_a_second_training_draws_anew(texts):
    model = Word2Vec(texts, **SETTINGS)
    first = model.wv.vectors.copy()
    model.train(texts, total_examples=9, epochs=5)
    assert model.train_count == 2
    assert not np.array_equal(first, model.wv.vectors)


def test_training_writes_into_the_arrays_that_the_user_holds(texts):
    model = Word2Vec(**SETTINGS)
    model.build_vocab(texts)
    vectors, output = model.wv.vectors, model.syn1neg
    row, before = model.wv["human"], model.wv["human"].copy()
    model.train(texts, total_examples=9, epochs=5)
    assert model.wv.vectors is vectors
    assert model.syn1neg is output
    assert not np.array_equal(row, before)
    assert np.array_equal(row, model.wv["human"])


def test_training_starts_from_what_was_assigned(texts):
    for kind in (np.float32, np.float64, np.float16):
        for order in "CF":
            model = Word2Vec(**{**SETTINGS, "alpha": 1e-6, "min_alpha": 1e-6})
            model.build_vocab(texts)
            model.wv.vectors = np.full((12, 4), 0.5, dtype=kind, order=order)
            model.syn1neg = np.zeros((12, 4), dtype=np.float32)
            model.train(texts, total_examples=9, epochs=2)
            assert model.wv.vectors.dtype == kind
            assert np.allclose(model.wv.vectors, 0.5, atol=1e-3)


def test_arrays_of_a_new_model_own_their_memory(texts):
    model = Word2Vec(texts, hs=1, **SETTINGS)
    rows = {}
    for name, array in (("vectors", model.wv.vectors), ("syn1", model.syn1), ("syn1neg", model.syn1neg)):
        assert array.dtype == np.float32
        assert array.shape == (12, 4)
        assert array.flags.c_contiguous
        assert array.flags.writeable
        rows[name] = array[3]
        rows[name, "copy"] = array[3].copy()
    del model, array
    for name in ("vectors", "syn1", "syn1neg"):
        assert np.array_equal(rows[name], rows[name, "copy"])


def test_rows_are_read_only_views(texts):
    model = Word2Vec(texts, **SETTINGS)
    row = model.wv["human"]
    assert np.shares_memory(row, model.wv.vectors)
    assert not row.flags.writeable
    assert not model.wv.get_vector("human", norm=True).flags.writeable
    assert model.wv[["human"]].flags.writeable
    assert model.wv.vectors.flags.writeable


def test_norms_follow_the_vectors(texts):
    model = Word2Vec(texts, **SETTINGS)
    best = model.wv.most_similar("human", topn=1)
    assert model.wv.norms is not None
    model.wv.vectors = -model.wv.vectors
    assert model.wv.norms is None
    assert model.wv.most_similar("human", topn=1)[0][1] == pytest.approx(best[0][1], abs=1e-6)
    model.train(texts, total_examples=9, epochs=5)
    assert model.wv.norms is None
    model.wv.vectors *= 2
    assert np.linalg.norm(model.wv.get_vector("human", norm=True)) == pytest.approx(1, abs=1e-6)


def test_locked_words_stay(texts):
    model = Word2Vec(**SETTINGS)
    model.build_vocab(texts)
    model.wv.vectors_lockf = np.ones(12, dtype=np.float32)
    model.wv.vectors_lockf[2] = 0
    before = model.wv.vectors.copy()
    model.train(texts, total_examples=9, epochs=5)
    same = (model.wv.vectors == before).all(axis=1)
    assert same.tolist() == [row == 2 for row in range(12)]
    model.wv.vectors_lockf[3] = 0.5
    with pytest.raises(ValueError, match="vectors_lockf: expected 0 or 1"):
        model.train(texts, total_examples=9, epochs=5)


def test_vectors_are_taken_over_from_a_file(texts, tmp_path):
    Word2Vec(texts, seed=7, **SETTINGS).wv.save_word2vec_format(str(tmp_path / "vectors"))
    theirs = KeyedVectors.load_word2vec_format(str(tmp_path / "vectors"))
    model = Word2Vec(**SETTINGS)
    model.build_vocab([*texts, ["other"]])
    model.wv.intersect_word2vec_format(str(tmp_path / "vectors"))
    assert np.array_equal(model.wv["human"], theirs["human"])
    model.train(texts, total_examples=9, epochs=5)
    assert np.array_equal(model.wv["human"], theirs["human"])
    model.wv.intersect_word2vec_format(str(tmp_path / "vectors"), lockf=1.0)
    model.train(texts, total_examples=9, epochs=5)
    assert not np.array_equal(model.wv["human"], theirs["human"])


def test_words_are_added_behind_those_that_are_there(texts):
    for hs in (0, 1):
        model = Word2Vec(texts, hs=hs, negative=5 * (1 - hs), **SETTINGS)
        before, keys = model.wv.vectors.copy(), list(model.wv.index_to_key)
        model.build_vocab([["new", "newer", "human"], ["new"]], update=True)
        assert model.wv.index_to_key == [*keys, "new", "newer"]
        assert np.array_equal(model.wv.vectors[:12], before)
        assert model.wv.get_vecattr("new", "count") == 2
        assert model.wv.get_vecattr("human", "count") == 3
        assert (model.syn1 if hs else model.syn1neg).shape == (14, 4)
        model.train([["new", "newer", "human"]] * 20, total_examples=20, epochs=5)
        assert len(model.wv.most_similar("new")) == 10


def test_a_vocabulary_of_one_word_learns_nothing():
    model = Word2Vec([["a", "a"]], **SETTINGS)
    assert model.wv["a"].shape == (4,)
    assert model.train([["a"]], total_examples=1, epochs=2) == (0, 2)


def test_a_text_without_known_words_learns_nothing(texts):
    model = Word2Vec(texts, **SETTINGS)
    before = model.wv.vectors.copy()
    assert model.train([["unknown"]], total_examples=1, epochs=2) == (0, 2)
    assert np.array_equal(model.wv.vectors, before)


def test_ctrl_c_in_a_callback_is_raised(texts):
    class Interrupted(CallbackAny2Vec):
        def on_epoch_end(self, model):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Word2Vec(texts, callbacks=[Interrupted()], **SETTINGS)


BIG = [[f"w{i * j % 501}" for i in range(40)] for j in range(2_000)]


def test_one_training_at_a_time(texts):
    model = Word2Vec(vector_size=20, min_count=1)
    model.build_vocab(BIG)
    begun, errors = threading.Event(), []

    class Begun(CallbackAny2Vec):
        def on_epoch_begin(self, model):
            begun.set()

    thread = threading.Thread(target=lambda: model.train(BIG, total_examples=1, epochs=10_000, callbacks=[Begun()]))
    thread.start()
    assert begun.wait(60)
    try:
        with pytest.raises(RuntimeError, match="another call of train"):
            model.train(BIG, total_examples=1, epochs=1)
    finally:
        model.stop()
        thread.join(60)
    assert not thread.is_alive()
    assert 0 < model.epochs_done < 10_000
    assert model.train(BIG, total_examples=1, epochs=1)[1] == 80_000
    assert not errors


def test_questions_from_many_threads(texts):
    model = Word2Vec(BIG, vector_size=20, min_count=1, epochs=1)
    expected = model.wv.most_similar("w1")
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(model.wv.most_similar("w1"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 8


def test_progress_is_given_to_a_function():
    seen = []
    model = Word2Vec(vector_size=50, min_count=1, workers=1)
    model.build_vocab(BIG)

    class Slow(CallbackAny2Vec):
        def on_epoch_end(self, model):
            if len(seen) > 1:
                model.stop()

    deadline = time.monotonic() + 60
    model.train(BIG, total_examples=1, epochs=5_000, progress=seen.append, callbacks=[Slow()])
    assert time.monotonic() < deadline
    assert seen
    assert 0 < seen[0].done < 1
    assert seen[0].words > 0
    with pytest.raises(TypeError, match="progress: expected"):
        model.train(BIG, total_examples=1, epochs=1, progress=3)


def test_log_lines_are_gensims(texts, caplog):
    caplog.set_level(logging.INFO)
    model = Word2Vec(texts, **SETTINGS)
    for line in (
        "collecting all words and their counts",
        "collected 12 word types from a corpus of 29 raw words and 9 sentences",
        "Creating a fresh vocabulary",
        "effective_min_count=1 retains 12 unique words (100.00% of original 12, drops 0)",
        "deleting the raw counts dictionary of 12 items",
        "estimated required memory for 12 words and 4 dimensions: 6384 bytes",
        "resetting layer weights",
        "training model with 1 workers on 12 vocabulary and 4 features, using sg=0 hs=0 sample=0 negative=5 window=5 shrink_windows=True",
        "EPOCH 4: training on 29 raw words (29 effective words) took",
        "training on 145 raw words (145 effective words) took",
    ):
        assert line in caplog.text
    caplog.clear()
    model.train(texts, total_examples=10, total_words=30, epochs=1)
    assert "EPOCH 0: supplied example count (9) did not equal expected count (10)" in caplog.text
    assert "EPOCH 0: supplied raw word count (29) did not equal expected count (30)" in caplog.text
    assert "Effective 'alpha' higher than previous training cycles" in caplog.text


def test_nothing_is_printed(texts, capfd):
    Word2Vec(texts, **SETTINGS)
    assert capfd.readouterr() == ("", "")


def test_similar_words_become_similar():
    sentences = [["the", word, "rules", "the", "country"] for word in ("king", "queen")] * 300
    sentences += [["a", word, "eats", "some", "grass"] for word in ("cow", "sheep")] * 300
    for settings in ({"sg": 1}, {"sg": 0, "alpha": 0.05}, {"sg": 1, "hs": 1, "negative": 0}):
        model = Word2Vec(sentences, vector_size=20, epochs=10, sample=0, **settings)
        assert model.wv.similarity("king", "queen") > model.wv.similarity("king", "cow")
        assert model.wv.doesnt_match(["king", "queen", "cow"]) == "cow"
