"""Models on the Hub: a local folder, and a Hub on loopback, which other processes talk to, since its address is read once in a process."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from fake_hub import TOKEN, FakeHub

import rapidvec
from rapidvec import hub

SENTENCES = [["the", "king", "rules"], ["the", "queen", "rules"]] * 200
PAIRS = {"kind": "pairs", "spearman": (0.71, 0.01), "pearson": (0.65, 0.02), "compared": 9, "unknown": 0}
ANALOGIES = {"kind": "analogies", "accuracy": 0.25, "total": {}, "sections": []}


@pytest.fixture(scope="module")
def trained():
    return rapidvec.train(SENTENCES, vector_size=8, threads=1)


# ---- folders


def test_a_folder_comes_back(trained, tmp_path):
    paths = hub.save_pretrained(trained, tmp_path / "a" / "words")
    assert [path.name for path in paths] == ["README.md", "model.safetensors"]
    opened = hub.from_pretrained(tmp_path / "a" / "words")
    np.testing.assert_array_equal(opened.matrix(), trained.vectors.matrix())
    assert opened.words == trained.vectors.words
    assert opened.metadata["config"] == trained.settings
    assert len(hub.from_pretrained(tmp_path / "a" / "words", limit=2)) == 2
    assert "\n# words\n" in paths[0].read_text()


def test_files_are_replaced_on_request_only(trained, tmp_path):
    (tmp_path / "model.safetensors").write_text("mine")
    with pytest.raises(FileExistsError, match="model.safetensors exists; pass overwrite=True"):
        hub.save_pretrained(trained, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["model.safetensors"]
    hub.save_pretrained(trained, tmp_path, overwrite=True)
    assert len(hub.from_pretrained(tmp_path)) == len(trained)


def test_vectors_alone_do_not_name_a_source(trained, tmp_path):
    hub.save_pretrained(trained.vectors, tmp_path)
    assert len(hub.from_pretrained(tmp_path)) == len(trained)


def test_a_folder_without_the_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="model.safetensors"):
        hub.from_pretrained(tmp_path)


def test_other_formats_open_by_file_name(trained, tmp_path):
    trained.vectors.save(tmp_path / "words.vec")
    assert hub.from_pretrained(tmp_path, filename="words.vec").words == trained.vectors.words


# ---- the card


def front_matter(text):
    head, _, rest = text.partition("\n---\n")
    lines = head.splitlines()
    assert lines[0] == "---"
    return {name: json.loads(value) for name, _, value in (line.partition(": ") for line in lines[1:])}, rest


def test_the_card_has_settings_and_scores(trained):
    scores = {"WordSim-353": PAIRS, "questions-words": ANALOGIES, "my task": 0.5}
    data, text = front_matter(hub.card(trained, title="jane/my_words", scores=scores, language="en", license="mit"))
    assert data["library_name"] == "rapidvec"
    assert (data["language"], data["license"]) == (["en"], "mit")
    (index,) = data["model-index"]
    assert index["name"] == "my_words"
    metrics = {(result["dataset"]["name"], result["metrics"][0]["type"]): result["metrics"][0]["value"] for result in index["results"]}
    assert metrics == {
        ("WordSim-353", "spearman"): 0.71,
        ("WordSim-353", "pearson"): 0.65,
        ("questions-words", "accuracy"): 0.25,
        ("my task", "score"): 0.5,
    }
    assert "# jane/my\\_words\n" in text
    assert "Vectors of 4 words, 8 numbers each, trained with cbow on a text of 1,200 words by rapidvec." in text
    assert '\nvectors = from_pretrained("jane/my_words")\n' in text
    assert "| vector\\_size | 8 |" in text and "| epochs | 5 |" in text
    assert "| WordSim-353, Spearman | 0.71 |" in text


def test_the_card_is_what_huggingface_hub_reads(trained):
    huggingface_hub = pytest.importorskip("huggingface_hub", reason="huggingface_hub is not installed")
    text = hub.card(trained, title="jane/words", scores={'odd "name": {x}': PAIRS, "a": ANALOGIES}, language=["en", "ko"], license="cc-by-sa-4.0")
    data = huggingface_hub.ModelCard(text).data
    assert data.language == ["en", "ko"]
    assert data.library_name == "rapidvec"
    assert {(one.dataset_name, one.metric_type, one.metric_value) for one in data.eval_results} == {
        ('odd "name": {x}', "spearman", 0.71),
        ('odd "name": {x}', "pearson", 0.65),
        ("a", "accuracy", 0.25),
    }


def test_the_card_escapes_what_markdown_would_read():
    vectors = rapidvec.Vectors.from_arrays(["</script>", "|"], [[1, 0], [0, 1]])
    text = hub.card(vectors, title="<b>|x\n# y", scores={"a|b\n<i>": 1.0})
    assert "# \\<b\\>\\|x \\# y\n" in text
    assert "| a\\|b \\<i\\>, score | 1 |" in text
    assert "## Settings" not in text


def test_a_score_without_an_answer_is_left_out(trained):
    assert "## Scores" not in hub.card(trained, scores={"empty": {**ANALOGIES, "accuracy": None}})


@pytest.mark.parametrize("score", ["good", None, {"f1": 1}])
def test_a_score_that_is_not_a_number_is_refused(trained, score):
    with pytest.raises(TypeError, match="the score of 'x' must be a number or what Vectors.evaluate returns"):
        hub.card(trained, scores={"x": score})


def test_real_evaluations_are_taken(trained, tmp_path):
    (tmp_path / "pairs.txt").write_text("king\tqueen\t9\nthe\tking\t2\nrules\tqueen\t1\n")
    (tmp_path / "analogies.txt").write_text(": x\nking queen the rules\n")
    scores = {name: trained.vectors.evaluate(tmp_path / f"{name}.txt") for name in ("pairs", "analogies")}
    text = hub.card(trained, scores=scores)
    assert "| pairs, Spearman | " in text and "| analogies, accuracy | " in text


# ---- the Hub


def run(program, tmp_path, **variables):
    """Runs a program in another process, whose cache is empty at first, and returns what it printed."""
    pytest.importorskip("huggingface_hub", reason="huggingface_hub is not installed")
    own = {"HF_HOME": str(tmp_path / "hf"), "HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HF_") and name != "TRANSFORMERS_OFFLINE"}
    setup = "import rapidvec, huggingface_hub.errors as errors\nfrom rapidvec.hub import *\n"
    done = subprocess.run([sys.executable, "-c", setup + program], env={**kept, **own, **variables}, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


PUSH = """
model = rapidvec.train([["the", "king", "rules"], ["the", "queen", "rules"]] * 200, vector_size=8, threads=1)
print(push_to_hub(model, "jane/words", scores={"pairs": 0.5}, private=True))
"""
PULL = 'vectors = from_pretrained("jane/words"); print(len(vectors), vectors["king"].tobytes().hex())'


def test_push_and_pull(trained, tmp_path):
    with FakeHub() as fake:
        variables = {"HF_ENDPOINT": fake.url}
        assert run(PUSH, tmp_path, **variables, HF_TOKEN=TOKEN) == f"{fake.url}/jane/words/commit/{'c' * 40}"
        assert sorted(fake.repos["jane/words"]) == ["README.md", "model.safetensors"]
        assert fake.private["jane/words"] in (True, "private")
        text = fake.repos["jane/words"]["README.md"].decode()
        assert "# jane/words" in text and "| pairs, score | 0.5 |" in text
        expected = f"{len(trained)} {trained.vectors['king'].tobytes().hex()}"
        assert run(PULL, tmp_path, **variables) == expected
        # Again: a second version goes to the same repository.
        run(PUSH, tmp_path, **variables, HF_TOKEN=TOKEN)
        asked = len(fake.requests)
        # Offline: from the cache, without a request.
        assert run(PULL, tmp_path, **variables, HF_HUB_OFFLINE="1") == expected
        local = PULL.replace('"jane/words"', '"jane/words", local_files_only=True')
        assert run(local, tmp_path, **variables) == expected
        assert len(fake.requests) == asked


REFUSED = """
def check(error, call, *arguments):
    try:
        call(*arguments)
    except error:
        print("refused")

new = rapidvec.Vectors.from_arrays(["a", "b"], [[1], [2]])
"""
ONLINE = """
check(errors.RepositoryNotFoundError, from_pretrained, "jane/none")
check(errors.EntryNotFoundError, from_pretrained, "jane/empty")
check(rapidvec.FormatError, from_pretrained, "jane/text")
check(errors.HfHubHTTPError, push_to_hub, new, "jane/new")
"""
OFFLINE = """
check(errors.LocalEntryNotFoundError, from_pretrained, "jane/empty")
check(errors.OfflineModeIsEnabled, push_to_hub, new, "jane/new")
"""


@pytest.mark.parametrize(("program", "variables"), [(ONLINE, {"HF_TOKEN": "wrong"}), (OFFLINE, {"HF_HUB_OFFLINE": "1"})])
def test_refusals(program, variables, tmp_path):
    with FakeHub() as fake:
        fake.repos.update({"jane/empty": {}, "jane/text": {"model.safetensors": b"no vectors"}})
        printed = run(REFUSED + program, tmp_path, HF_ENDPOINT=fake.url, **variables)
        assert printed.split() == ["refused"] * program.count("check")
        if "HF_HUB_OFFLINE" in variables:
            assert fake.requests == []


def test_without_huggingface_hub_the_error_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(ImportError, match=r'pip install "rapidvec\[hub\]"'):
        hub.from_pretrained("jane/words")
    with pytest.raises(ImportError, match=r'pip install "rapidvec\[hub\]"'):
        hub.push_to_hub(rapidvec.Vectors.from_arrays(["a", "b"], [[1], [2]]), "jane/words")


def test_documented_examples_run():
    import doctest

    assert doctest.testmod(hub).failed == 0
