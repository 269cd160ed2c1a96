"""The same questions to gensim and to us. Skipped where gensim is not installed."""

import numpy as np
import pytest

from rapidvec.gensim.models import KeyedVectors, Word2Vec

gensim = pytest.importorskip("gensim")

WORDS = [f"w{i}" for i in range(60)] + ["W1", "w 2", "king", "King"]


@pytest.fixture(scope="module")
def pair():
    rng = np.random.default_rng(5)
    vectors = rng.normal(size=(len(WORDS), 12)).astype(np.float32)
    counts = rng.integers(1, 1000, size=len(WORDS))
    both = []
    for cls in (gensim.models.keyedvectors.KeyedVectors, KeyedVectors):
        kv = cls(12)
        kv.add_vectors(WORDS, vectors)
        for word, count in zip(WORDS, counts):
            kv.set_vecattr(word, "count", int(count))
        both.append(kv)
    return both


V = np.arange(12, dtype=np.float32) - 3

QUESTIONS = {
    "most_similar": lambda kv: kv.most_similar("w3"),
    "most_similar, negative": lambda kv: kv.most_similar(["w3", "w4"], ["w5"], topn=7),
    "most_similar, weights": lambda kv: kv.most_similar([("w3", 2.0), "w4"], [("w5", -0.5)], topn=7),
    "most_similar, vector": lambda kv: kv.most_similar([V, "w4"], topn=5),
    "most_similar, one vector": lambda kv: kv.most_similar(V, topn=5),
    "most_similar, row": lambda kv: kv.most_similar(7, topn=5),
    "most_similar, clipped": lambda kv: kv.most_similar("w3", clip_start=5, clip_end=20),
    "most_similar, restricted": lambda kv: kv.most_similar("w3", restrict_vocab=5),
    "most_similar, all": lambda kv: kv.most_similar("w3", topn=None),
    "most_similar, more than there are": lambda kv: kv.most_similar("w3", topn=1000),
    "most_similar, none": lambda kv: kv.most_similar("w3", topn=0),
    "most_similar, negative topn": lambda kv: kv.most_similar("w3", topn=-1),
    "most_similar, unknown": lambda kv: kv.most_similar("nope"),
    "most_similar, nothing": lambda kv: kv.most_similar([]),
    "most_similar, no argument": lambda kv: kv.most_similar(),
    "cosmul": lambda kv: kv.most_similar_cosmul(["w3", "w4"], ["w5"]),
    "cosmul, all": lambda kv: kv.most_similar_cosmul("w3", topn=None),
    "cosmul, nothing": lambda kv: kv.most_similar_cosmul([]),
    "cosmul, unknown": lambda kv: kv.most_similar_cosmul("nope"),
    "similar_by_word": lambda kv: kv.similar_by_word("w9", 3),
    "similar_by_vector": lambda kv: kv.similar_by_vector(V, 3),
    "similarity": lambda kv: kv.similarity("w1", "w2"),
    "similarity, itself": lambda kv: kv.similarity("w1", "w1"),
    "similarity, unknown": lambda kv: kv.similarity("w1", "nope"),
    "distance": lambda kv: kv.distance("w1", "w2"),
    "distances": lambda kv: kv.distances("w1"),
    "distances, some": lambda kv: kv.distances("w1", ["w2", "w3"]),
    "distances, vector": lambda kv: kv.distances(V),
    "n_similarity": lambda kv: kv.n_similarity(["w1", "w2"], ["w3"]),
    "n_similarity, empty": lambda kv: kv.n_similarity([], ["w3"]),
    "closer_than": lambda kv: kv.closer_than("w1", "w2"),
    "rank": lambda kv: kv.rank("w1", "w2"),
    "doesnt_match": lambda kv: kv.doesnt_match(["w1", "w2", "w3", "w4"]),
    "doesnt_match, unknown": lambda kv: kv.doesnt_match(["nope"]),
    "doesnt_match, nothing": lambda kv: kv.doesnt_match([]),
    "rank_by_centrality": lambda kv: kv.rank_by_centrality(["w1", "w2", "w7", "nope"]),
    "rank_by_centrality, raw": lambda kv: kv.rank_by_centrality(["w1", "w2", "w3"], use_norm=False),
    "most_similar_to_given": lambda kv: kv.most_similar_to_given("w1", ["w2", "w3"]),
    "relative_cosine_similarity": lambda kv: kv.relative_cosine_similarity("w1", "w2"),
    "mean": lambda kv: kv.get_mean_vector(["w1", "w2"]),
    "mean, weights": lambda kv: kv.get_mean_vector(["w1", "w2", V], weights=[1, -2, 0.5]),
    "mean, raw": lambda kv: kv.get_mean_vector(["w1", "w2"], pre_normalize=False),
    "mean, unit": lambda kv: kv.get_mean_vector(["w1", "w2"], post_normalize=True),
    "mean, unknown left out": lambda kv: kv.get_mean_vector(["w1", "nope"]),
    "mean, unknown": lambda kv: kv.get_mean_vector(["w1", "nope"], ignore_missing=False),
    "mean, wrong weights": lambda kv: kv.get_mean_vector(["w1"], weights=[1, 2]),
    "mean, nothing": lambda kv: kv.get_mean_vector([]),
    "normed": lambda kv: kv.get_normed_vectors(),
    "get_vector": lambda kv: kv.get_vector("w1"),
    "get_vector, normed": lambda kv: kv.get_vector("w1", norm=True),
    "item": lambda kv: kv["w1"],
    "item, row": lambda kv: kv[3],
    "item, list": lambda kv: kv[["w1", "w2"]],
    "item, unknown": lambda kv: kv["nope"],
    "item, row too large": lambda kv: kv[1000],
    "item, row below 0": lambda kv: kv[-1],
    "item, empty list": lambda kv: kv[[]],
    "in": lambda kv: ["w1" in kv, "nope" in kv, 3 in kv, 1000 in kv],
    "get_index": lambda kv: [kv.get_index("w1"), kv.get_index("nope", 7), kv.get_index(3)],
    "get_vecattr": lambda kv: kv.get_vecattr("w1", "count"),
    "get_vecattr, unknown": lambda kv: kv.get_vecattr("w1", "nope"),
    "len": len,
    "str": str,
    "vectors_for_all": lambda kv: kv.vectors_for_all(["w5", "nope", "w1", "w5"]).vectors,
    "vectors_for_all, values": lambda kv: kv.vectors_for_all(["w5", "w1"], copy_vecattrs=True).expandos["count"],
    "cosine_similarities": lambda kv: kv.cosine_similarities(V, kv.vectors[:5]),
    "vocab": lambda kv: kv.vocab,
    "index2word": lambda kv: kv.index2word,
    "vectors_norm": lambda kv: kv.vectors_norm,
    "index2entity": lambda kv: kv.index2entity,
    "similarity_unseen_docs": lambda kv: kv.similarity_unseen_docs(),
}


def answer(question, kv):
    try:
        return question(kv), None
    except Exception as error:
        return None, type(error)


def alike(ours, theirs):
    """Equal, numbers up to rounding."""
    if isinstance(theirs, (list, tuple)):
        return len(ours) == len(theirs) and all(alike(one, other) for one, other in zip(ours, theirs))
    if isinstance(theirs, (float, np.floating, np.ndarray)):
        return np.allclose(ours, theirs, rtol=1e-4, atol=1e-6)
    return ours == theirs


@pytest.mark.parametrize("name", QUESTIONS)
def test_answers_are_gensims(pair, name):
    (theirs, their_error), (ours, our_error) = (answer(QUESTIONS[name], kv) for kv in pair)
    if their_error is not None:
        assert our_error is not None
        assert issubclass(our_error, their_error), (our_error, their_error)
    else:
        assert our_error is None
        assert alike(ours, theirs), (ours, theirs)


@pytest.mark.parametrize("case_insensitive", [True, False])
@pytest.mark.parametrize("dummy", [True, False])
def test_pairs_correlate_as_with_gensim(pair, tmp_path, case_insensitive, dummy):
    path = tmp_path / "pairs.tsv"
    rng = np.random.default_rng(1)
    lines = [f"{a}\t{b}\t{rng.random():.2f}" for a, b in rng.choice(WORDS[:40], size=(30, 2))]
    path.write_text("\n".join(["# comment", *lines, "W1\tw3\t0.5", "nope\tw1\t0.1", "broken line", "w1\tw2\tx"]) + "\n")
    theirs, ours = (
        kv.evaluate_word_pairs(str(path), case_insensitive=case_insensitive, dummy4unknown=dummy) for kv in pair
    )
    assert np.allclose(ours[0], tuple(theirs[0]), atol=1e-6)
    assert np.allclose(ours[1], tuple(theirs[1]), atol=1e-6)
    assert ours[2] == pytest.approx(theirs[2])


@pytest.mark.parametrize("case_insensitive", [True, False])
@pytest.mark.parametrize("dummy", [True, False])
@pytest.mark.parametrize("restrict", [300000, 40])
def test_analogies_are_answered_as_by_gensim(pair, tmp_path, case_insensitive, dummy, restrict):
    path = tmp_path / "questions.txt"
    rng = np.random.default_rng(2)
    kv = pair[0]
    lines = [": first"]
    for _ in range(20):
        a, b, c = rng.choice(WORDS[:40], size=3, replace=False)
        lines.append(f"{a} {b} {c} {kv.most_similar([b, c], [a], topn=1)[0][0]}")
    lines += [": second", "w1 w2 w3 w4", "nope w1 w2 w3", "w1 w2 w3", "king w1 w2 w3", ": empty"]
    path.write_text("\n".join(line for line in lines if "w 2" not in line) + "\n")
    theirs, ours = (
        kv.evaluate_word_analogies(
            str(path), restrict_vocab=restrict, case_insensitive=case_insensitive, dummy4unknown=dummy
        )
        for kv in pair
    )
    assert ours == theirs
    assert ours[0] > 0


def test_word_movers_distance_is_gensims(pair):
    pytest.importorskip("ot")
    documents = ["w1 w2 w3 w3".split(), "w4 w5 nope".split()]
    theirs, ours = (kv.wmdistance(*documents) for kv in pair)
    assert ours == pytest.approx(theirs, rel=1e-5)
    theirs, ours = (kv.wmdistance(*documents, norm=False) for kv in pair)
    assert ours == pytest.approx(theirs, rel=1e-5)


@pytest.fixture(scope="module", params=[{"sg": 0}, {"sg": 1}, {"sg": 0, "cbow_mean": 0}])
def trained(request):
    from gensim.test.utils import common_texts

    settings = {"vector_size": 8, "min_count": 1, "hs": 1, "negative": 0, "sample": 0, "workers": 1, "epochs": 30, **request.param}
    theirs = gensim.models.word2vec.Word2Vec(common_texts, **settings)
    ours = Word2Vec(common_texts, **settings)
    ours.wv.vectors[:] = theirs.wv.vectors
    ours.syn1[:] = theirs.syn1
    for name in ("code", "point"):
        ours.wv.expandos[name] = theirs.wv.expandos[name]
    return theirs, ours, common_texts


def test_sentences_score_as_with_gensim(trained):
    theirs, ours, texts = trained
    assert ours.wv.index_to_key == theirs.wv.index_to_key
    # gensim looks the logarithms up in a table of 1,000 entries, which is off by up to 3 %.
    assert np.allclose(ours.score(texts), theirs.score(texts, len(texts)), rtol=0.03)


def test_words_are_predicted_as_by_gensim():
    from gensim.test.utils import common_texts

    for mean in (0, 1):
        theirs = gensim.models.word2vec.Word2Vec(common_texts, min_count=1, vector_size=8, epochs=50, cbow_mean=mean, sample=0)
        ours = Word2Vec(common_texts, min_count=1, vector_size=8, cbow_mean=mean)
        ours.wv.vectors[:] = theirs.wv.vectors * 5
        theirs.wv.vectors *= 5
        ours.syn1neg[:] = theirs.syn1neg
        for context in (["system", "human"], ["graph", "nope", 3]):
            assert alike(
                sorted(map(tuple, ours.predict_output_word(context, topn=12))),
                sorted(map(tuple, theirs.predict_output_word(context, topn=12))),
            )


@pytest.mark.parametrize(
    "settings",
    [
        {"min_count": 1},
        {"min_count": 2},
        {"min_count": 1, "sorted_vocab": 0},
        {"min_count": 1, "max_final_vocab": 4},
        {"min_count": 1, "max_vocab_size": 5},
        {"min_count": 1, "null_word": 1},
        {"min_count": 1, "ns_exponent": -0.5},
        {"min_count": 1, "sample": 3},
        {"min_count": 1, "sample": 0},
        {"min_count": 1, "trim_rule": lambda word, count, least: 2 if word == "minors" else 1 if word == "graph" else 0},
    ],
)
def test_vocabulary_is_gensims(settings):
    from gensim.test.utils import common_texts

    theirs = gensim.models.word2vec.Word2Vec(common_texts, workers=1, **settings)
    ours = Word2Vec(common_texts, workers=1, **settings)
    assert ours.wv.index_to_key == theirs.wv.index_to_key
    assert ours.wv.key_to_index == theirs.wv.key_to_index
    assert ours.wv.expandos["count"].tolist() == theirs.wv.expandos["count"].tolist()
    assert np.allclose(ours.wv.expandos["sample_int"], theirs.wv.expandos["sample_int"].astype(float), rtol=1e-6)
    assert np.abs(ours.cum_table.astype(int) - theirs.cum_table.astype(int)).max() <= 1
    for name in ("corpus_count", "corpus_total_words", "effective_min_count", "min_count", "train_count"):
        assert getattr(ours, name) == getattr(theirs, name), name


def test_reports_are_gensims():
    from gensim.test.utils import common_texts

    for settings in ({"min_count": 2, "hs": 1}, {"min_count": 1, "sample": 0.01}, {"min_count": 3, "max_final_vocab": 2}):
        theirs, ours = gensim.models.word2vec.Word2Vec(**settings), Word2Vec(**settings)
        assert ours.scan_vocab(common_texts) == theirs.scan_vocab(common_texts)
        assert ours.raw_vocab == theirs.raw_vocab
        assert ours.prepare_vocab(dry_run=True) == theirs.prepare_vocab(dry_run=True)
        assert ours.prepare_vocab() == theirs.prepare_vocab()
        assert ours.estimate_memory() == theirs.estimate_memory()


def test_updated_vocabulary_is_gensims():
    from gensim.test.utils import common_texts

    new = [["computer", "artificial", "intelligence"], ["artificial", "trees"], ["human", "intelligence"]]
    theirs, ours = gensim.models.word2vec.Word2Vec(common_texts, min_count=1), Word2Vec(common_texts, min_count=1)
    for model in (theirs, ours):
        model.build_vocab(new, update=True)
    assert ours.wv.index_to_key == theirs.wv.index_to_key
    assert ours.wv.expandos["count"].tolist() == theirs.wv.expandos["count"].tolist()
    assert ours.wv.vectors.shape == theirs.wv.vectors.shape
    assert ours.syn1neg.shape == theirs.syn1neg.shape


def test_attributes_are_gensims():
    from gensim.test.utils import common_texts

    theirs = gensim.models.word2vec.Word2Vec(common_texts, min_count=1, compute_loss=True)
    ours = Word2Vec(common_texts, min_count=1, compute_loss=True)
    missing = [name for name in vars(theirs) if not hasattr(ours, name)]
    assert not missing
    assert not [name for name in vars(theirs.wv) if not hasattr(ours.wv, name)]
    public = [name for name in dir(theirs) if not name.startswith("_") and not hasattr(ours, name)]
    assert not public
    assert not [name for name in dir(gensim.models.keyedvectors.KeyedVectors) if not name.startswith("_") and not hasattr(KeyedVectors, name) and name not in ("vocab", "index2word", "index2entity", "vectors_norm")]


def test_signatures_are_gensims():
    import inspect

    pairs = [(gensim.models.word2vec.Word2Vec, Word2Vec), (gensim.models.keyedvectors.KeyedVectors, KeyedVectors)]
    for theirs, ours in pairs:
        for name, method in inspect.getmembers(theirs, inspect.isfunction):
            if name.startswith("_") and name != "__init__":
                continue
            expected = list(inspect.signature(method).parameters)
            got = list(inspect.signature(getattr(ours, name)).parameters)
            expected = [parameter for parameter in expected if parameter not in ("args", "kwargs")]
            got = [parameter for parameter in got if parameter in expected or parameter not in ("args", "kwargs")]
            assert got[: len(expected)] == expected or name in ("save",), (name, got, expected)
