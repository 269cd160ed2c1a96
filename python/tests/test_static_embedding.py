"""The folder that sentence-transformers and model2vec open."""

import json
import struct

import numpy as np
import pytest

import rapidvec
from rapidvec.sentence_transformers import export_static_embedding

WORDS = ["the", "king", "왕", "zero", "[UNK]", 'quo"ted', "two words"]
NUMBERS = [[3, 4, 0], [0, -2, 0], [1, 1, 1], [0, 0, 0], [5, 0, 0], [0, 0, 7], [1, 0, 1]]
COUNTS = [900, 50, 20, 10, 10, 5, 5]


def vectors(counts=COUNTS):
    return rapidvec.Vectors.from_arrays(WORDS, NUMBERS, counts)


def read_matrix(path):
    """The numbers of a safetensors file with one tensor, by the format's definition."""
    data = path.read_bytes()
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + size])
    tensor = header.pop("embedding.weight")
    assert header == {"__metadata__": {"format": "pt"}}
    start, end = tensor["data_offsets"]
    assert start == 0 and 8 + size + end == len(data) and (8 + size) % 64 == 0
    return np.frombuffer(data[8 + size :], dtype="<f4").reshape(tensor["shape"])


def cosine(one, other):
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def test_the_matrix_has_zeros_and_then_unit_vectors(tmp_path):
    export_static_embedding(vectors(), tmp_path / "new" / "folder")
    matrix = read_matrix(tmp_path / "new/folder/0_StaticEmbedding/model.safetensors")
    assert matrix.shape == (len(WORDS) + 1, 3)
    assert not matrix[0].any() and not matrix[4].any()
    np.testing.assert_allclose(matrix[1], [0.6, 0.8, 0], rtol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(matrix[[1, 2, 3, 5, 6, 7]], axis=1), 1, rtol=1e-6)


def test_sif_scales_rows_as_embed_does(tmp_path):
    own = vectors()
    export_static_embedding(own, tmp_path, weighting="sif", a=1e-2)
    matrix = read_matrix(tmp_path / "0_StaticEmbedding/model.safetensors")
    for row, word in enumerate(WORDS[:-1], 1):
        np.testing.assert_allclose(matrix[row], own.embed(word, weighting="sif", a=1e-2), rtol=1e-6)


def test_many_rows_are_written_in_shares(tmp_path, monkeypatch):
    export_static_embedding(vectors(), tmp_path / "whole")
    monkeypatch.setattr("rapidvec.sentence_transformers._ROWS", 2)
    export_static_embedding(vectors(), tmp_path / "shares")
    name = "0_StaticEmbedding/model.safetensors"
    assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "shares" / name).read_bytes()


def test_safetensors_reads_the_matrix(tmp_path):
    safetensors = pytest.importorskip("safetensors.numpy", reason="safetensors is not installed")
    export_static_embedding(vectors(), tmp_path)
    path = tmp_path / "0_StaticEmbedding/model.safetensors"
    np.testing.assert_array_equal(safetensors.load_file(path)["embedding.weight"], read_matrix(path))


def test_rapidvec_opens_its_own_export_as_no_model(tmp_path):
    """The file holds numbers without words: that is said, and nothing is opened by guess."""
    export_static_embedding(vectors(), tmp_path)
    with pytest.raises(rapidvec.FormatError):
        rapidvec.open(tmp_path / "0_StaticEmbedding/model.safetensors")


def test_the_folder_is_what_sentence_transformers_looks_for(tmp_path):
    paths = export_static_embedding(vectors(), tmp_path)
    assert sorted(path.relative_to(tmp_path).as_posix() for path in paths) == [
        "0_StaticEmbedding/model.safetensors",
        "0_StaticEmbedding/tokenizer.json",
        "config_sentence_transformers.json",
        "modules.json",
    ]
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == sorted(paths)
    (module,) = json.loads((tmp_path / "modules.json").read_text())
    assert module == {"idx": 0, "name": "0", "path": "0_StaticEmbedding", "type": "sentence_transformers.models.StaticEmbedding"}
    assert json.loads((tmp_path / "config_sentence_transformers.json").read_text())["model_type"] == "SentenceTransformer"


def test_nothing_is_replaced_unless_asked(tmp_path):
    (tmp_path / "modules.json").write_text("mine")
    with pytest.raises(FileExistsError, match="modules.json exists; pass overwrite=True"):
        export_static_embedding(vectors(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["modules.json"]
    export_static_embedding(vectors(), tmp_path, overwrite=True)
    assert (tmp_path / "modules.json").read_text() != "mine"


def test_a_failed_write_leaves_no_piece(tmp_path, monkeypatch):
    def full(*_):
        raise OSError("no space")

    monkeypatch.setattr("rapidvec.sentence_transformers._write_matrix", full)
    with pytest.raises(OSError, match="no space"):
        export_static_embedding(vectors(), tmp_path)
    assert [path.name for path in (tmp_path / "0_StaticEmbedding").iterdir()] == ["tokenizer.json"]


@pytest.mark.parametrize(
    ("counts", "options", "message"),
    [
        (COUNTS, {"weighting": "tfidf"}, 'weighting must be "mean" or "sif", got \'tfidf\''),
        (COUNTS, {"weighting": "sif", "a": 0}, "a must be a positive number, got 0"),
        (None, {"weighting": "sif"}, 'weighting "sif" needs word counts'),
    ],
)
def test_wrong_settings_are_refused_before_anything_is_written(tmp_path, counts, options, message):
    with pytest.raises(ValueError, match=message):
        export_static_embedding(vectors(counts), tmp_path / "folder", **options)
    assert not (tmp_path / "folder").exists()


@pytest.fixture
def tokenizer(tmp_path):
    tokenizers = pytest.importorskip("tokenizers", reason="tokenizers is not installed")

    def load(**options):
        export_static_embedding(vectors(), tmp_path, overwrite=True, **options)
        return tokenizers.Tokenizer.from_file(str(tmp_path / "0_StaticEmbedding/tokenizer.json"))

    return load


def test_tokenizers_gives_each_word_its_row(tokenizer):
    loaded = tokenizer()
    assert loaded.get_vocab_size() == len(WORDS) + 1
    assert loaded.encode('the  king\t왕\nzero quo"ted').ids == [1, 2, 3, 4, 6]
    assert loaded.encode("castle The two words king").ids == [0, 0, 0, 0, 2]
    assert loaded.encode("").ids == []


def test_a_word_with_the_name_of_unknown_words_stays_a_word(tokenizer):
    assert tokenizer().encode("[UNK] castle").ids == [5, 0]


def test_texts_are_put_in_lower_case_on_request(tokenizer):
    assert tokenizer(lower=True).encode("The KING").ids == [1, 2]


TEXTS = ["the king", "왕 castle the", "king king the unknown", "castle"]


def test_model2vec_gives_the_same_vectors(tmp_path):
    model2vec = pytest.importorskip("model2vec", reason="model2vec is not installed")
    own = vectors()
    export_static_embedding(own, tmp_path)
    model = model2vec.StaticModel.from_pretrained(tmp_path)
    # Unknown words are left out by both.
    np.testing.assert_allclose(model.encode(TEXTS), own.embed(TEXTS), rtol=1e-5, atol=1e-7)


def test_sentence_transformers_gives_vectors_of_the_same_direction(tmp_path):
    theirs = pytest.importorskip("sentence_transformers", reason="sentence-transformers is not installed")
    own = vectors()
    export_static_embedding(own, tmp_path)
    rows = theirs.SentenceTransformer(str(tmp_path), device="cpu").encode(TEXTS)
    for row, expected in zip(rows[:3], own.embed(TEXTS[:3])):
        assert cosine(row, expected) == pytest.approx(1, abs=1e-6)
    assert not rows[3].any()


def test_documented_examples_run():
    import doctest

    import rapidvec.sentence_transformers

    assert doctest.testmod(rapidvec.sentence_transformers).failed == 0
