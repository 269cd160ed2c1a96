"""Columns of pandas, polars, pyarrow and Hugging Face's datasets: in as text, out as tables of vectors."""

import importlib
import tracemalloc

import numpy as np
import pytest

import rapidvec

TEXTS = ["the king rules", "the queen rules", "왕 은 the king"] * 40
LISTS = [text.split() for text in TEXTS]
SETTINGS = {"min_count": 1, "vector_size": 8, "epochs": 1, "subsample": 0, "threads": 1}


def train(data=None, **settings):
    return rapidvec.train(data, **{**SETTINGS, **settings}).vectors


@pytest.fixture(scope="module")
def expected():
    """What lists of lists give: every other way has to give the same bits."""
    return train(LISTS)


def needs(name):
    return pytest.importorskip(name, reason=f"{name} is not installed")


def pandas_columns():
    pandas, pyarrow = needs("pandas"), needs("pyarrow")
    texts, lists = pandas.ArrowDtype(pyarrow.string()), pandas.ArrowDtype(pyarrow.list_(pyarrow.string()))
    return {
        "texts": pandas.Series(TEXTS),
        "texts as objects": pandas.Series(TEXTS, dtype=object),
        "texts as Arrow": pandas.Series(TEXTS, dtype=texts),
        "texts as categories": pandas.Series(TEXTS, dtype="category"),
        "a column of a table, filtered": pandas.DataFrame({"text": ["x y", *TEXTS], "keep": [False] + [True] * len(TEXTS)}).query("keep")["text"],
        "an index": pandas.Index(TEXTS),
        "lists": pandas.Series(LISTS),
        "lists as Arrow": pandas.Series(LISTS, dtype=lists),
        "split texts": pandas.Series(TEXTS).str.split(),
        "missing texts": pandas.Series([None, *TEXTS, None]),
        "missing lists": pandas.Series([*LISTS[:50], None, *LISTS[50:]]),
    }


def polars_columns():
    polars = needs("polars")
    return {
        "texts": polars.Series(TEXTS),
        "texts as categories": polars.Series(TEXTS, dtype=polars.Categorical),
        "a column of a table, filtered": polars.DataFrame({"text": ["x y", *TEXTS]}).filter(polars.col("text") != "x y")["text"],
        "lists": polars.Series(LISTS),
        "arrays": polars.Series([words[:3] for words in LISTS[:2]] * 40, dtype=polars.Array(polars.String, 3)),
        "split texts": polars.Series(TEXTS).str.split(" "),
        "in two chunks": polars.concat([polars.Series(TEXTS[:50]), polars.Series(TEXTS[50:])], rechunk=False),
        "a slice": polars.Series(["x y", *TEXTS])[1:],
        "missing texts": polars.Series([None, *TEXTS, None]),
        "missing lists": polars.Series([*LISTS[:50], None, *LISTS[50:]]),
    }


def pyarrow_columns():
    pyarrow = needs("pyarrow")
    string = pyarrow.string()
    return {
        "texts": pyarrow.array(TEXTS),
        "large texts": pyarrow.array(TEXTS, pyarrow.large_string()),
        "views": pyarrow.array(TEXTS, pyarrow.string_view()),
        "dictionary": pyarrow.array(TEXTS).dictionary_encode(),
        "in two chunks": pyarrow.chunked_array([TEXTS[:50], TEXTS[50:]]),
        "a slice": pyarrow.array(["x y", *TEXTS, "z"]).slice(1, len(TEXTS)),
        "a column of a table": pyarrow.table({"text": TEXTS})["text"],
        "lists": pyarrow.array(LISTS),
        "large lists": pyarrow.array(LISTS, pyarrow.large_list(string)),
        "lists, a slice": pyarrow.array([["x", "y"], *LISTS]).slice(1),
        "lists in two chunks": pyarrow.chunked_array([LISTS[:50], LISTS[50:]]),
        "missing texts": pyarrow.array([None, *TEXTS, None]),
        "missing lists": pyarrow.array([*LISTS[:50], None, *LISTS[50:]]),
    }


def datasets_columns():
    dataset = needs("datasets").Dataset.from_dict({"text": TEXTS, "tokens": LISTS})
    return {"texts": dataset["text"], "lists": dataset["tokens"], "Arrow": dataset.data.column("text"), "shuffled back": dataset.select(range(120))["text"]}


@pytest.mark.parametrize("make", [pandas_columns, polars_columns, pyarrow_columns, datasets_columns])
def test_a_column_trains_as_a_list_does(make, expected):
    for name, column in make().items():
        got = train(column)
        wanted = train([words[:3] for words in LISTS[:2]] * 40) if name == "arrays" else expected
        assert got.words == wanted.words, name
        assert got.matrix().tobytes() == wanted.matrix().tobytes(), name


@pytest.mark.parametrize("array", [np.array(TEXTS), np.array(TEXTS, dtype=object)], ids=["fixed", "objects"])
def test_arrays_of_numpy(array, expected):
    assert train(array).matrix().tobytes() == expected.matrix().tobytes()
    assert train(texts=array).matrix().tobytes() == expected.matrix().tobytes()


@pytest.mark.parametrize("make", [pandas_columns, polars_columns, pyarrow_columns])
def test_columns_are_taken_as_texts_and_as_held_out_text(make, expected):
    column = make()["texts"]
    assert train(texts=column).matrix().tobytes() == expected.matrix().tobytes()
    assert rapidvec.train(column, valid=column, **SETTINGS).held_out.keys() == {1}


@pytest.mark.parametrize("make", [pandas_columns, polars_columns, pyarrow_columns])
def test_options_of_reading_hold_for_columns(make):
    columns = make()
    assert train(columns["texts"], tokenizer="unicode", max_vocab=2).words == ["the", "king"]
    assert "왕" in train(columns["lists"], lower=True)


@pytest.mark.parametrize(("module", "make"), [("pandas", "DataFrame"), ("polars", "DataFrame"), ("pyarrow", "table")])
def test_a_table_is_refused_with_the_names_of_its_columns(module, make):
    table = getattr(needs(module), make)({"text": TEXTS})
    with pytest.raises(TypeError, match=r"got a table; pass one of its columns \(text\)"):
        train(table)


@pytest.mark.parametrize(("module", "make"), [("pandas", "Series"), ("polars", "Series"), ("pyarrow", "array")])
def test_a_column_of_numbers_is_refused(module, make):
    with pytest.raises(TypeError, match="got Int64"):
        train(getattr(needs(module), make)([1, 2, 3]))


@pytest.mark.parametrize("module", ["polars", "pyarrow"])
def test_texts_of_a_column_do_not_become_python_objects(module):
    """Python's own memory stays far below the size of the text."""
    column = {"polars": "Series", "pyarrow": "array"}[module]
    column = getattr(needs(module), column)(["the king and the queen rule the land of the old tales"] * 50_000)
    tracemalloc.start()
    train(column)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 500_000


# ---- out


@pytest.fixture(params=[[7, 5, 3], None], ids=["counts", "no counts"])
def vectors(request):
    return rapidvec.Vectors.from_arrays(["the", "왕", "two words"], [[1, 2], [3, 4], [5, 6]], request.param)


def test_pandas_has_a_row_for_each_word(vectors):
    pandas = needs("pandas")
    table = vectors.to_pandas()
    assert isinstance(table, pandas.DataFrame)
    assert table.index.name == "word" and list(table.index) == vectors.words
    assert (table.dtypes == np.float32).all()
    assert table.loc["왕"].tolist() == [3, 4]


def test_polars_has_columns_of_words_counts_and_vectors(vectors):
    polars = needs("polars")
    table = vectors.to_polars()
    assert table.columns == (["word", "count", "vector"] if vectors.counts is not None else ["word", "vector"])
    assert table.schema["vector"] == polars.Array(polars.Float32, 2)
    assert table.filter(polars.col("word") == "왕")["vector"].to_list() == [[3, 4]]
    if vectors.counts is not None:
        assert table["count"].to_list() == [7, 5, 3]


def test_arrow_has_the_same_without_a_copy(vectors):
    pyarrow = needs("pyarrow")
    table = vectors.to_arrow()
    assert table.column_names == (["word", "count", "vector"] if vectors.counts is not None else ["word", "vector"])
    column = table["vector"].chunk(0)
    assert column.type == pyarrow.list_(pyarrow.float32(), 2)
    numbers = column.flatten().to_numpy(zero_copy_only=True)
    assert np.shares_memory(numbers, vectors.matrix())


@pytest.mark.parametrize("out", ["to_pandas", "to_polars", "to_arrow"])
def test_tables_outlive_the_vectors(out):
    needs({"to_pandas": "pandas", "to_polars": "polars", "to_arrow": "pyarrow"}[out])
    table = getattr(rapidvec.Vectors.from_arrays([f"w{place}" for place in range(5000)], np.arange(50_000).reshape(5000, 10)), out)()
    _ = [np.full(50_000, -1.0, dtype=np.float32) for _ in range(50)]
    if out == "to_pandas":
        last = table.iloc[-1].to_numpy()
    else:
        last = np.array((table["vector"].to_list() if out == "to_polars" else table["vector"].to_pylist())[-1])
    assert last.tolist() == list(range(49_990, 50_000))


def test_tables_go_to_files_and_come_back(vectors, tmp_path):
    needs("pyarrow")
    parquet = importlib.import_module("pyarrow.parquet")
    parquet.write_table(vectors.to_arrow(), tmp_path / "v.parquet")
    table = parquet.read_table(tmp_path / "v.parquet")
    numbers = np.stack(table["vector"].to_numpy())
    counts = table["count"].to_numpy() if "count" in table.column_names else None
    back = rapidvec.Vectors.from_arrays(table["word"].to_pylist(), numbers, counts)
    assert back.words == vectors.words
    np.testing.assert_array_equal(back.matrix(), vectors.matrix())


def test_a_mapped_file_becomes_a_table(vectors, tmp_path):
    needs("pyarrow")
    vectors.save(tmp_path / "v.safetensors")
    opened = rapidvec.open(tmp_path / "v.safetensors")
    assert opened.to_arrow().equals(vectors.to_arrow())
