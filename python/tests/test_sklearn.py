"""Transformers of scikit-learn: in pipelines, searches, copies, tables."""

import pickle

import numpy as np
import pytest

import rapidvec

pytest.importorskip("sklearn", reason="scikit-learn is not installed")

from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.utils.estimator_checks import check_estimator

from rapidvec.sklearn import PretrainedVectorizer, Word2VecVectorizer

ANIMALS = ["the cat purrs", "a cat sleeps", "the dog barks", "a dog runs"]
CITIES = ["the tram stops", "a tram rings", "the bridge spans", "a bridge shines"]
TEXTS = (ANIMALS + CITIES) * 15
LABELS = ([0] * 4 + [1] * 4) * 15


def small(**settings):
    defaults = {"vector_size": 12, "model": "skipgram", "subsample": 0.0, "epochs": 10, "random_state": 1}
    return Word2VecVectorizer(**{**defaults, **settings})


def pretrained(counts=(6, 3, 1)):
    return rapidvec.Vectors.from_arrays(["the", "king", "zero"], [[3, 4], [0, -2], [0, 0]], counts)


@pytest.mark.filterwarnings("ignore:Can't test estimator")
@pytest.mark.parametrize("estimator", [small(), PretrainedVectorizer(pretrained())], ids=["train", "pretrained"])
def test_scikit_learns_own_check_passes(estimator):
    check_estimator(estimator)


def test_dense_float32_rows_of_unit_means():
    rows = small().fit_transform(TEXTS)
    assert rows.shape == (len(TEXTS), 12)
    assert rows.dtype == np.float32
    assert (np.linalg.norm(rows, axis=1) <= 1.0001).all()
    assert np.linalg.norm(rows, axis=1).min() > 0.1


@pytest.mark.parametrize("weighting", ["mean", "sif"])
def test_vectors_are_those_of_embed(weighting):
    vectorizer = small(weighting=weighting).fit(TEXTS)
    texts = ["the cat and the dog", "nothing known", "", "bridge"]
    expected = vectorizer.vectors_.embed(texts, weighting=weighting)
    np.testing.assert_allclose(vectorizer.transform(texts), expected, rtol=1e-6, atol=1e-7)
    assert not expected[1].any() and expected[3].any()


def test_tfidf_weights_as_scikit_learn_computes_them():
    texts = ["the king", "the the zero", "the", "unheard"]
    vectorizer = PretrainedVectorizer(pretrained(), weighting="tfidf").fit(texts)
    theirs = TfidfVectorizer(norm=None, vocabulary=["the", "king", "zero"]).fit(texts)
    assert vectorizer.idf_ == pytest.approx(dict(zip(["the", "king", "zero"], theirs.idf_)))
    weights = theirs.transform(texts).toarray()
    units = np.array([[0.6, 0.8], [0, -1], [0, 0]])
    expected = weights @ units / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
    np.testing.assert_allclose(vectorizer.transform(texts), expected, rtol=1e-6)


def test_words_with_vectors_from_n_grams_count_as_known():
    class WithNgrams:  # as a fastText model answers
        vector_size = 2
        counts = None

        def get(self, word):
            return np.array([1.0, 0.0], dtype=np.float32) if word == "kingly" else None

        def __contains__(self, word):
            return False

    vectorizer = PretrainedVectorizer(pretrained(), weighting="tfidf")
    vectorizer._vectors_of = lambda _: WithNgrams()
    assert vectorizer.fit_transform(["kingly man", "man"]).tolist() == [[1.0, 0.0], [0.0, 0.0]]


def test_same_seed_same_bits():
    first, second = small().fit_transform(TEXTS), small().fit_transform(TEXTS)
    assert first.tobytes() == second.tobytes()
    assert small(random_state=2).fit_transform(TEXTS).tobytes() != first.tobytes()


def test_random_state_none_follows_numpys_global_seed():
    np.random.seed(5)
    first = small(random_state=None).fit_transform(TEXTS)
    np.random.seed(5)
    assert small(random_state=None).fit_transform(TEXTS).tobytes() == first.tobytes()


def test_fit_transform_is_fit_and_transform_with_one_split():
    calls = []

    def split(text):
        calls.append(text)
        return text.split()

    at_once = small(tokenizer=split).fit_transform(TEXTS)
    assert len(calls) == len(TEXTS)
    assert at_once.tobytes() == small(tokenizer=str.split).fit(TEXTS).transform(TEXTS).tobytes()


@pytest.mark.parametrize("container", [list, tuple, iter, np.array, "pandas", "polars"])
def test_takes_any_iterable_of_str(container):
    if isinstance(container, str):
        container = pytest.importorskip(container).Series
    rows = small().fit_transform(container(TEXTS))
    assert rows.tobytes() == small().fit_transform(TEXTS).tobytes()


def test_tokenizers():
    def words(text, **settings):
        return sorted(small(min_count=1, **settings).fit([text] * 3).vectors_.words)

    text = "Don't stop, 한국어 3.14 New-York!"
    assert words(text) == ["14", "3", "don't", "new", "stop", "york", "한국어"]
    assert words(text) == words(text, tokenizer="words")
    assert words(text, tokenizer="whitespace") == ["3.14", "don't", "new-york!", "stop,", "한국어"]
    assert words(text, tokenizer="whitespace", lowercase=False) == ["3.14", "Don't", "New-York!", "stop,", "한국어"]
    assert words(["New York", "Rome"], tokenizer=list) == ["new york", "rome"]


def test_pipeline_learns():
    pipeline = make_pipeline(small(), LogisticRegression(C=100))
    assert cross_val_score(pipeline, TEXTS, LABELS, cv=3).min() == 1.0
    assert pipeline.fit(TEXTS, LABELS).predict(["my cat sleeps", "this bridge rings"]).tolist() == [0, 1]


def test_grid_search_over_settings_and_weightings():
    pipeline = Pipeline([("words", small()), ("classify", LogisticRegression(C=100))])
    grid = {"words__vector_size": [4, 8], "words__weighting": ["mean", "sif", "tfidf"], "words__tokenizer": [None, str.split]}
    search = GridSearchCV(pipeline, grid, cv=2, n_jobs=2).fit(TEXTS, LABELS)
    assert search.best_score_ > 0.9
    assert not np.isnan(search.cv_results_["mean_test_score"]).any()


def test_feature_union_with_counts():
    union = FeatureUnion([("counts", CountVectorizer()), ("vectors", small())])
    rows = union.fit_transform(TEXTS)
    assert rows.shape[1] == len(union.named_transformers["counts"].vocabulary_) + 12
    assert union.get_feature_names_out()[-1] == "vectors__word2vecvectorizer11"


def test_column_transformer_takes_a_column():
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"text": TEXTS, "length": [len(text) for text in TEXTS]})
    columns = ColumnTransformer([("text", small(), "text"), ("rest", "passthrough", ["length"])])
    rows = columns.fit_transform(table)
    assert rows.shape == (len(TEXTS), 13)
    assert rows[:, :12].astype(np.float32).tobytes() == small().fit_transform(TEXTS).tobytes()


def test_pandas_and_polars_output():
    pandas = pytest.importorskip("pandas")
    table = small().set_output(transform="pandas").fit_transform(pandas.Series(TEXTS, index=range(100, 100 + len(TEXTS))))
    assert isinstance(table, pandas.DataFrame)
    assert list(table.columns) == [f"word2vecvectorizer{place}" for place in range(12)]
    assert table.index[0] == 100
    polars = pytest.importorskip("polars")
    assert isinstance(small().set_output(transform="polars").fit(TEXTS).transform(TEXTS), polars.DataFrame)


def test_feature_names_need_a_fitted_transformer():
    with pytest.raises(NotFittedError):
        small().get_feature_names_out()
    with pytest.raises(NotFittedError):
        small().transform(TEXTS)


def test_tags():
    tags = small().__sklearn_tags__()
    assert tags.input_tags.string and not tags.input_tags.two_d_array
    assert not tags.target_tags.required


def test_clone_forgets_what_was_learned():
    vectorizer = small(weighting="tfidf").fit(TEXTS)
    copy = clone(vectorizer)
    assert copy.get_params() == vectorizer.get_params()
    assert not hasattr(copy, "vectors_")


@pytest.mark.parametrize("weighting", ["mean", "sif", "tfidf"])
def test_pickle_keeps_what_was_learned(weighting):
    vectorizer = small(weighting=weighting).fit(TEXTS)
    copy = pickle.loads(pickle.dumps(vectorizer))
    texts = ["the cat", "unheard bridge"]
    np.testing.assert_array_equal(copy.transform(texts), vectorizer.transform(texts))


def test_pretrained_vectors_from_a_file(tmp_path):
    vectors = pretrained()
    vectors.save(tmp_path / "v.safetensors")
    texts = ["The king", "zero zero", "unknown"]
    opened = PretrainedVectorizer(tmp_path / "v.safetensors", weighting="sif").fit_transform(texts)
    given = PretrainedVectorizer(vectors, weighting="sif").fit(["whatever"]).transform(texts)
    np.testing.assert_array_equal(opened, given)
    np.testing.assert_allclose(opened, vectors.embed(texts, weighting="sif", lower=True), rtol=1e-6)
    copy = clone(PretrainedVectorizer(vectors))
    np.testing.assert_array_equal(copy.fit_transform(texts), vectors.embed(texts, lower=True))


def test_many_texts_are_embedded_in_shares(monkeypatch):
    vectorizer = small(weighting="tfidf").fit(TEXTS)
    whole = vectorizer.transform(TEXTS)
    monkeypatch.setattr("rapidvec.sklearn._SHARE", 7)
    assert vectorizer.transform(TEXTS).tobytes() == whole.tobytes()
    assert vectorizer.transform([]).shape == (0, 12)


@pytest.mark.parametrize(
    ("settings", "texts", "message"),
    [
        ({}, "one text", "expected an iterable of texts, got one str"),
        ({}, [*TEXTS, float("nan")], "text 120 must be a str, got float"),
        ({}, [["a", "b"]], "text 0 must be a str, got list"),
        ({"weighting": "max"}, TEXTS, "weighting must be one of mean, sif, tfidf, got 'max'"),
        ({"sif_weight": 0}, TEXTS, "sif_weight must be a positive number, got 0"),
        ({"tokenizer": "spacy"}, TEXTS, "tokenizer must be a function or one of words, whitespace, got 'spacy'"),
        ({"vector_size": 0}, TEXTS, "vector_size"),
        ({"min_count": 1000}, TEXTS, ""),
        ({}, [], ""),
    ],
)
def test_wrong_input_is_a_value_error(settings, texts, message):
    with pytest.raises(ValueError) as error:
        small(**settings).fit(texts)
    assert message in str(error.value)


def test_pretrained_vectors_that_do_not_fit():
    with pytest.raises(ValueError, match="needs word counts"):
        PretrainedVectorizer(rapidvec.Vectors.from_arrays(["a", "b"], [[1], [2]]), weighting="sif").fit(["a"])
    with pytest.raises(TypeError, match="must be rapidvec.Vectors or a path, got int"):
        PretrainedVectorizer(3).fit(["a"])
    with pytest.raises(FileNotFoundError):
        PretrainedVectorizer("no/such.vec").fit(["a"])


def test_documented_examples_run():
    import doctest

    import rapidvec.sklearn

    assert doctest.testmod(rapidvec.sklearn).failed == 0
