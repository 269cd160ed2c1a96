"""Writes the Python reference, `docs/python-api.md`, from the docstrings of the package.

    python python/tools/api.py [--check]

`--check` writes nothing and exits with code 1 if the page is not what would be written. Needs scikit-learn, whose part is left out otherwise.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[2] / "docs/python-api.md"

#: Modules with the names that are described; none means those of `__all__`.
MODULES: list[tuple[str, list[str]]] = [
    ("rapidvec", ["train", "Trainer", "Model", "open", "Vectors", "devices"]),
    ("rapidvec.progress", ["Progress"]),
    ("rapidvec.training", ["Device", "Epoch", "Loss"]),
    ("rapidvec.errors", []),
    ("rapidvec.gensim", ["patch", "unpatch"]),
    ("rapidvec.gensim.models", ["Word2Vec", "KeyedVectors"]),
    (
        "rapidvec.gensim.models.fasttext",
        ["FastText", "FastTextKeyedVectors", "load_facebook_model", "load_facebook_vectors", "save_facebook_model"],
    ),
    ("rapidvec.gensim.models.word2vec", ["LineSentence", "PathLineSentences", "Text8Corpus", "BrownCorpus"]),
    ("rapidvec.gensim.models.callbacks", []),
    ("rapidvec.gensim.utils", ["simple_preprocess", "save_as_line_sentence"]),
    ("rapidvec.sklearn", []),
    ("rapidvec.html", []),
    ("rapidvec.ray", []),
    ("rapidvec.textbook", []),
    ("rapidvec.hub", []),
    ("rapidvec.sentence_transformers", []),
]

HEAD = """# Python reference

<!-- Written by `python python/tools/api.py`. -->

What is imported from where, with every argument. The pages before explain: [start](python.md), [from gensim](python-gensim.md).
"""

#: A heading of a docstring in NumPy's style.
SECTION = re.compile(r"^(\w[\w ]*)\n-{3,}$", re.MULTILINE)
#: An entry of such a section: names, perhaps a type.
ENTRY = re.compile(r"^(\S[^\n:]*?)(?: : (.*))?$")


def page() -> str:
    """The whole page."""
    text = "\n".join([HEAD, *(part for name, names in MODULES for part in module_parts(name, names))])
    return re.sub(r"\n{3,}", "\n\n", text).rstrip() + "\n"


def module_parts(name: str, names: list[str]) -> Iterator[str]:
    """A module: its first paragraph and its names."""
    try:
        module = importlib.import_module(name)
    except ImportError as error:
        print(f"left out {name}: {error}", file=sys.stderr)
        return
    yield f"## {name}\n\n{first_paragraph(module)}\n"
    for public in names or module.__all__:
        yield from described(public, getattr(module, public), "###")


def described(name: str, thing: Any, mark: str) -> Iterator[str]:
    """A function, or a class with its attributes and methods."""
    yield f"{mark} `{name}`\n"
    if not inspect.isclass(thing):
        yield f"```text\n{name}{signature(thing)}\n```\n"
    elif is_made_by_users(thing):
        yield f"```text\n{name}{signature(thing)}\n```\n"
    yield converted(inspect.getdoc(thing) or "")
    if inspect.isclass(thing):
        yield attributes(thing)
        for member, value in members(thing):
            yield f"{mark}# `{name}.{member}`\n"
            if not isinstance(value, property):
                yield f"```text\n{member}{signature(value)}\n```\n"
            yield converted(inspect.getdoc(value) or "")


def is_made_by_users(cls: type) -> bool:
    """Whether users call the class: not for tuples, exceptions, and what takes compiled objects."""
    return not issubclass(cls, (tuple, BaseException)) and "_native" not in signature(cls)


def attributes(cls: type) -> str:
    """Attributes with a comment `#:` before them in the source."""
    try:
        source = inspect.getsource(cls)
    except (OSError, TypeError):  # compiled
        return ""
    found = re.findall(r"((?:^ +#: .*\n)+) +(?:self\.)?(\w+)", source, re.MULTILINE)
    lines = [f"- `{name}`: {inline(' '.join(re.findall('#: (.*)', comment)))}" for comment, name in found if not name.startswith("_")]
    return "*Attributes:*\n\n" + "\n".join(lines) + "\n" if lines else ""


def members(cls: type) -> Iterator[tuple[str, Any]]:
    """Public methods and properties of ours, those of base classes included, in the order of the source."""
    seen: set[str] = set()
    for base in cls.__mro__:
        if not base.__module__.startswith("rapidvec"):
            continue
        for name, value in vars(base).items():
            value = getattr(cls, name) if isinstance(value, (classmethod, staticmethod)) else value
            value = getattr(value, "__wrapped__", value)
            is_ours = inspect.isfunction(value) or inspect.ismethod(value) or isinstance(value, property)
            if is_ours and name not in seen and not name.startswith("_") and inspect.getdoc(value):
                seen.add(name)
                yield name, value


def signature(thing: Any) -> str:
    """The arguments, over several lines if they are many."""
    try:
        found = inspect.signature(thing)
    except (TypeError, ValueError):
        return "(...)"
    parts: list[str] = []
    kind = None
    for parameter in found.parameters.values():
        if parameter.name in ("self", "cls"):
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and kind not in (parameter.KEYWORD_ONLY, parameter.VAR_POSITIONAL):
            parts.append("*")
        kind = parameter.kind
        parts.append(argument(parameter))
    result = "" if inspect.isclass(thing) or found.return_annotation is found.empty else f" -> {plain(found.return_annotation)}"
    line = f"({', '.join(parts)}){result}"
    return line if len(line) < 100 else wrapped(parts, result)


def argument(parameter: inspect.Parameter) -> str:
    """A parameter as it is written."""
    star = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
    kind = "" if parameter.annotation is parameter.empty else f": {plain(parameter.annotation)}"
    if parameter.default is parameter.empty:
        return f"{star}{parameter.name}{kind}"
    default = getattr(parameter.default, "__name__", None) or repr(parameter.default)
    return f"{parameter.name}{kind} = {default}" if kind else f"{parameter.name}={default}"


def plain(annotation: Any) -> str:
    """A type as it is written in the source."""
    return annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))


def wrapped(parts: list[str], result: str) -> str:
    """Arguments, as many in a line as fit."""
    lines = [""]
    for part in parts:
        if lines[-1] and len(lines[-1]) + len(part) > 96:
            lines.append("")
        lines[-1] += f" {part}," if lines[-1] else f"{part},"
    return "(\n    " + "\n    ".join(lines) + f"\n){result}"


def first_paragraph(module: Any) -> str:
    return (inspect.getdoc(module) or "").split("\n\n")[0].replace("\n", " ")


def converted(doc: str) -> str:
    """A docstring in NumPy's style as Markdown."""
    pieces = SECTION.split(doc)
    parts = [paragraphs(pieces[0])]
    for title, body in zip(pieces[1::2], pieces[2::2]):
        body = body.strip("\n")
        if title == "Examples":
            parts.append(f"```pycon\n{body}\n```\n")
        elif title in ("Returns", "Notes"):
            parts.append(f"*{title}:* {returned(body)}\n")
        else:
            parts.append(f"*{title}:*\n\n{entries(body)}\n")
    return "\n".join(part for part in parts if part.strip())


def paragraphs(text: str) -> str:
    """Text with its sessions as blocks; double back-quotes become single ones."""
    out = []
    for part in text.strip().split("\n\n"):
        if part.startswith(">>>"):
            out.append(f"```pycon\n{part}\n```\n")
        elif re.match(r"={3,}", part):
            out.append(table(part))
        else:
            out.append(inline(part.replace("\n", " ")) + "\n")
    return "\n".join(out)


def table(text: str) -> str:
    """A simple table of reStructuredText as a block of text."""
    return f"```text\n{text}\n```\n"


def returned(body: str) -> str:
    """What a function returns: `type`, then words about it."""
    lines = body.split("\n")
    kind, about = lines[0].strip(), " ".join(line.strip() for line in lines[1:] if line.strip())
    return f"`{kind}`" + (f". {inline(about)}" if about else "")


def entries(body: str) -> str:
    """Arguments, attributes or exceptions as a list."""
    out: list[str] = []
    for line in body.split("\n"):
        if line.strip() and not line.startswith(" "):
            found = ENTRY.match(line)
            assert found is not None
            kind = f" ({inline(found[2])})" if found[2] else ""
            out.append(f"- `{found[1]}`{kind}")
        elif line.strip():
            out[-1] += (" " if ":" in out[-1] else ": ") + inline(line.strip())
    return "\n".join(out) + "\n"


def inline(text: str) -> str:
    """Markup within a line, safe for HTML."""
    text = text.replace("``", "`")
    return "".join(part if place % 2 else part.replace("<", "&lt;") for place, part in enumerate(re.split(r"(`[^`]*`)", text)))


def main() -> None:
    """Writes the page, or compares it."""
    p = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    p.add_argument("--check", action="store_true", help="only say whether the page is fresh")
    text = page()
    if not p.parse_args().check:
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        sys.exit(f"{PAGE} is stale: run python python/tools/api.py")


if __name__ == "__main__":
    main()
