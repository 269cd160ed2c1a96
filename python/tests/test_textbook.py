"""The built-in text, which the textbook's run trains on."""

from pathlib import Path

import numpy as np

import rapidvec
from rapidvec.textbook import builtin_text

from helpers import Program


def test_its_run_is_that_of_the_command_line(tmp_path: Path, program: Program) -> None:
    """`rapidvec train` without a text: the same words, and with one thread the same bits."""
    saved = tmp_path / "model.safetensors"
    program("train", "--epochs", 1, "--seed", 1, "--threads", 1, "--vector-size", 20, "--output", saved)
    theirs = rapidvec.open(saved)
    lines = builtin_text().splitlines()
    ours = rapidvec.train(texts=lines, trainer="textbook", epochs=1, seed=1, threads=1, vector_size=20).vectors
    assert ours.words == theirs.words
    np.testing.assert_array_equal(ours.matrix(), theirs.matrix())


def test_it_is_lines_of_words_with_one_space_between_them() -> None:
    text = builtin_text()
    assert text.endswith("\n") and len(text.splitlines()) > 10_000
    assert all(line == " ".join(line.split()) != "" for line in text.splitlines())
