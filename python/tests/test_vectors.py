"""Vectors: arrays, answers against NumPy, files, copies."""

import copy
import gc
import io
import pickle
import threading
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import rapidvec
from helpers import Program, Sentences
from rapidvec import Model, UnknownWordError, Vectors, _native

WORDS = [f"word{i}" for i in range(397)] + ["왕", "café", "Paris"]


@pytest.fixture(scope="module")
def matrix() -> NDArray[np.float32]:
    return np.random.default_rng(5).standard_normal((len(WORDS), 20), dtype=np.float32)


@pytest.fixture(scope="module")
def vectors(matrix: NDArray[np.float32]) -> Vectors:
    return Vectors.from_arrays(WORDS, matrix, counts=np.arange(1000, 1000 - len(WORDS), -1))


@pytest.fixture(scope="module")
def unit(matrix: NDArray[np.float32]) -> NDArray[np.float64]:
    rows = matrix.astype(np.float64)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def model(sentences: Sentences) -> Model:
    return rapidvec.train(sentences, vector_size=20, epochs=1, threads=1)


# ---- arrays


def test_a_file_is_opened_in_part_or_with_the_words_of_another(tmp_path: Path) -> None:
    table = tmp_path / "numberbatch.txt"
    table.write_text("3 2\n/c/en/cat 1 2\n/c/ko/고양이 3 4\n/c/en/dog 5 6\n", encoding="utf-8")
    assert rapidvec.open(table, language="en").words == ["cat", "dog"]
    np.save(tmp_path / "matrix.npy", np.array([[1, 2], [3, 4]], np.float32))
    (tmp_path / "words.txt").write_text("a\nb\n")
    opened = rapidvec.open(tmp_path / "matrix.npy", words=tmp_path / "words.txt")
    assert opened["b"].tolist() == [3, 4]
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("one.txt", "1 2\na 1 2\n")
        archive.writestr("two.txt", "1 2\nb 3 4\n")
    assert rapidvec.open(tmp_path / "two.zip", member="two.txt").words == ["b"]
    with pytest.raises(rapidvec.FormatError, match="has no output vectors"):
        rapidvec.open(table, matrix="output")
    with pytest.raises(ValueError, match="matrix must be input, output or joined, got both"):
        rapidvec.open(table, matrix="both")


def test_matrix_is_the_models_memory_and_read_only(model: Model) -> None:
    first, second = model.vectors.matrix(), model.vectors.matrix()
    assert np.shares_memory(first, second)
    assert first.dtype == np.float32 and first.shape == model.vectors.shape
    assert first.flags.c_contiguous and not first.flags.writeable and not first.flags.owndata
    with pytest.raises(ValueError):
        first[0, 0] = 1
    with pytest.raises(ValueError):
        first.setflags(write=True)
    with pytest.raises(ValueError):
        first.resize((1, 1))


def test_a_view_outlives_its_model(sentences: Sentences) -> None:
    model = rapidvec.train(sentences, vector_size=20, epochs=1, threads=1)
    view, expected = model.vectors.matrix()[3:7], model.vectors.matrix().copy()
    del model
    gc.collect()
    # What would be freed now is handed out again and written over.
    others = [np.full(expected.shape, 7.0, dtype=np.float32) for _ in range(20)]
    assert view.tobytes() == expected[3:7].tobytes()
    assert len(others) == 20


def test_a_mapped_file_is_shown_without_a_copy(tmp_path: Path, model: Model) -> None:
    path = tmp_path / "model.safetensors"
    model.save(path)
    opened = rapidvec.open(path)
    first, second = opened.matrix(), opened.matrix()
    assert np.shares_memory(first, second) and not first.flags.writeable
    with pytest.raises(ValueError):
        first.setflags(write=True)
    del opened, second
    gc.collect()
    assert first.tobytes() == model.vectors.matrix().tobytes()


def test_half_precision_is_shown_as_a_copy(tmp_path: Path, vectors: Vectors, matrix: NDArray[np.float32]) -> None:
    path = tmp_path / "half.safetensors"
    vectors.save(path, half=True)
    opened = rapidvec.open(path)
    first, second = opened.matrix(), opened.matrix()
    assert first.dtype == np.float32 and not np.shares_memory(first, second)
    assert first.flags.writeable and first.flags.owndata or first.base is not None
    assert np.array_equal(first, matrix.astype(np.float16).astype(np.float32))


def test_arrays_by_protocol(vectors: Vectors, matrix: NDArray[np.float32]) -> None:
    assert np.shares_memory(np.asarray(vectors), vectors.matrix())
    assert not np.shares_memory(np.array(vectors), vectors.matrix())
    assert np.asarray(vectors, dtype=np.float64).dtype == np.float64
    with pytest.raises(ValueError):
        vectors.__array__(np.float64, copy=False)
    lent: Any = np.from_dlpack(vectors)
    assert np.array_equal(lent, matrix) and not np.shares_memory(lent, vectors.matrix())


def test_a_row_is_a_copy_that_may_be_changed(vectors: Vectors) -> None:
    row = vectors["왕"]
    row[0] = 99
    assert vectors["왕"][0] != 99 and vectors.matrix()[vectors.id("왕"), 0] != 99


def test_from_arrays_copies_any_kind_of_numbers(matrix: NDArray[np.float32]) -> None:
    for given in (matrix.astype(np.float64), np.asfortranarray(matrix), matrix[::-1][::-1], matrix.tolist()):
        assert np.array_equal(Vectors.from_arrays(WORDS, given).matrix(), matrix)
    own = matrix.copy()
    made = Vectors.from_arrays(WORDS, own)
    own[:] = 0
    assert np.array_equal(made.matrix(), matrix)


def test_output_vectors(model: Model, sentences: Sentences) -> None:
    assert model.output.shape == model.vectors.shape and np.isfinite(model.output).all()
    tree = rapidvec.train(sentences, vector_size=20, epochs=1, hierarchical_softmax=True, threads=1)
    assert tree.output.shape == (len(tree) - 1, 20)


# ---- the arrays of the gensim layer's training


def training(rows: int = 3, **settings: Any) -> _native.Training:
    corpus = _native.Corpus.from_sentences([["a", "b", "c"]] * 200)
    corpus.renumber(np.arange(3, dtype=np.uint32), 3)
    given: dict[str, Any] = {"vectors": None, "syn1": None, "syn1neg": None, **settings}
    return _native.Training(
        corpus,
        np.full(rows, 200, dtype=np.uint64),
        given["vectors"],
        given["syn1"],
        given["syn1neg"],
        vector_size=20,
        sg=True,
        hs=given["syn1"] is not None,
        negative=5,
        ns_exponent=0.75,
        sample=0.0,
        window=2,
        shrink_windows=True,
        cbow_mean=True,
        alpha=0.025,
        min_alpha=0.0001,
        epochs=2,
        seed=1,
        threads=1,
        shuffle=True,
        locked=given.get("locked"),
    )


def test_taken_matrices_are_writable_and_own_their_memory() -> None:
    run = training(syn1=np.zeros((3, 20), dtype=np.float32))
    assert run.epoch() is False and run.epoch() is True
    arrays = run.take()
    del run
    gc.collect()
    for array in arrays:
        assert array is not None and array.shape == (3, 20) and array.flags.c_contiguous and array.flags.writeable
        assert array.base is not None and np.isfinite(array).all()
        memoryview(array).cast("B")
        array[:] = 1
        assert array.sum() == 60
    assert not np.shares_memory(arrays[0], arrays[2] if arrays[2] is not None else arrays[0])


def test_arrays_are_read_when_made_and_written_when_asked() -> None:
    vectors, output = np.full((3, 20), 0.25, dtype=np.float32), np.zeros((3, 20), dtype=np.float32)
    run = training(vectors=vectors, syn1neg=output)
    run.epoch()
    assert (vectors == 0.25).all() and not output.any()
    run.store()
    assert not (vectors == 0.25).all() and output.any()
    after = vectors.copy()
    vectors[:] = 3
    run.load()
    vectors[:] = 0
    run.store()
    assert (vectors == 3).all() and after.any()


def test_locked_rows_stay() -> None:
    vectors = np.full((3, 20), 0.25, dtype=np.float32)
    run = training(vectors=vectors, locked=np.array([False, True, False]))
    run.epoch()
    run.store()
    assert (vectors[1] == 0.25).all() and not (vectors[0] == 0.25).all()


def test_training_refuses_arrays_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="vectors must be 3 x 20, got 2 x 20"):
        training(vectors=np.zeros((2, 20), dtype=np.float32))
    with pytest.raises(ValueError, match="locked"):
        training(locked=np.zeros(2, dtype=bool))
    run = training()
    run.take()
    with pytest.raises(RuntimeError, match="over"):
        run.epoch()


def test_an_array_in_fortrans_order_is_refused() -> None:
    with pytest.raises(ValueError, match="contiguous"):
        training(vectors=np.zeros((20, 3), dtype=np.float32).T)


def test_files_are_not_written_from_an_array_in_fortrans_order(tmp_path: Path) -> None:
    path, numbers = tmp_path / "v.vec", np.arange(6, dtype=np.float32).reshape(2, 3)
    try:
        _native.save_vectors(path, ["a", "b"], np.asfortranarray(numbers), None, format="word2vec-text")
    except ValueError:
        return
    assert np.array_equal(rapidvec.open(path).matrix(), numbers)


# ---- questions, against NumPy


def nearest(unit: NDArray[np.float64], query: NDArray[np.float64], without: set[int], k: int, last: int | None = None) -> list[str]:
    scores = unit[:last] @ query
    return [WORDS[i] for i in np.argsort(-scores) if i not in without][:k]


def test_most_similar(vectors: Vectors, unit: NDArray[np.float64]) -> None:
    for word in ("word7", "왕", "word396"):
        row = WORDS.index(word)
        found = vectors.most_similar(word, 8)
        assert [answer for answer, _ in found] == nearest(unit, unit[row], {row}, 8)
        scores = [unit[WORDS.index(answer)] @ unit[row] for answer, _ in found]
        assert np.allclose([score for _, score in found], scores, atol=1e-6)


def test_batches_and_vectors_give_the_same_answers(vectors: Vectors, matrix: NDArray[np.float32]) -> None:
    words = ["word7", "왕", "word3", "word7"]
    one_by_one = [vectors.most_similar(word, 5) for word in words]
    together = vectors.most_similar(words, 5)
    assert [[word for word, _ in answers] for answers in together] == [[word for word, _ in answers] for answers in one_by_one]
    assert vectors.most_similar(tuple(words), 5) == together
    by_rows = vectors.most_similar(matrix[[7, 3]], 6)
    assert [answers[0][0] for answers in by_rows] == ["word7", "word3"]
    assert [word for word, _ in vectors.most_similar(matrix[7], 6)] == [word for word, _ in by_rows[0]]
    assert vectors.most_similar([], 5) == []


def test_restrict_and_threads(vectors: Vectors, unit: NDArray[np.float64]) -> None:
    found = vectors.most_similar("왕", 5, restrict=50)
    assert [word for word, _ in found] == nearest(unit, unit[397], set(), 5, 50)
    assert vectors.most_similar("왕", 5, threads=1) == vectors.most_similar("왕", 5, threads=7)
    assert len(vectors.most_similar("왕", 10_000)) == len(WORDS) - 1


def test_sums_and_analogies(vectors: Vectors, unit: NDArray[np.float64]) -> None:
    a, b, c = 3, 5, 9
    query = unit[b] - unit[a] + unit[c]
    expected = nearest(unit, query, {a, b, c}, 5)
    weighted = vectors.most_similar_weighted({"word5": 1, "word3": -1, "word9": 1}, 5)
    assert [word for word, _ in weighted] == expected
    assert [word for word, _ in vectors.analogy("word3", "word5", "word9", 5)] == expected
    near = lambda of: (1 + unit @ unit[of]) / 2  # noqa: E731
    product = near(b) * near(c) / (near(a) + 1e-6)  # gensim's constant
    expected = [WORDS[i] for i in np.argsort(-product) if i not in (a, b, c)][:5]
    assert [word for word, _ in vectors.analogy("word3", "word5", "word9", 5, method="mul")] == expected


def test_similarities(vectors: Vectors, matrix: NDArray[np.float32], unit: NDArray[np.float64]) -> None:
    assert vectors.similarity("word1", "word2") == pytest.approx(unit[1] @ unit[2], abs=1e-6)
    means = [matrix[[1, 2]].mean(axis=0), matrix[[3, 4]].mean(axis=0)]
    cosine = means[0] @ means[1] / np.linalg.norm(means[0]) / np.linalg.norm(means[1])
    assert vectors.n_similarity(["word1", "word2"], ["word3", "word4"]) == pytest.approx(cosine, abs=1e-6)
    scores = unit @ unit[1]
    assert vectors.rank("word1", "word2") == int((np.delete(scores, 1) > scores[2]).sum()) + 1
    group = [1, 2, 3, 4, 5]
    mean = unit[group].mean(axis=0)
    assert vectors.odd_one_out([WORDS[i] for i in group]) == WORDS[min(group, key=lambda i: unit[i] @ mean)]


def test_texts(vectors: Vectors, unit: NDArray[np.float64]) -> None:
    rows = vectors.embed(["word1 word2 unknown", "unknown", ""])
    assert rows.shape == (3, 20) and rows.dtype == np.float32
    assert np.allclose(rows[0], unit[[1, 2]].mean(axis=0), atol=1e-6) and not rows[1:].any()
    assert np.array_equal(vectors.embed("word1 word2 unknown"), rows[0])
    assert vectors.embed([]).shape == (0, 20)
    assert vectors.embed(text for text in ["word1"]).shape == (1, 20)
    assert vectors.embed("WORD1", lower=True).any() and not vectors.embed("WORD1").any()
    assert vectors.counts is not None
    total = vectors.counts.sum()
    weights = np.array([1e-3 / (1e-3 + vectors.counts[i] / total) for i in (1, 300)])
    expected = (weights[:, None] * unit[[1, 300]]).mean(axis=0)
    sif = vectors.embed("word1 word300", weighting="sif")
    assert sif @ expected / np.linalg.norm(sif) / np.linalg.norm(expected) == pytest.approx(1, abs=1e-6)


def test_evaluation(tmp_path: Path, vectors: Vectors, unit: NDArray[np.float64]) -> None:
    a, b, c = 3, 5, 9
    right = nearest(unit, unit[b] - unit[a] + unit[c], {a, b, c}, 1)[0]
    questions = tmp_path / "questions.txt"
    questions.write_text(f": one\nword3 word5 word9 {right}\nword3 word5 word9 word11\nword3 word5 word9 unknown\n")
    found = vectors.evaluate(questions)
    assert found["accuracy"] == 0.5
    assert {key: found["total"][key] for key in ("correct", "asked", "unknown")} == {"correct": 1, "asked": 2, "unknown": 1}
    assert [section["name"] for section in found["sections"]] == ["one"]
    pairs = tmp_path / "pairs.tsv"
    chosen = [(i, i + 50) for i in range(30)]
    pairs.write_text("".join(f"word{i}\tword{j}\t{unit[i] @ unit[j] * 10}\n" for i, j in chosen))
    found = vectors.evaluate(pairs)
    assert found["spearman"][0] == pytest.approx(1) and found["pearson"][0] == pytest.approx(1) and found["compared"] == 30


# ---- words


def test_words_and_ids(vectors: Vectors) -> None:
    assert len(vectors) == len(WORDS) and vectors.words == WORDS and list(vectors) == WORDS
    assert vectors.id("왕") == 397 and "왕" in vectors and "queen" not in vectors and 3 not in vectors
    assert vectors.get("queen") is None and vectors.get("queen", 3) == 3
    assert vectors[["왕", "word1"]].shape == (2, 20) and vectors[[]].shape == (0, 20)
    assert vectors.shape == (400, 20) and vectors.vector_size == 20


def test_an_unknown_word_is_a_key_error_with_near_spellings(vectors: Vectors) -> None:
    asked = [
        lambda: vectors["wrd7"],
        lambda: vectors[["word1", "wrd7"]],
        lambda: vectors.id("wrd7"),
        lambda: vectors.most_similar("wrd7"),
        lambda: vectors.most_similar(["word1", "wrd7"]),
        lambda: vectors.most_similar_weighted({"wrd7": 1}),
        lambda: vectors.analogy("word1", "word2", "wrd7"),
        lambda: vectors.similarity("word1", "wrd7"),
        lambda: vectors.n_similarity(["word1"], ["wrd7"]),
        lambda: vectors.rank("word1", "wrd7"),
        lambda: vectors.odd_one_out(["word1", "wrd7", "word3"]),
    ]
    for ask in asked:
        with pytest.raises(KeyError) as caught:
            ask()
        assert isinstance(caught.value, UnknownWordError) and "word7" in caught.value.similar
        assert "wrd7" in str(caught.value) and not str(caught.value).startswith("'")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.similar) == (str(caught.value), caught.value.similar)


# ---- copies


def test_pickle_and_copies_keep_every_bit(vectors: Vectors) -> None:
    copies = [pickle.loads(pickle.dumps(vectors, protocol)) for protocol in range(2, 6)]
    copies += [copy.copy(vectors), copy.deepcopy(vectors)]
    for made in copies:
        assert made.words == vectors.words and made.matrix().tobytes() == vectors.matrix().tobytes()
        assert made.counts.tolist() == vectors.counts.tolist()
        assert made.most_similar("왕", 3) == vectors.most_similar("왕", 3)


def test_pickle_without_counts(matrix: NDArray[np.float32]) -> None:
    assert pickle.loads(pickle.dumps(Vectors.from_arrays(WORDS, matrix))).counts is None


def test_pickle_keeps_what_a_model_says_about_itself(model: Model) -> None:
    made = pickle.loads(pickle.dumps(model.vectors))
    assert made.matrix().tobytes() == model.vectors.matrix().tobytes()
    assert made.metadata == model.vectors.metadata


def test_joblib(tmp_path: Path, vectors: Vectors) -> None:
    joblib = pytest.importorskip("joblib")
    joblib.dump(vectors, tmp_path / "vectors.joblib")
    made = joblib.load(tmp_path / "vectors.joblib")
    assert made.matrix().tobytes() == vectors.matrix().tobytes()
    answers = joblib.Parallel(n_jobs=2)(joblib.delayed(made.most_similar)(word, 2) for word in ("왕", "word1"))
    assert answers == [vectors.most_similar(word, 2) for word in ("왕", "word1")]


def test_threads_ask_at_once(vectors: Vectors) -> None:
    expected = {word: vectors.most_similar(word, 3) for word in WORDS[:40]}
    got: dict[str, Any] = {}
    threads = [threading.Thread(target=lambda w=word: got.update({w: vectors.most_similar(w, 3)})) for word in expected]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert got == expected


# ---- files


@pytest.mark.parametrize("ending", [".safetensors", ".vec", ".txt", ".bin", ".npz", ".pkl", ".vec.gz", ".bin.zst", ".txt.xz", ".vec.bz2"])
def test_every_format_comes_back(tmp_path: Path, vectors: Vectors, ending: str) -> None:
    path = tmp_path / f"vectors{ending}"
    lost = vectors.save(path)
    opened = rapidvec.open(path)
    assert opened.words == WORDS
    assert np.array_equal(opened.matrix(), vectors.matrix())
    assert (opened.counts is None) == bool(lost)
    assert rapidvec.open(path, limit=10).words == WORDS[:10]
    words, rows, _ = _native.load_vectors(str(path))
    assert words == WORDS and np.array_equal(rows, vectors.matrix()) and rows.flags.writeable


def test_save_options(tmp_path: Path, vectors: Vectors, unit: NDArray[np.float64]) -> None:
    path = tmp_path / "vectors.vec"
    vectors.save(path, top=5, normalize=True)
    opened = rapidvec.open(path)
    assert opened.words == WORDS[:5] and np.allclose(opened.matrix(), unit[:5], atol=1e-6)
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        vectors.save(path)
    assert path.read_bytes() == before
    vectors.save(path, overwrite=True, format="glove")
    assert path.read_bytes() != before


def test_a_model_is_not_replaced_unless_asked(tmp_path: Path, model: Model) -> None:
    path = tmp_path / "model.safetensors"
    model.save(path)
    with pytest.raises(FileExistsError):
        model.save(path)
    model.save(path, overwrite=True)


def test_the_command_line_opens_what_python_saves(tmp_path: Path, model: Model, program: Program) -> None:
    for name in ("model.safetensors", "model.vec"):
        path = tmp_path / name
        model.save(path) if name == "model.safetensors" else model.vectors.save(path)
        shown = program("similar", path, "왕", "-k", 3).stdout.split()
        assert [word for word in shown if word in model.vectors] == ["왕", *(w for w, _ in model.vectors.most_similar("왕", 3))]
    assert f"{len(model)}" in program("info", tmp_path / "model.safetensors").stdout.replace(",", "")
    program("verify", tmp_path / "model.safetensors")


def test_python_opens_what_the_command_line_writes(tmp_path: Path, corpus: Path, program: Program) -> None:
    path = tmp_path / "model.safetensors"
    program("train", corpus, "-o", path, "--vector-size", 8, "--epochs", 1, "--seed", 3, "--quiet")
    vectors = rapidvec.open(path)
    assert vectors.metadata["config"]["seed"] == 3 and vectors.vector_size == 8
    words, counts, rows, output, metadata, extra, _ = _native.load_model(path)
    assert words == vectors.words and counts.tolist() == (vectors.counts.tolist() if vectors.counts is not None else [])
    assert np.array_equal(rows, vectors.matrix()) and output is not None and output.shape == rows.shape
    assert "config" in metadata and extra == {}
    program("convert", path, tmp_path / "model.bin")
    assert np.array_equal(rapidvec.open(tmp_path / "model.bin").matrix(), vectors.matrix())


def test_a_model_with_extra_arrays_comes_back(tmp_path: Path, matrix: NDArray[np.float32]) -> None:
    path = tmp_path / "model.safetensors"
    extra = {
        "gensim.a": np.arange(7, dtype=np.float32),
        "gensim.b": np.arange(3, dtype=np.uint32),
        "gensim.c": np.arange(2, dtype=np.uint64),
    }
    counts = np.arange(len(WORDS), 0, -1).astype(np.uint64)
    _native.save_model(path, WORDS, counts, matrix, matrix * 2, {"gensim.note": "한글"}, dict(extra))
    for mmap in (False, True):
        words, got_counts, vectors, output, metadata, got, _ = _native.load_model(path, mmap=mmap)
        assert words == WORDS and got_counts.tolist() == counts.tolist() and metadata["gensim.note"] == "한글"
        assert np.array_equal(vectors, matrix) and output is not None and np.array_equal(output, matrix * 2)
        assert vectors.flags.writeable is not mmap
        assert {name: (a.dtype, a.tolist()) for name, a in got.items()} == {n: (a.dtype, a.tolist()) for n, a in extra.items()}


def test_numpy_reads_our_npz(tmp_path: Path, vectors: Vectors) -> None:
    vectors.save(tmp_path / "v.npz")
    with np.load(io.BytesIO((tmp_path / "v.npz").read_bytes()), allow_pickle=False) as file:
        assert any(np.array_equal(file[name], vectors.matrix()) for name in file.files)


# ---- tables


def test_tables(vectors: Vectors, matrix: NDArray[np.float32]) -> None:
    pandas = pytest.importorskip("pandas")
    table = vectors.to_pandas()
    assert isinstance(table, pandas.DataFrame) and table.loc["왕"].tolist() == matrix[397].tolist()


def test_arrow(vectors: Vectors) -> None:
    pytest.importorskip("pyarrow")
    table = vectors.to_arrow()
    assert table.column_names == ["word", "count", "vector"] and table["word"].to_pylist() == WORDS


def test_polars(vectors: Vectors) -> None:
    pytest.importorskip("polars")
    assert vectors.to_polars()["word"].to_list() == WORDS
