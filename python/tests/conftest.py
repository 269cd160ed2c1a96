"""What tests of several files use."""

from pathlib import Path

import pytest

from helpers import Program, Sentences, made_lines, made_sentences, run_program


@pytest.fixture(scope="session")
def sentences() -> Sentences:
    return made_sentences(1200)


@pytest.fixture(scope="session")
def corpus(sentences: Sentences, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sentences as a file, a line each."""
    path = tmp_path_factory.mktemp("text") / "corpus.txt"
    path.write_text(made_lines(sentences), encoding="utf-8")
    return path


@pytest.fixture
def program() -> Program:
    """Runs the command line of the package as users do."""
    return run_program
