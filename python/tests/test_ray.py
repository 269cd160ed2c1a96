"""Training on Ray: two workers on this machine. Skipped where Ray is not installed."""

import os
import signal
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import pytest

ray = pytest.importorskip("ray", reason="Ray is not installed: training on a cluster is not tested")

import rapidvec  # noqa: E402
import rapidvec.ray  # noqa: E402

RUN: dict[str, Any] = {
    "vector_size": 20,
    "min_count": 1,
    "sync_words": 5_000,
    "full_sync_every": 2,
    "checkpoint_seconds": 1e-6,
}


@pytest.fixture(scope="module", autouse=True)
def cluster() -> Any:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    ray.init(num_cpus=4, include_dashboard=False, log_to_driver=False, logging_level="error")
    yield
    ray.shutdown()


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("text") / "text.txt"
    words = (f"word{i * i % 997 % 150}" + ("\n" if i % 10 == 9 else " ") for i in range(30_000))
    path.write_text("".join(words), encoding="utf-8")
    return str(path)


def test_two_workers_train_one_model(text: str, tmp_path: Path) -> None:
    path, seen = tmp_path / "model", []
    result = rapidvec.ray.train(text, checkpoint=path, epochs=2, progress=seen.append, **RUN)
    assert result.path == str(path) and result.failures == 0
    assert result.costs.rounds >= result.costs.full_rounds > 0 and result.costs.sent > 0
    assert all(now.words_per_epoch == 30_000 for now in seen)
    alone = rapidvec.train(text, epochs=1, min_count=1)
    assert list(result.vectors.words) == list(alone.vectors.words)
    with pytest.raises(FileExistsError):
        rapidvec.ray.train(text, checkpoint=path, **RUN)


def test_a_killed_worker_is_replaced_and_the_bits_are_the_same(text: str, tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    rapidvec.ray.train(text, checkpoint=whole, epochs=40, **RUN)

    def kill() -> None:
        while not killed.exists():
            time.sleep(0.002)
        for worker in _workers():
            os.kill(worker, signal.SIGKILL)
            return

    killer = threading.Thread(target=kill)
    with warnings.catch_warnings(record=True) as noted:
        warnings.simplefilter("always")
        killer.start()
        result = rapidvec.ray.train(text, checkpoint=killed, epochs=40, **RUN)
        killer.join()
    if result.failures:
        assert any("new workers from" in str(note.message) for note in noted)
    assert killed.read_bytes() == whole.read_bytes()


def _workers() -> list[int]:
    """The processes of this machine that are actors of rapidvec."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if b"ray::_Worker" in (process / "cmdline").read_bytes():
                found.append(int(process.name))
        except OSError:
            pass
    return found


def test_errors_of_workers_are_those_of_training(text: str, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        rapidvec.ray.train(str(tmp_path / "missing.txt"), checkpoint=tmp_path / "a", **RUN)
    with pytest.raises(ValueError, match="vector-size|vector_size"):
        rapidvec.ray.train(text, checkpoint=tmp_path / "b", **{**RUN, "vector_size": 0})
    with pytest.raises(TypeError, match="threads_per_worker"):
        rapidvec.ray.train(text, checkpoint=tmp_path / "c", threads=2)
    with pytest.raises(TypeError, match="needs checkpoint"):
        rapidvec.ray.train(text)
    with pytest.raises(TypeError, match=r"ray\.data\.Dataset"):
        rapidvec.ray.train([["a", "b"]], checkpoint=tmp_path / "d")


def test_a_data_set_of_texts_or_of_lists_is_read(tmp_path: Path) -> None:
    data = pytest.importorskip("ray.data", reason="ray[data] is not installed")
    sentences = [[f"w{i % 7}", f"w{i % 5}", "new york"] for i in range(400)]
    of_lists = data.from_items([{"id": i, "tokens": tokens} for i, tokens in enumerate(sentences)], override_num_blocks=4)
    result = rapidvec.ray.train(of_lists, column="tokens", checkpoint=tmp_path / "lists", **RUN)
    assert "new york" in result.vectors and len(result.vectors) == 8
    of_texts = data.from_items([{"text": " ".join(tokens)} for tokens in sentences], override_num_blocks=4)
    result = rapidvec.ray.train(of_texts, checkpoint=tmp_path / "texts", **RUN)
    assert "york" in result.vectors and len(result.vectors) == 9


def test_the_program_starts_workers(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "model"
    flags = ["--workers", "2", "--min-count", "1", "--vector-size", "10", "--epochs", "1", "--model", "skipgram"]
    assert rapidvec.ray.main(["--engine", "ray", text, "-o", str(path), *flags]) == 0
    assert f"saved {path}" in capsys.readouterr().err
    assert rapidvec.open(path).metadata["config"]["model"] == "skipgram"
    assert rapidvec.ray.main(["--engine", "ray", text, "-o", str(path), *flags]) == 1
    assert "exists" in capsys.readouterr().err
