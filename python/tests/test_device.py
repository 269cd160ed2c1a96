"""Training on a graphics card, or what stands in for one."""

import os
import subprocess
import sys

import numpy as np
import pytest

import rapidvec

SENTENCES = [["the", "king", "rules"], ["the", "queen", "rules"], ["my", "cat", "sleeps"], ["my", "dog", "sleeps"]] * 300


def has_support():
    try:
        rapidvec.devices()
    except RuntimeError:
        return False
    return True


def needs_a_device():
    if not has_support() or not rapidvec.devices():
        pytest.skip("no graphics adapter, or a build without support for one")


def test_the_cpu_is_the_default():
    assert rapidvec.Trainer(SENTENCES, vector_size=4, epochs=1).device == "cpu"


@pytest.mark.parametrize("trainer", ["word2vec", "textbook"])
def test_a_model_trained_on_a_card_knows_who_is_similar(trainer):
    needs_a_device()
    more = {"epochs": 20} if trainer == "word2vec" else {"epochs": 10, "batch_size": 50}
    run = rapidvec.Trainer(SENTENCES, trainer=trainer, device="gpu", vector_size=10, window=2, seed=3, **more)
    assert any(run.device.startswith(device.name) for device in rapidvec.devices())
    run.run()
    vectors = run.model().vectors
    assert vectors.most_similar("king", 1)[0][0] == "queen"
    assert vectors.most_similar("cat", 1)[0][0] == "dog"


def test_a_run_moves_from_a_card_to_the_cpu_and_back(tmp_path):
    needs_a_device()
    path = tmp_path / "run.safetensors"
    run = rapidvec.Trainer(SENTENCES, device="gpu", vector_size=6, epochs=6, threads=1)
    for device in ["cpu", "gpu"]:
        run.run(until="epoch")
        done, before = run.progress.epochs_done, run.vectors()
        run.checkpoint(path)
        run = rapidvec.Trainer.resume(path, SENTENCES, device=device, threads=1)
        assert run.progress.epochs_done == done
        assert np.array_equal(run.vectors(), before)
        assert (run.device == "cpu") == (device == "cpu")
    assert run.run() == "finished"


def test_auto_takes_the_cpu_for_what_no_card_can_train():
    run = rapidvec.Trainer(SENTENCES, device="auto", vector_size=4, hierarchical_softmax=True, epochs=1)
    assert run.device == "cpu"


def test_a_card_refuses_what_it_cannot_train():
    needs_a_device()
    with pytest.raises(RuntimeError, match="hierarchical softmax"):
        rapidvec.Trainer(SENTENCES, device="gpu", vector_size=4, hierarchical_softmax=True)


def test_a_build_without_support_says_so():
    if has_support():
        pytest.skip("this build has support")
    for ask in [rapidvec.devices, lambda: rapidvec.train(SENTENCES, device="gpu")]:
        with pytest.raises(RuntimeError, match="no support for graphics cards"):
            ask()
    assert rapidvec.Trainer(SENTENCES, device="auto", vector_size=4, epochs=1).device == "cpu"


def test_without_an_adapter_there_is_one_clear_sentence():
    if not has_support():
        pytest.skip("a build without support for cards")
    program = "import rapidvec; rapidvec.train([['a', 'b']] * 50, device='gpu')"
    hidden = {**os.environ, "VK_DRIVER_FILES": "/dev/null", "VK_ICD_FILENAMES": "/dev/null"}
    got = subprocess.run([sys.executable, "-c", program], env=hidden, capture_output=True, text=True, check=False)
    assert "RuntimeError: no graphics adapter: " in got.stderr.splitlines()[-1]


@pytest.mark.parametrize(("device", "error"), [("tpu", ValueError), (0, TypeError)])
def test_other_devices_are_refused(device, error):
    with pytest.raises(error, match="device must be"):
        rapidvec.train(SENTENCES, device=device)
