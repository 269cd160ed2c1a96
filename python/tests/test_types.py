"""Types: the package, the scripts in `typing/`, and the stub of the compiled part against what is compiled.

Needs mypy and pyright; without them the tests say that they skip.
"""

import importlib.util
import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

import rapidvec
from rapidvec import _native

HERE = Path(__file__).parent / "typing"
PACKAGE = Path(rapidvec.__file__).parent


def checked(*command: str) -> None:
    environment = {**os.environ, "MYPYPATH": str(PACKAGE.parent), "PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=HERE, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr


def needs(module: str) -> None:
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"{module} is not installed")


def test_the_package_has_no_type_errors() -> None:
    needs("mypy")
    checked("mypy", "--config-file", "mypy.ini", "-p", "rapidvec")


def test_scripts_of_users_have_no_type_errors_by_mypy() -> None:
    needs("mypy")
    checked("mypy", "--config-file", "mypy.ini", *sorted(path.name for path in HERE.glob("*.py")))


def test_scripts_of_users_have_no_type_errors_by_pyright() -> None:
    needs("pyright")
    checked("pyright", "-p", "pyrightconfig.json", "--pythonpath", sys.executable)


def test_the_stub_is_what_is_compiled() -> None:
    needs("mypy")
    checked("mypy.stubtest", "rapidvec._native", "--allowlist", "stubtest.txt", "--ignore-unused-allowlist")


def undocumented(name: str, thing: object) -> list[str]:
    """Public names under `thing` without a docstring; of a class also those of the classes of ours that it is made of."""
    found = [] if inspect.getdoc(thing) else [name]
    if not inspect.isclass(thing):
        return found
    ours = [base for base in thing.__mro__ if base.__module__.split(".")[0] == "rapidvec"]
    for member, value in (item for base in ours for item in vars(base).items()):
        function = value.__func__ if isinstance(value, (classmethod, staticmethod)) else value
        is_ours = inspect.isfunction(function) or isinstance(value, property)
        if is_ours and not member.startswith("_") and not inspect.getdoc(value):
            found.append(f"{name}.{member}")
    return found


MODULES = [
    "rapidvec", "rapidvec.errors", "rapidvec.progress", "rapidvec.training", "rapidvec.vectors", "rapidvec.hub", "rapidvec.sentence_transformers",
    "rapidvec.gensim.models.word2vec", "rapidvec.gensim.models.keyedvectors", "rapidvec.gensim.models.callbacks", "rapidvec.gensim.utils",
    "rapidvec.gensim.models.fasttext", "rapidvec.gensim.patch", "rapidvec.gensim.downloader",
]  # fmt: skip


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_has_a_docstring(module: str) -> None:
    found = importlib.import_module(module)
    names = [name for name in found.__all__ if name not in ("__version__", "gensim")]
    assert names
    assert [bare for name in names for bare in undocumented(name, getattr(found, name))] == []


def test_every_name_of_the_stub_has_a_docstring() -> None:
    import ast

    stub = ast.parse((PACKAGE / "_native.pyi").read_text(encoding="utf-8"))
    plain = (ast.FunctionDef, ast.ClassDef)
    bare = [
        node.name
        for node in ast.walk(stub)
        if isinstance(node, plain) and ast.get_docstring(node) is None and not node.name.startswith("__")
    ]
    assert bare == []
    described = {node.name for node in stub.body if isinstance(node, plain)}
    assert {name for name in _native.__all__ if name not in ("__version__", "DROP")} <= described
