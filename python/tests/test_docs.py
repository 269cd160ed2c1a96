"""The examples of the documents run, in their order: `python` blocks are executed, `pycon` blocks are compared with their output.

A page is run from top to bottom in one namespace and one folder, which has a text `corpus.txt`. A block under `<!-- needs: a b -->` is skipped if
one of these modules is missing. `text` blocks are not run.
"""

import ast
import doctest
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import rapidvec

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
REFERENCE = ROOT / "docs/python-api.md"
#: Written by a program that measures; without examples.
FIGURES = ROOT / "docs/python-speed.md"
PAGES = [*sorted(set(ROOT.glob("docs/python*.md")) - {REFERENCE, FIGURES}), ROOT / "README.md", ROOT / "README.ko.md", ROOT / "python/README.md"]
BLOCK = re.compile(r"(?:<!-- needs: (?P<needs>[\w. ]+) -->\n)?^```(?P<kind>python|pycon)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def blocks(page: Path) -> Iterator[tuple[str, int, str]]:
    """Kind, line and code of the blocks that can be run here."""
    text = page.read_text(encoding="utf-8")
    for block in BLOCK.finditer(text):
        if all(map(is_there, (block["needs"] or "").split())):
            yield block["kind"], text[: block.start("code")].count("\n"), block["code"]


def shown(page: Path, line: int, code: str, names: dict[str, object]) -> None:
    """Compares a session with what it prints."""
    test = doctest.DocTestParser().get_doctest(code, names, str(page), str(page), line)
    report: list[str] = []
    doctest.DocTestRunner(optionflags=FLAGS).run(test, out=report.append, clear_globs=False)
    assert not report, "".join(report)
    names.update(test.globs)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a text: the project's documentation."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("docs/*.md")) if path != REFERENCE)
    (tmp_path / "corpus.txt").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    # Folders of tests are not packages of that name.
    monkeypatch.setattr(sys, "path", [name for name in sys.path if Path(name).resolve() != HERE])
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_examples_run(page: Path, folder: Path) -> None:
    names: dict[str, object] = {"__name__": "__main__"}
    ran = list(blocks(page))
    assert ran, "no example in it"
    for kind, line, code in ran:
        if kind == "pycon":
            shown(page, line, code, names)
        else:
            # Lines before the code put its line numbers right.
            exec(compile("\n" * line + code, str(page), "exec"), names)


def test_every_page_about_python_is_tested() -> None:
    named = set(re.findall(r"\((python[\w-]*\.md)\)", (ROOT / "docs/SUMMARY.md").read_text(encoding="utf-8")))
    assert named == {REFERENCE.name, FIGURES.name, *(page.name for page in PAGES if page.parent.name == "docs")}


def test_the_reference_is_fresh() -> None:
    """Made by `python python/tools/api.py` from the docstrings, those of the part for scikit-learn included."""
    pytest.importorskip("sklearn")
    environment = {**os.environ, "PYTHONPATH": str(Path(rapidvec.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, ROOT / "python/tools/api.py", "--check"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("module", ["rapidvec", "rapidvec.errors", "rapidvec.progress", "rapidvec.training", "rapidvec.vectors"])
def test_examples_of_docstrings_run(module: str, folder: Path) -> None:
    results = doctest.testmod(importlib.import_module(module), optionflags=FLAGS)
    assert results.failed == 0


def test_examples_are_found() -> None:
    # A failing expression is reported: the tests above can fail.
    with pytest.raises(AssertionError, match="Expected"):
        shown(Path("x.md"), 0, ">>> 1 + 1\n3\n", {})
    assert ast.parse(next(code for kind, _, code in blocks(ROOT / "docs/python.md") if kind == "python"))
    assert rapidvec.train.__doc__ is not None
